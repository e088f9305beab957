"""What was said and done about some follow-ups: answers, tickets, who called, who reviewed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table, select

from bot.domain.followup import FollowupState
from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.filling import loads
from bot.services.figures import words
from bot.services.figures.reasons import title_of
from bot.services.tables import Record, table
from bot.store.care_models import Contact, Review, SurveyResponse, Ticket
from bot.store.db import UnitOfWork

R, T, C, V = table(SurveyResponse), table(Ticket), table(Contact), table(Review)
_ENDS = {
    FollowupState.REFUSED: "不愿接受回访",
    FollowupState.DECEASED: "已去世",
    FollowupState.READMITTED: "再次入院",
}


@dataclass
class Said:
    """Of one follow-up."""

    recovery: str = ""
    opinions: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    signed_by: str = ""

    def opinion(self, text: str) -> None:
        """What a patient answered and the ticket made of it is said once."""
        if text and text not in self.opinions:
            self.opinions.append(text)


def said(uow: UnitOfWork, forms: Catalogue, steps: Mapping[int, Record]) -> Mapping[int, Said]:
    """``steps``: the follow-ups by id, with ``state`` and ``reason``."""
    found: dict[int, Said] = defaultdict(Said)
    for reviewer in _of(uow, V, steps):
        found[reviewer.followup_id].signed_by = reviewer.staff_no
    for answer in _of(uow, R, steps):
        _answered(uow, forms, answer, found[answer.followup_id])
    for call in _of(uow, C, steps):
        if call.staff_no:  # the last one who called signs
            found[call.followup_id].signed_by = call.staff_no
    for ticket in _of(uow, T, steps):
        told = found[ticket.followup_id]
        told.opinion(_opened(uow, ticket, "text"))
        if measure := _opened(uow, ticket, "measure"):
            told.measures.append(measure)
    for key, step in steps.items():
        if ended := _ended(step):
            told = found[key]
            told.recovery = "；".join(filter(None, (ended, told.recovery)))
    return found


def _of(uow: UnitOfWork, rows: Table, steps: Collection[int]) -> Sequence[Record]:
    query = select(rows).where(rows.c.followup_id.in_(steps)).order_by(rows.c.id)
    return uow.connection.execute(query).fetchall()


def _answered(uow: UnitOfWork, forms: Catalogue, answer: Record, told: Said) -> None:
    form = forms.get(answer.questionnaire)
    if form is None:  # the hospital has taken its file away
        told.recovery = "（问卷已删除，答案仍在）"
        return
    filling = loads(uow.keys.decrypt(answer.filling, f"responses.filling:{answer.id}").decode())
    told.recovery = words.recovery(form, filling)
    for text in words.opinions(form, filling):
        told.opinion(text)
    told.signed_by = answer.staff_no or told.signed_by


def _opened(uow: UnitOfWork, ticket: Record, column: str) -> str:
    blob: bytes | None = ticket._mapping[column]
    return "" if blob is None else uow.keys.decrypt(blob, f"tickets.{column}:{ticket.key}").decode()


def _ended(step: Record) -> str:
    """How it ended, where not with an answer; 失访 with its reason (R38)."""
    if step.state is FollowupState.LOST:
        return f"失访：{title_of(step.reason)}"
    return _ENDS.get(step.state, "")
