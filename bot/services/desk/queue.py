"""The desk's queue: who waits since when and who looks after whom.

What changes does so only from the state that was seen, so that of two colleagues one is told (R45: by 工号).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update

from bot.domain.states import HANDOFF, HandoffState, step
from bot.services.context import Context, audit
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import Account, Handoff
from bot.store.outbox_types import KEEP
from bot.store.words import reason_aad

H, A = table(Handoff), table(Account)
LISTED = 100
LATE = timedelta(minutes=15)
_COLUMNS = (
    H.c.id, H.c.state, H.c.staff_no, H.c.opened_at, H.c.taken_at, H.c.account_id, A.c.last_message_at, A.c.following,
)  # fmt: skip
_OPEN = H.c.state.in_((HandoffState.WAITING, HandoffState.TAKEN))


@dataclass(frozen=True, slots=True)
class Place:
    """One conversation of the queue, without anything that was said."""

    id: int
    state: HandoffState
    staff_no: str | None
    opened_at: datetime
    taken_at: datetime | None
    account_id: int
    last_message_at: datetime | None
    following: bool

    @property
    def window_ends(self) -> datetime | None:
        """Until when the platform takes an answer (45015)."""
        return None if self.last_message_at is None else self.last_message_at + KEEP


@dataclass(frozen=True, slots=True)
class Done:
    """It is as was wanted."""


@dataclass(frozen=True, slots=True)
class Busy:
    """A colleague looks after it."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class Over:
    """It is closed: the patient went back to the bot, or a colleague gave it back; or there never was one."""


Step = Done | Busy | Over


def listing(uow: UnitOfWork) -> Sequence[Place]:
    """Open ones; who waits stands before who is served, the longest first."""
    order = (H.c.state.desc(), H.c.opened_at, H.c.id)  # waiting, taken
    return [
        _place(row) for row in uow.connection.execute(_places().where(_OPEN).order_by(*order).limit(LISTED))
    ]


def one(uow: UnitOfWork, handoff_id: int) -> Place | None:
    row = uow.connection.execute(_places().where(H.c.id == handoff_id)).first()
    return None if row is None else _place(row)


def reason(uow: UnitOfWork, handoff_id: int) -> str:
    """The words with which the patient asked for a person."""
    row = uow.connection.execute(select(H.c.key, H.c.reason).where(H.c.id == handoff_id)).one()
    return uow.keys.decrypt(row.reason, reason_aad(row.key)).decode() if row.reason else ""


def is_open(uow: UnitOfWork, account_id: int) -> bool:
    """Whether the desk has this account's conversation."""
    found = select(H.c.id).where(H.c.account_id == account_id, _OPEN)
    return uow.connection.execute(found).first() is not None


def take(uow: UnitOfWork, context: Context, handoff_id: int) -> Step:
    """``context.actor`` looks after it from now on; again is no mistake."""
    row = locked(uow, handoff_id)
    if row is None or row.state == HandoffState.CLOSED:
        return Over()
    if row.state == HandoffState.TAKEN:
        return Done() if row.staff_no == number(context) else Busy(row.staff_no)
    _move(uow, context, row, HandoffState.TAKEN, "taken", staff_no=number(context), taken_at=context.now)
    return Done()


def give_back(uow: UnitOfWork, context: Context, handoff_id: int) -> Step:
    """Into the queue again, at the old place, for a colleague."""
    row = locked(uow, handoff_id)
    if row is None or row.state == HandoffState.CLOSED:
        return Over()
    if row.state == HandoffState.TAKEN:
        if row.staff_no != number(context):
            return Busy(row.staff_no)
        _move(uow, context, row, HandoffState.WAITING, "given_back", staff_no=None, taken_at=None)
    return Done()


def close(uow: UnitOfWork, context: Context, row: Record) -> None:
    """Back to the bot: the dialog's flag follows with the patient's next message (`bot.pipeline`)."""
    _move(uow, context, row, HandoffState.CLOSED, "closed", staff_no=number(context), closed_at=context.now)


def locked(uow: UnitOfWork, handoff_id: int) -> Record | None:
    """The row; nobody else changes it until we are done."""
    return uow.connection.execute(select(H).where(H.c.id == handoff_id).with_for_update()).first()


def number(context: Context) -> str:
    """0012 of ``staff:0012``."""
    return context.actor.partition(":")[2] or context.actor


def _move(
    uow: UnitOfWork, context: Context, row: Record, after: HandoffState, what: str, **values: Any
) -> None:
    step(HANDOFF, HandoffState(row.state), after)
    uow.connection.execute(update(H).where(H.c.id == row.id).values(state=after, **values))
    audit(uow, context, f"handoff.{what}", f"handoff:{row.id}")


def _places() -> Select[Any]:
    return select(*_COLUMNS).join_from(H, A, A.c.id == H.c.account_id)


def _place(row: Record) -> Place:
    return Place(
        row.id, HandoffState(row.state), row.staff_no, row.opened_at, row.taken_at, row.account_id, row.last_message_at,
        row.following,
    )  # fmt: skip
