"""What was tried to reach somebody about a step, in order."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.services.followup.numbers import C
from bot.store.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Try:
    """One call, or the answer in the chat."""

    at: datetime
    road: str
    outcome: str
    """`bot.domain.contacts.Outcome`"""
    staff_no: str | None
    note: str


def tries(uow: UnitOfWork, followup_id: int) -> tuple[Try, ...]:
    """The first one first."""
    rows = uow.connection.execute(select(C).where(C.c.followup_id == followup_id).order_by(C.c.at, C.c.id))
    return tuple(
        Try(
            row.at, row.road, row.outcome, row.staff_no,
            uow.keys.decrypt(row.note, f"contacts.note:{row.key}").decode() if row.note is not None else "",
        )
        for row in rows
    )  # fmt: skip
