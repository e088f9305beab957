"""What is due of the cases, a batch in a transaction: tell, remind, have staff call, take back offers, restore.

Everything that is to be done is in the rows (``state``, ``due_at``), so that any process may go on where one died.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.domain.states import ClinicState, SeatState, step
from bot.domain.suspension import (
    CASE,
    LIVE,
    SUSPENSION,
    CaseState,
    SuspensionState,
    deadlines,
)
from bot.services.appointments import N
from bot.services.context import Context
from bot.services.suspension import telling, visits
from bot.services.suspension.closing import give_back
from bot.services.suspension.offering import Kept, Market
from bot.services.suspension.restoring import restore
from bot.services.suspension.rows import ALIVE, K, L, U, due, one, state_of
from bot.services.suspension.settling import is_affected, is_live, settled_themselves
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime, written

FIRST, BATCH = 20, 200
"""Cases in a transaction: few at first, so that somebody is told at once; then many, for what a batch reads serves all
of it.  More would keep SQLite's other writers waiting."""
_STANDS_OPEN = (SuspensionState.WITHDRAWING, SuspensionState.WITHDRAWN)
_SAVE = (
    update(K)
    .where(K.c.id == bindparam("case"))
    .values(
        state=bindparam("to_state", type_=K.c.state.type),
        version=bindparam("to_version"),
        offers=bindparam("to_offers"),
        offer_seat_id=bindparam("to_seat"),
        offer_until=bindparam("to_until", type_=UtcDateTime()),
        remind_at=bindparam("to_remind", type_=UtcDateTime()),
        phone_at=bindparam("to_phone", type_=UtcDateTime()),
        due_at=bindparam("to_due", type_=UtcDateTime()),
    )
)


@dataclass
class Draft:
    """A case on its way to its next resting place; written once, with the others of its batch."""

    row: Record
    state: CaseState
    version: int
    offers: int
    seat: int | None
    until: datetime | None
    remind_at: datetime | None
    phone_at: datetime | None
    kind: str = ""
    """Of the push that tells it; empty: nothing is said."""

    @classmethod
    def of(cls, row: Record) -> "Draft":
        return cls(
            row,
            state_of(row),
            row.version,
            row.offers,
            row.offer_seat_id,
            row.offer_until,
            row.remind_at,
            row.phone_at,
        )

    def go(self, state: CaseState, kind: str = "") -> None:
        self.state = step(CASE, self.state, state)
        self.kind = kind
        self.version += 1 if kind else 0

    def take(self, kept: Kept | None) -> None:
        if kept is not None:
            self.seat, self.until, self.offers = kept.seat_id, kept.until, self.offers + 1

    def drop(self) -> None:
        self.seat = self.until = None

    def due_at(self) -> datetime | None:
        moments = [
            self.until,
            self.remind_at if self.state is CaseState.OFFERED else None,
            self.phone_at if self.state is not CaseState.PHONE else None,
        ]
        return min((moment for moment in moments if moment is not None), default=None)

    def values(self) -> dict[str, object]:
        return {
            "case": self.row.id, "to_state": self.state, "to_version": self.version, "to_offers": self.offers,
            "to_seat": self.seat, "to_until": self.until, "to_remind": self.remind_at, "to_phone": self.phone_at,
            "to_due": self.due_at(),
        }  # fmt: skip


def begin(uow: UnitOfWork) -> int:
    """Suspensions that have only closed their clinics: offers that others made there are looked at again."""
    started = uow.connection.execute(
        select(U.c.id).where(U.c.state == written(SuspensionState.STARTING)).with_for_update(skip_locked=True)
    ).fetchall()
    for row in started:
        step(SUSPENSION, SuspensionState.STARTING, SuspensionState.RUNNING)
        held = (
            select(N.c.id)
            .join_from(N, L, L.c.clinic_id == N.c.clinic_id)
            .where(L.c.suspension_id == row.id, L.c.whole, N.c.state == written(SeatState.HELD))
        )
        uow.connection.execute(
            update(K).where(ALIVE, K.c.offer_seat_id.in_(held)).values(due_at=uow.now)
        )  # fmt: skip
        uow.connection.execute(
            update(U).where(U.c.id == row.id).values(state=SuspensionState.RUNNING)
        )  # fmt: skip
    return len(started)


