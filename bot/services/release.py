"""Seats whose cooling is over, and holds that ran out: the scheduler's tick."""

from sqlalchemy import bindparam, select, update

from bot.domain.states import APPOINTMENT, AppointmentState, step
from bot.services.change import cooling
from bot.services.context import Context, record
from bot.services.pushes import void
from bot.services.reminders import scope_of
from bot.services.tables import table
from bot.store import seats
from bot.store.db import UnitOfWork
from bot.store.models import Appointment
from bot.store.types import UtcDateTime

_T = table(Appointment)
_OVERDUE = (
    select(_T)
    .where(
        _T.c.state == AppointmentState.HELD,
        _T.c.hold_expires_at <= bindparam("moment", type_=UtcDateTime()),
    )
    .order_by(_T.c.id)
    .limit(200)
    .with_for_update(skip_locked=True, key_share=True)
)
_EXPIRE = update(_T).where(_T.c.id == bindparam("appointment")).values(
    state=AppointmentState.EXPIRED, hold_expires_at=None
)  # fmt: skip


def release(uow: UnitOfWork, context: Context) -> int:
    """How many seats came back; a hold is judged by database time, as it was given."""
    return seats.release_due(uow) + _expire_holds(uow, context)


def _expire_holds(uow: UnitOfWork, context: Context) -> int:
    connection = uow.connection
    overdue = connection.execute(_OVERDUE, {"moment": uow.now}).fetchall()
    for row in overdue:
        step(APPOINTMENT, AppointmentState(row.state), AppointmentState.EXPIRED)
        connection.execute(_EXPIRE, {"appointment": row.id})
        policy = context.directory.policy(context.today, None, row.doctor_id)
        seats.give_back(uow, row.seat_id, uow.now + cooling(policy, context.rng))
        record(
            uow, context, appointment_id=row.id, key=f"expired:{row.id}", kind="expired",
            version=row.version, from_slot_id=row.slot_id, from_seat_id=row.seat_id,
        )  # fmt: skip
        void(uow, scope_of(row.id), reason="expired")
    return len(overdue)
