"""Red flags of a response: the form's rules on the answers so far, and danger signs in any words (R42)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from bot.domain.flags import FlagLevel
from bot.domain.survey import Advice
from bot.questionnaires.advice import say
from bot.questionnaires.filling import Filling, spoken
from bot.questionnaires.model import Free, Item, Questionnaire, Rule
from bot.questionnaires.score import flags, scores
from bot.services.context import Context
from bot.services.flags import raising
from bot.services.surveys import wishes
from bot.services.surveys.responses import Response
from bot.services.surveys.subjects import Subject
from bot.services.tables import table
from bot.store.care_models import RedFlag
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime
from nlu.normalize import normalize
from nlu.redflags import red_flag

SELF_HARM = "自伤"
_SPOKEN_WITHIN = timedelta(minutes=15)
"""Danger in the patient's own words is as urgent as the forms' most urgent rules."""
_FLAG = table(RedFlag)
_RAISED = select(_FLAG.c.rule).where(
    _FLAG.c.response_id == bindparam("response"),
    _FLAG.c.raised_at >= bindparam("since", type_=UtcDateTime),
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A danger that the answers tell of."""

    rule: str
    title: str
    level: FlagLevel
    within: timedelta
    advice: str
    """Key of an approved text."""
    detail: str
    about_service: Rule | None = None
    """No danger: a ticket instead of a red flag."""


def raise_new(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, before: Filling, after: Response,
    source: str,
) -> tuple[Advice, ...]:  # fmt: skip
    """Raise what the move has brought up; the advice of those that are new, the most urgent first."""
    signs = (*_by_rules(form, after.filling), *_by_words(form, before, after.filling))
    new = [sign for sign in signs if _is_new(uow, context, subject, form, sign, after, source)]
    return _advice(new, context, subject)


def _is_new(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, sign: Sign, after: Response,
    source: str,
) -> bool:  # fmt: skip
    if sign.about_service is not None:
        return wishes.of_rule(uow, context, subject, form, sign.about_service, after)
    return raising.raise_flag(uow, context, _danger(sign, context, subject, after, source)) is not None


def told_again(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, response: Response
) -> tuple[Advice, ...]:
    """The advice of the last move, for the same command again."""
    since = response.changed_at
    raised = _raised_since(uow, response.id, since) | wishes.opened_since(uow, response.id, since)
    signs = (*_by_rules(form, response.filling), *_by_words(form, Filling(), response.filling))
    return _advice([sign for sign in signs if sign.rule in raised], context, subject)


def _by_rules(form: Questionnaire, filling: Filling) -> Iterator[Sign]:
    for rule in flags(form, filling.answers):
        yield Sign(
            rule.name, rule.title, FlagLevel(rule.level), timedelta(minutes=rule.minutes), rule.advice,
            _detail(form, rule, filling), rule if rule.service else None,
        )  # fmt: skip


def _by_words(form: Questionnaire, before: Filling, after: Filling) -> Iterator[Sign]:
    """Of the answers that are new, in the patient's own words."""
    for item, text in _words(form, before, after):
        name = red_flag(normalize(text).text)
        if name is not None:
            advice = "crisis" if name == SELF_HARM else "emergency"
            yield Sign(
                f"words-{name}", f"自己写到：{name}", FlagLevel.URGENT, _SPOKEN_WITHIN, advice, f"{item.text} {text}"
            )  # fmt: skip


def _words(form: Questionnaire, before: Filling, after: Filling) -> Iterator[tuple[Item, str]]:
    for item in form.walk():
        given = after.answers.get(item.link_id, ())
        if given != before.answers.get(item.link_id, ()):
            yield from ((item, value.text) for value in given if isinstance(value, Free))


def _detail(form: Questionnaire, rule: Rule, filling: Filling) -> str:
    """The questions and answers that the nurse wants to see."""
    asked = dict.fromkeys(condition.question for condition in rule.when)
    items = [item for link_id in asked if (item := form.item(link_id)) is not None]
    told = [
        f"{item.text} {spoken(item, filling.answers[item.link_id])}"
        for item in items
        if item.link_id in filling.answers
    ]
    sums = [
        f"{score.scale.title} {score.sum} 分"
        for score in scores(form, filling.answers)
        if score.scale.name == rule.scale
    ]
    return "\n".join([*told, *sums])


def _danger(
    sign: Sign, context: Context, subject: Subject, response: Response, source: str
) -> raising.Danger:
    return raising.Danger(
        key=f"response:{response.id}:{sign.rule}",
        rule=sign.rule,
        title=sign.title,
        level=sign.level,
        within=sign.within,
        source=source,
        detail=sign.detail,
        patient_id=subject.patient_id,
        account_id=context.account_id,
        discharge_id=subject.discharge_id,
        followup_id=subject.followup_id,
        response_id=response.id,
        ward=subject.ward,
    )


def _advice(signs: list[Sign], context: Context, subject: Subject) -> tuple[Advice, ...]:
    """Two flags with the same words are told once; a seat is looked for where it is urgent."""
    told: dict[str, Advice] = {}
    for sign in sorted(signs, key=lambda sign: (sign.level is not FlagLevel.URGENT, sign.within)):
        text = say(context.forms.advice, sign.advice, phone=context.settings.hospital_phone)
        department = subject.department if sign.level is FlagLevel.URGENT else ""
        told.setdefault(text, Advice(sign.rule, sign.level, text, department))
    return tuple(told.values())


def _raised_since(uow: UnitOfWork, response_id: str, since: datetime) -> frozenset[str]:
    rows = uow.execute(_RAISED, {"response": response_id, "since": since})
    return frozenset(row.rule for row in rows.fetchall())
