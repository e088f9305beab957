"""Ending a case: its kept seat goes back, nothing more is said; and a suspension whose cases have all ended is done."""

from sqlalchemy import bindparam, select, update

from bot.domain.states import ClinicState, SeatState, step
from bot.domain.suspension import CASE, CaseState, SuspensionState
from bot.services.appointments import N
from bot.services.change import cooling
from bot.services.context import Context
from bot.services.suspension.rows import ALIVE, K, L, U, state_of
from bot.services.suspension.telling import hush
from bot.services.tables import Record
from bot.store import seats
from bot.store.db import UnitOfWork
from bot.store.types import written

_CLOSE = update(K).where(K.c.id == bindparam("case"))
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
    step(CASE, state_of(row), state)
    if row.offer_seat_id is not None and not seat_taken:
        give_back(uow, context, row)
    values = {
        "state": state,
        "outcome": outcome,
        "new_appointment_id": new_appointment_id,
        "refund_fen": refund_fen,
        "offer_seat_id": None,
        "due_at": None,
        "closed_at": uow.now,
    }
    uow.connection.execute(_CLOSE.values(values), {"case": row.id})
    hush(uow, row.id, reason=state)


def give_back(uow: UnitOfWork, context: Context, row: Record) -> None:
    """The kept seat cools down as any returned one; in a clinic that is closed itself it is locked with the others."""
    if row.offer_clinic_state is ClinicState.OPEN:
        policy = context.directory.policy(context.today, row.department_id, row.doctor_id)
        seats.give_back(uow, row.offer_seat_id, uow.now + cooling(policy, context.rng))
        return
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
