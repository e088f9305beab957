"""Ending a case: its kept seat goes back, nothing more is said; and a suspension whose cases have all ended is done."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from bot.domain.states import ClinicState, SeatState, step
from bot.domain.suspension import CASE, CaseState, SuspensionState
from bot.services.appointments import N
from bot.services.change import cooling
from bot.services.context import Context
from bot.services.suspension.rows import ALIVE, K, L, U, state_of
from bot.services.suspension.telling import call_off, hush
from bot.services.tables import Record
from bot.store import seats
from bot.store.db import UnitOfWork
from bot.store.types import written

_ENDS = {
    SuspensionState.RUNNING: SuspensionState.DONE,
    SuspensionState.WITHDRAWING: SuspensionState.WITHDRAWN,
}


def close(
    uow: UnitOfWork,
    context: Context,
    row: Record,
    state: CaseState,
    outcome: str,
    *,
    new_appointment_id: int | None = None,
    refund_fen: int = 0,
    seat_taken: bool = False,
) -> None:
    """``seat_taken``: the kept seat is the patient's now."""
    kept = [] if seat_taken else [row]
    _close(uow, context, [row], kept, state, outcome, new_appointment_id, refund_fen)


def close_many(
    uow: UnitOfWork, context: Context, rows: Sequence[Record], state: CaseState, outcome: str
) -> None:
    """All of them in the same way."""
    if rows:
        _close(uow, context, rows, rows, state, outcome)


def _close(
    uow: UnitOfWork,
    context: Context,
    rows: Sequence[Record],
    returning: Sequence[Record],
    state: CaseState,
    outcome: str,
    new_appointment_id: int | None = None,
    refund_fen: int = 0,
) -> None:
    for row in rows:
        step(CASE, state_of(row), state)
    give_back(uow, context, returning)
    cases = [row.id for row in rows]
    values = {
        "state": state,
        "outcome": outcome,
        "new_appointment_id": new_appointment_id,
        "refund_fen": refund_fen,
        "offer_seat_id": None,
        "due_at": None,
        "closed_at": uow.now,
    }
    uow.connection.execute(update(K).where(K.c.id.in_(cases)).values(values))
    hush(uow, cases, reason=state)
    call_off(uow, cases)


def give_back(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    """Kept seats cool down as any returned one; in a clinic that is closed itself they are locked with the others."""
    cooling_until: dict[int, datetime] = {}
    for row in rows:
        if row.offer_clinic_state is ClinicState.OPEN:
            policy = context.directory.policy(context.today, row.department_id, row.doctor_id)
            cooling_until[row.offer_seat_id] = uow.now + cooling(policy, context.rng)
        elif row.offer_seat_id is not None:
            _lock(uow, row)
    seats.give_back_many(uow, cooling_until)


def _lock(uow: UnitOfWork, row: Record) -> None:
    by = select(L.c.suspension_id).where(L.c.clinic_id == row.offer_clinic_id, L.c.whole).limit(1)
    uow.connection.execute(
        update(N)
        .where(N.c.id == row.offer_seat_id, N.c.state == written(SeatState.HELD))
        .values(state=SeatState.LOCKED, suspended_by=by.scalar_subquery())
    )


def finish(uow: UnitOfWork) -> int:
    """Suspensions without a case that is still open have come to their end; how many did."""
    waiting = select(K.c.id).where(K.c.suspension_id == U.c.id, ALIVE).exists()
    return sum(
        uow.connection.execute(
            update(U).where(U.c.state == written(before), ~waiting).values(state=after, finished_at=uow.now)
        ).rowcount
        for before, after in _ENDS.items()
    )
