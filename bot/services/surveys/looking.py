"""Responses as a dialog, the page and the nurse see them."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.followup import UNTOUCHED, FollowupState
from bot.domain.survey import SurveyState, SurveyView
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Questionnaire
from bot.services.context import Context
from bot.services.surveys.closing import closed
from bot.services.surveys.responses import Response, of_scope
from bot.services.surveys.subjects import Subject, find, open_to
from bot.store.db import UnitOfWork

log = logging.getLogger(__name__)


def survey(uow: UnitOfWork, context: Context, scope: str) -> SurveyView | None:
    """What ``scope`` asks one of the account's patients; None: nothing of theirs.

    For staff, who have no account: of anybody.  What is over is shown where something was answered.
    """
    subject = find(uow, context, scope)
    if subject is None or (subject.deceased and context.account is not None):
        return None  # R30
    response = of_scope(uow, scope)
    if response is None and closed(subject, None, context):
        return None
    return view(subject, response, context)


def answerable(uow: UnitOfWork, context: Context) -> Sequence[SurveyView]:
    """What the account may answer today: what was begun first, then what ends first; a step that nobody was reached
    about in time gives way to the next one of the same stay."""
    found: list[tuple[Subject, Response | None]] = []
    for subject in open_to(uow, context):
        response = of_scope(uow, subject.scope)
        begun = response is not None and response.state is SurveyState.ASKING
        if (begun or response is None) and not closed(subject, response, context):
            found.append((subject, response))
    views = [
        (subject, seen)
        for subject, response in _not_given_way(found, context.today)
        if (seen := view(subject, response, context)) is not None
    ]
    views.sort(
        key=lambda each: (
            each[1].state is not SurveyState.ASKING,
            each[1].closes_on or date.max,
            each[1].scope,
        )
    )
    return [seen for _, seen in views]


def view(subject: Subject, response: Response | None, context: Context) -> SurveyView | None:
    """None: its questionnaire is not there."""
    form = form_of(subject, response, context)
    if form is None:
        return None
    return SurveyView(
        id="" if response is None else response.id,
        scope=subject.scope,
        followup_id=subject.followup_id,
        form=form,
        filling=Filling() if response is None else response.filling,
        state=SurveyState.OFFERED if response is None else response.state,
        author=subject.author if response is None else response.author,
        revision=0 if response is None else response.revision,
        patient_id=subject.patient_id,
        patient=subject.patient,
        own=subject.own,
        department=subject.department,
        ward=subject.ward,
        discharged_on=subject.discharged_on,
        closes_on=subject.until(context.today),
        completed_at=None if response is None else response.completed_at,
    )


def form_of(subject: Subject, response: Response | None, context: Context) -> Questionnaire | None:
    """What was begun goes on by its own version, for ever."""
    if response is not None:
        name, form = response.questionnaire, context.forms.get(response.questionnaire)
    else:
        name, form = subject.questionnaire, context.forms.newest(subject.questionnaire)
    if form is None:
        log.warning("survey.no_form scope=%s form=%s", subject.scope, name)
    return form


def _not_given_way(
    found: Sequence[tuple[Subject, Response | None]], today: date
) -> Iterator[tuple[Subject, Response | None]]:
    for subject, response in found:
        late = subject.closes_on is not None and subject.closes_on < today
        if response is None and late and any(_follows(other, subject) for other, _ in found):
            continue
        yield subject, response


def _follows(other: Subject, subject: Subject) -> bool:
    return (
        subject.discharge_id is not None
        and other.discharge_id == subject.discharge_id
        and other.state in (*UNTOUCHED, FollowupState.CONTACTING)
        and (other.opens_on or date.min) > (subject.opens_on or date.min)
    )
