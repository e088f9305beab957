"""What the saga does to the suspended visits themselves: taken off their seats, given back, or given up."""

from collections.abc import Sequence

from sqlalchemy import insert, update

from bot.domain.states import APPOINTMENT, AppointmentState, SeatState, step
from bot.services.appointments import A, N
from bot.services.context import Context
from bot.services.suspension.telling import hush_visits
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent, AuditEntry

_EVENT, _AUDIT = insert(table(AppointmentEvent)).inline(), insert(table(AuditEntry)).inline()


def suspend(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    """The visits do not take place: their seats are locked, nobody is reminded of them."""
    if not rows:
        return
    for row in rows:
        step(APPOINTMENT, AppointmentState(row.appointment_state), AppointmentState.SUSPENDED)
    visits = [row.appointment_id for row in rows]
    connection = uow.connection
    connection.execute(
        update(A)
        .where(A.c.id.in_(visits))
        .values(state=AppointmentState.SUSPENDED, hold_expires_at=None)
    )  # fmt: skip
    for suspension_id in {row.suspension_id for row in rows}:
        seats = [row.seat_id for row in rows if row.suspension_id == suspension_id]
        connection.execute(
            update(N)
            .where(N.c.id.in_(seats))
            .values(state=SeatState.LOCKED, release_at=None, suspended_by=suspension_id)
        )
    record_many(uow, context, "suspended", rows)
    hush_visits(uow, visits)


def record_many(uow: UnitOfWork, context: Context, kind: str, rows: Sequence[Record]) -> None:
    """As `bot.services.context.record`, for a batch: ``suspended`` off its seat, ``restored`` on it again."""
    back = kind == "restored"
    events = [
        {
            "appointment_id": row.appointment_id, "key": f"{kind}:{row.id}", "kind": kind,
            "from_slot_id": None if back else row.slot_id, "to_slot_id": row.slot_id if back else None,
            "from_seat_id": None if back else row.seat_id, "to_seat_id": row.seat_id if back else None,
            "version": row.appointment_version + back, "refund_fen": 0, "actor": context.actor,
            "reason": "" if back else row.reason, "at": context.now,
        }
        for row in rows
    ]  # fmt: skip
    audits = [
        {
            "at": context.now, "actor": context.actor, "action": f"appointment.{kind}",
            "subject": f"appointment:{row.appointment_id}", "detail": {"case": str(row.id)},
        }
        for row in rows
    ]  # fmt: skip
    uow.execute_many(_EVENT, events)
    uow.execute_many(_AUDIT, audits)


def end(uow: UnitOfWork, row: Record, state: AppointmentState) -> None:
    """The suspended visit has come to its end state."""
    step(APPOINTMENT, AppointmentState(row.appointment_state), state)
    uow.connection.execute(update(A).where(A.c.id == row.appointment_id).values(state=state))
