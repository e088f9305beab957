"""意见、投诉、表扬 in a questionnaire's answers become tickets when it is complete (R37)."""

from collections.abc import Iterator

from bot.domain.tickets import TicketKind, TicketSource
from bot.questionnaires.filling import spoken
from bot.questionnaires.heard import core, tidy
from bot.questionnaires.model import Free, Item, Questionnaire, Value
from bot.questionnaires.polarity import bare_no
from bot.services.context import Context
from bot.services.surveys.responses import Response
from bot.services.surveys.subjects import Subject
from bot.services.tickets import opening
from bot.store.db import UnitOfWork

WISHES = frozenset({"意见", "环境", "人员", "疗效", "收费医保", "流程", "总体"})
"""Dimensions in which words of one's own are about the service, not about one's health."""
INTEGRITY = "廉洁"
_PRAISE = "表扬"


def open_tickets(
    uow: UnitOfWork, context: Context, subject: Subject, form: Questionnaire, response: Response
) -> None:
    """One for each question; the same again is the same ticket.  Who told of a gift was promised secrecy."""
    for item, kind, text in _wishes(form, response):
        opening.add(
            uow, context, key=f"response:{response.id}:{item.link_id}", text=text,
            source=TicketSource.QUESTIONNAIRE, kind=kind, department=subject.department,
            patient_id=subject.patient_id, account_id=response.account_id, followup_id=subject.followup_id,
            response_id=response.id, anonymous=item.dimension == INTEGRITY,
        )  # fmt: skip


def _wishes(form: Questionnaire, response: Response) -> Iterator[tuple[Item, TicketKind | None, str]]:
    """Kind None: told from the words."""
    for item in form.walk():
        given = response.filling.answers.get(item.link_id, ())
        if item.dimension == INTEGRITY and any(_told(value) for value in given):
            yield item, TicketKind.COMPLAINT, f"{item.text}{spoken(item, given)}"
        elif item.dimension in WISHES and (words := _words(given)):
            yield item, TicketKind.PRAISE if _PRAISE in item.text else None, words


def _told(value: Value) -> bool:
    return value is True or (isinstance(value, Free) and _says(value.text))


def _words(given: tuple[Value, ...]) -> str:
    return "\n".join(v.text.strip() for v in given if isinstance(v, Free) and _says(v.text))


def _says(text: str) -> bool:
    """没有 is no wish."""
    said = core(tidy(text))
    return bool(said) and not bare_no(said)
