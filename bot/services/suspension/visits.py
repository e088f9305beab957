"""What the saga does to the suspended visits themselves: taken off their seats, given back, or given up."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from bot.domain.states import APPOINTMENT, AppointmentState, SeatState, step
from bot.services.appointments import A, N
from bot.services.context import Context
from bot.services.reminders import Visit, restored
from bot.services.suspension.scope import LIVE_VISIT
from bot.services.suspension.telling import hush_visits
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent, AuditEntry
from bot.store.types import written

_E, _AUDIT = table(AppointmentEvent), table(AuditEntry)


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
    _record_many(uow, context, rows)
    hush_visits(uow, visits)


def _record_many(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    """As `bot.services.context.record`, for a batch."""
    events = [
        {
            "appointment_id": row.appointment_id, "key": f"suspended:{row.id}", "kind": "suspended",
            "from_slot_id": row.slot_id, "to_slot_id": None, "from_seat_id": row.seat_id, "to_seat_id": None,
            "version": row.appointment_version, "refund_fen": 0, "actor": context.actor,
            "reason": row.reason, "at": context.now,
        }
        for row in rows
    ]  # fmt: skip
    audits = [
        {
            "at": context.now, "actor": context.actor, "action": "appointment.suspended",
            "subject": f"appointment:{row.appointment_id}", "detail": {"case": str(row.id)},
        }
        for row in rows
    ]  # fmt: skip
    uow.connection.execute(insert(_E).inline(), events)
    uow.connection.execute(insert(_AUDIT).inline(), audits)


def end(uow: UnitOfWork, row: Record, state: AppointmentState) -> None:
    """The suspended visit has come to its end state."""
    step(APPOINTMENT, AppointmentState(row.appointment_state), state)
    uow.connection.execute(update(A).where(A.c.id == row.appointment_id).values(state=state))


def restore(uow: UnitOfWork, row: Record) -> bool:
    """The visit has its seat again; False where the patient has another one in the same clinic by now."""
    connection = uow.connection
    other = select(A.c.id).where(
        A.c.patient_id == row.patient_id, A.c.clinic_id == row.clinic_id, LIVE_VISIT
    )  # fmt: skip
    if connection.execute(other).first() is not None:
        return False
    taken = connection.execute(
        update(N)
        .where(N.c.id == row.seat_id, N.c.state == written(SeatState.LOCKED))
        .values(state=SeatState.BOOKED, suspended_by=None)
    )
    if taken.rowcount == 0:
        return False
    step(APPOINTMENT, AppointmentState(row.appointment_state), AppointmentState.BOOKED)
    values = {"state": AppointmentState.BOOKED, "version": row.appointment_version + 1}
    connection.execute(update(A).where(A.c.id == row.appointment_id).values(values))
    return True


def visit_of(row: Record, version: int) -> Visit:
    return Visit(row.appointment_id, version, row.patient_id, row.account_id, row.starts_at)


def remind_again(uow: UnitOfWork, context: Context, row: Record) -> None:
    """The reminders before a visit that takes place after all."""
    restored(uow, context, visit_of(row, row.appointment_version + 1))
