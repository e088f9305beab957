"""Puts the console together: every module of pages is named here."""

from datetime import timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from redis import Redis

from bot.domain.clock import Clock
from bot.services.hospital import Hospital
from bot.services.staff.sessions import Limits, Sessions
from bot.settings import Settings
from bot.store.looks import Looks
from bot.web.console import problems, render
from bot.web.console.console import Answers, Console, Questions
from bot.web.console.pages import Stage
from bot.web.console.problems import NotThere
from bot.web.console.throttle import Throttle
from bot.web.console.views import (
    api_clients,
    appointment,
    appointments,
    booking,
    broadcast,
    broadcasts,
    calendar,
    calls,
    clinic,
    clinic_edit,
    conversations,
    door,
    faq,
    flags,
    followup,
    followups,
    kpi,
    logs,
    merging,
    names,
    oneself,
    patients,
    phoning,
    plan_editor,
    plans,
    policy,
    privacy,
    privacy_request,
    pushes,
    quality,
    questionnaire_drafts,
    questionnaires,
    rates,
    registers,
    reports,
    schedule,
    schedule_copy,
    shifts,
    staff,
    suspension,
    suspensions,
    templates,
    ticket,
    tickets,
    today,
    training,
    training_people,
)

MODULES = (
    door,
    oneself,
    today,
    shifts,
    appointments,
    appointment,
    booking,
    schedule,
    clinic,
    clinic_edit,
    schedule_copy,
    suspensions,
    suspension,
    patients,
    merging,
    flags,
    followups,
    followup,
    phoning,
    calendar,
    quality,
    plans,
    plan_editor,
    questionnaires,
    questionnaire_drafts,
    tickets,
    ticket,
    conversations,
    calls,
    pushes,
    broadcasts,
    broadcast,
    kpi,
    rates,
    registers,
    reports,
    staff,
    training,
    training_people,
    privacy,
    privacy_request,
    logs,
    api_clients,
    policy,
    faq,
    templates,
    names,
)
_LARGEST = 6 * 1024 * 1024
"""Bytes of a request: an attachment of 5 MB and what is around it."""


def build(hospital: Hospital, redis: Redis, settings: Settings, *, real: Clock | None = None) -> Console:
    """The console; ``site`` of it is what an application registers."""
    limits = Limits(timedelta(minutes=settings.console_idle_minutes), timedelta(hours=settings.console_hours))
    sessions = Sessions(hospital.db, limits)
    console = Console(hospital, sessions, Throttle(redis), Looks(redis), settings, real=real)
    problems.install(console.site)
    render.install(console)
    for module in MODULES:
        module.install(console)

    @console.site.before_request
    def bounded() -> None:
        request.max_content_length = _LARGEST

    @console.opened("/<path:rest>", Stage.KNOWN, "GET", "POST", title="没有找到")
    def nowhere(me: object, rest: str) -> ResponseReturnValue:
        """What there is not is told in the console's own words, to people who are signed in."""
        raise NotThere

    return console


def blueprint(
    hospital: Hospital,
    redis: Redis,
    settings: Settings,
    answers: Answers = tuple,
    questions: Questions = tuple,
) -> Blueprint:
    """For bot.app."""
    console = build(hospital, redis, settings)
    console.answers, console.questions = answers, questions
    return console.site
