"""The answer goes to the patient: a push over the roads there are, else a call by staff."""

from sqlalchemy import select

from bot.services import phone_tasks
from bot.services.context import Context
from bot.services.people import P
from bot.services.pushes import plan
from bot.services.tables import Record
from bot.services.tickets.rows import scope_of
from bot.store.db import UnitOfWork

ANSWER = "ticket_answer"
"""The kind of its push and of its call."""
DECEASED = "deceased"
"""Why a message did not go (`bot.services.due`)."""


def tell(uow: UnitOfWork, context: Context, row: Record) -> None:
    """Plan the push of the answer in ``row``; where a message could reach nobody, a call.

    Who has died gets no message (R30): what is to be said to the family is for people to say.
    """
    why = _no_road(uow, row)
    if not why:
        plan(
            uow, context.kinds, context.now, kind=ANSWER, scope=scope_of(row.id), version=row.version,
            patient_id=row.patient_id, account_id=row.account_id, due_at=context.now,
        )  # fmt: skip
        return
    have_called(uow, context, row, why)


def have_called(uow: UnitOfWork, context: Context, row: Record, why: str) -> None:
    """Once for each answer."""
    phone_tasks.open_task(
        uow, key=f"{ANSWER}:{scope_of(row.id)}:{row.version}", kind=ANSWER, scope=scope_of(row.id),
        patient_id=row.patient_id, account_id=row.account_id, reason=why, due_at=context.now,
    )  # fmt: skip


def _no_road(uow: UnitOfWork, row: Record) -> str:
    if row.patient_id is not None:
        died = select(P.c.deceased_at).where(P.c.id == row.patient_id)
        if uow.connection.execute(died).scalar() is not None:
            return DECEASED
    return "" if row.account_id is not None or row.patient_id is not None else "no_road"
