"""A patient whose visit is suspended books by themselves, past the offer: that booking takes the visit's place."""

from sqlalchemy import bindparam, select

from bot.domain.states import AppointmentState
from bot.domain.suspension import ACTIVE, CaseState
from bot.domain.views import AppointmentView
from bot.services.appointments import A, C
from bot.services.context import Context, record
from bot.services.suspension import visits
from bot.services.suspension.closing import close
from bot.services.suspension.rows import ALIVE, K, U, one
from bot.services.suspension.settling import is_affected, is_live
from bot.store.db import UnitOfWork
from bot.store.types import written

_WAITING = (
    select(K.c.id)
    .join_from(K, U, U.c.id == K.c.suspension_id)
    .join(A, A.c.id == K.c.appointment_id)
    .join(C, C.c.id == K.c.clinic_id)
    .where(
        K.c.patient_id == bindparam("patient"),
        A.c.patient_id == K.c.patient_id,
        A.c.id != bindparam("booked"),
        C.c.department_id == bindparam("department"),
        ALIVE,
        U.c.state.in_([written(state) for state in ACTIVE]),
    )
    .order_by(K.c.starts_at, K.c.id)
    .limit(1)
)
"""By the patient's appointments, which have an index."""


def superseded(uow: UnitOfWork, context: Context, booked: AppointmentView) -> None:
    """Of the patient's suspended visits to that department the nearest is rebooked; its kept seat goes back, nobody
    calls about it.  The new visit has a fee of its own, so the whole old one is marked for refund (R18)."""
    found = uow.execute(
        _WAITING,
        {"patient": booked.patient.id, "booked": booked.id, "department": booked.doctor.department_id},
    ).scalar()
    row = None if found is None else one(uow, found)
    if row is not None and is_live(row):  # on the list, and its turn has not come yet
        visits.suspend(uow, context, [row])
        row = one(uow, row.id)
    if row is None or not is_affected(row):
        return
    visits.end(uow, row, AppointmentState.REBOOKED)
    record(
        uow, context, appointment_id=row.appointment_id, key=f"superseded:{row.id}", kind="rebooked",
        version=row.appointment_version, from_slot_id=row.slot_id, from_seat_id=row.seat_id,
        to_slot_id=booked.slot_id, refund_fen=row.fee_fen, reason="own_booking",
    )  # fmt: skip
    close(
        uow, context, row, CaseState.REBOOKED, "own_booking",
        new_appointment_id=booked.id, refund_fen=row.fee_fen,
    )  # fmt: skip
