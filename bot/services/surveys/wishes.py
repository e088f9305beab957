"""意见、投诉、表扬 in a questionnaire's answers become tickets (R37).

Words do when it is complete; a rule about the service does at once, as the patient is told, and raises no red flag:
that would alarm the very people who are complained about.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.domain.tickets import TicketKind, TicketSource
from bot.questionnaires.evaluate import holds
from bot.questionnaires.filling import spoken
from bot.questionnaires.heard import clauses, core, tidy
from bot.questionnaires.model import INTEGRITY as SECRET
from bot.questionnaires.model import Free, Item, Questionnaire, Rule, Value
from bot.questionnaires.polarity import bare_no
from bot.services.context import Context
from bot.services.surveys.responses import Response
from bot.services.surveys.subjects import Subject
from bot.services.tickets import opening
from bot.services.tickets.rows import T
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime

WISHES = frozenset({"意见", "环境", "人员", "疗效", "收费医保", "流程", "总体"})
"""Dimensions in which words of one's own are about the service, not about one's health."""
INTEGRITY = "廉洁"
_PRAISE = "表扬"
_OPENED = select(T.c.key).where(
    T.c.response_id == bindparam("response"), T.c.opened_at >= bindparam("since", type_=UtcDateTime)
)


def open_tickets(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, response: Response
) -> None:
    """One for each question; the same again is the same ticket.  Who told of a gift was promised secrecy."""
    for item, kind, text in _wishes(form, response):
        opening.add(
            uow, context, key=_key(response.id, item.link_id), text=text,
            source=TicketSource.QUESTIONNAIRE, kind=kind, department=subject.department,
            patient_id=subject.patient_id, account_id=response.account_id, followup_id=subject.followup_id,
            response_id=response.id, anonymous=item.dimension == INTEGRITY,
        )  # fmt: skip


def of_rule(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, rule: Rule, response: Response
) -> bool:
    """The ticket of a rule about the service; whether it is new."""
    answers = response.filling.answers
    said = dict.fromkeys(each.question for each in rule.when if holds(each, answers))
    items = [item for link_id in said if (item := form.item(link_id)) is not None]
    text = "\n".join(f"{item.text}{spoken(item, answers.get(item.link_id, ()))}" for item in items)
    made = opening.add(
        uow, context, key=_key(response.id, rule.name), text=text or rule.title, source=TicketSource.QUESTIONNAIRE,
        kind=TicketKind.COMPLAINT, department=subject.department, patient_id=subject.patient_id,
        account_id=response.account_id, followup_id=subject.followup_id, response_id=response.id,
        anonymous=rule.advice == SECRET,
    )  # fmt: skip
    return made is not None


def opened_since(uow: UnitOfWork, response_id: str, since: datetime) -> frozenset[str]:
    """Names of the rules (or questions) whose tickets are that new."""
    rows = uow.execute(_OPENED, {"response": response_id, "since": since}).fetchall()
    return frozenset(row.key.removeprefix(_key(response_id, "")) for row in rows)


def _key(response_id: str, name: str) -> str:
    return f"response:{response_id}:{name}"


def _wishes(form: Questionnaire, response: Response) -> Iterator[tuple[Item, TicketKind | None, str]]:
    """Kind None: told from the words."""
    ruled = {each.question for rule in form.rules if rule.service for each in rule.when}
    for item in form.walk():
        given = response.filling.answers.get(item.link_id, ())
        if item.dimension == INTEGRITY and item.link_id not in ruled and any(_told(value) for value in given):
            yield item, TicketKind.COMPLAINT, f"{item.text}{spoken(item, given)}"
        elif item.dimension in WISHES and (words := _words(given)):
            yield item, TicketKind.PRAISE if _PRAISE in item.text else None, words


def _told(value: Value) -> bool:
    return value is True or (isinstance(value, Free) and _says(value.text))


def _words(given: tuple[Value, ...]) -> str:
    return "\n".join(v.text.strip() for v in given if isinstance(v, Free) and _says(v.text))


def _says(text: str) -> bool:
    """没有 is no wish, nor is 没有，谢谢."""
    said = [core(part) for part in clauses(tidy(text))]
    return any(each and not bare_no(each) for each in said)