def batch(uow: UnitOfWork, context: Context, most: int = BATCH) -> int:
    """Do what is due for some cases; how many there were."""
    rows = due(uow, most)
    _do(uow, context, rows)
    return len(rows)


def single(uow: UnitOfWork, context: Context, case_id: int) -> None:
    """The same for one case."""
    row = one(uow, case_id)
    if row is not None and state_of(row) in LIVE:
        _do(uow, context, [row])


def _do(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    restored = [row for row in rows if _stands_again(row)]
    going_on = [row for row in rows if not _stands_again(row)]
    if restored:
        restore(uow, context, restored)
    advance(uow, context, going_on)


def advance(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    """Cases to their next resting place."""
    fresh = [row for row in rows if state_of(row) is CaseState.OPEN]
    own = [row for row in fresh if not is_affected(row)]
    for row in own:
        settled_themselves(uow, context, row)
    visits.suspend(uow, context, [r for r in fresh if r not in own and is_live(r)])
    drafts = [Draft.of(row) for row in rows if row not in own]
    give_back(uow, context, [draft.row for draft in drafts if _is_lost(draft) or _is_over(draft, uow.now)])
    for draft in drafts:
        _move(uow, context, draft)
    market = Market(uow, context)
    seatless = [d for d in drafts if d.kind and d.seat is None]
    kept = market.keep([d.row for d in seatless])
    for draft in seatless:
        draft.take(kept.get(draft.row.id))
    _write(uow, context, drafts)


def offer_again(uow: UnitOfWork, context: Context, row: Record) -> None:
    """The kept seat is lost to its patient; another one, if there is one.  Told in the chat, not pushed."""
    draft = Draft.of(row)
    if draft.seat is not None:
        give_back(uow, context, [row])
        draft.drop()
    draft.take(Market(uow, context).keep([row]).get(row.id))
    _write(uow, context, [draft])


def _move(uow: UnitOfWork, context: Context, draft: Draft) -> None:
    """One case: what has come to its time."""
    row, now = draft.row, uow.now
    if _is_lost(draft):  # the seat kept for them is suspended as well: they are told of another one
        draft.drop()
        draft.go(CaseState.OPEN)
    elif _is_over(draft, now):
        draft.drop()
    if draft.state is CaseState.OPEN:
        policy = context.directory.policy(context.today, row.department_id, row.doctor_id)
        times = deadlines(now, row.starts_at, policy)
        draft.remind_at, draft.phone_at = times.remind_at, times.phone_at
        draft.go(CaseState.OFFERED, telling.NOTICE)
    elif draft.state is not CaseState.PHONE and draft.phone_at is not None and draft.phone_at <= now:
        draft.go(CaseState.PHONE)
        telling.call(uow, row, reason="unanswered")
    elif draft.state is CaseState.OFFERED and draft.remind_at is not None and draft.remind_at <= now:
        draft.go(CaseState.REMINDED, telling.REMINDER)


def _is_lost(draft: Draft) -> bool:
    return draft.seat is not None and draft.row.offer_clinic_state is not ClinicState.OPEN


def _is_over(draft: Draft, now: datetime) -> bool:
    return draft.until is not None and draft.until <= now


def _write(uow: UnitOfWork, context: Context, drafts: Sequence[Draft]) -> None:
    if not drafts:
        return
    uow.connection.execute(_SAVE, [draft.values() for draft in drafts])
    told_before = [draft.row.id for draft in drafts if draft.kind and draft.row.version > 1]
    if told_before:
        telling.hush(uow, told_before, reason="changed")
    for kind in (telling.NOTICE, telling.REMINDER):
        told = [(draft.row, draft.version) for draft in drafts if draft.kind == kind]
        if told:
            telling.tell(uow, context, kind, told)


def _stands_again(row: Record) -> bool:
    """Withdrawn, and no other suspension keeps the clinic closed."""
    return row.suspension_state in _STANDS_OPEN and row.clinic_state is ClinicState.OPEN
