"""Whether a patient may have a slot: the facts read, the rules asked (R2, R9, R10).

The dialogs ask through `World.would_refuse` before the read-back; `book` and `change` ask again in their
transaction, under the patient's lock.
"""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, or_, select

from bot.domain.outcomes import AlreadyBooked, Refusal
from bot.domain.policy import Policy
from bot.domain.rules import Duplicate, Load, Wish, month_start, refuse_load, refuse_slot
from bot.domain.states import LIVE_APPOINTMENTS, AppointmentState, ClinicState
from bot.domain.views import Period
from bot.services.appointments import CLINIC, SLOT, A, C, S, any_appointment_row, view_of
from bot.services.context import Context
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.suspension_models import SuspensionCase
from bot.store.types import UtcDateTime, written

_SLOT = select(*SLOT, *CLINIC).join_from(S, C, C.c.id == S.c.clinic_id).where(S.c.id == bindparam("slot"))
_SLOT_KEPT = _SLOT.with_for_update(read=True, key_share=True, of=C)
"""FOR KEY SHARE: a suspension of the clinic waits for us, or we see it."""

_B, _D, _K = A.alias("b"), C.alias("d"), table(SuspensionCase)
_live = and_(
    _B.c.state.in_([written(state) for state in LIVE_APPOINTMENTS]),
    _D.c.day >= bindparam("today"),
    _B.c.id != bindparam("moving"),
)
_of_patient = _B.c.patient_id == bindparam("patient")
_on_day = _D.c.day == bindparam("day")
_same_half = and_(_on_day, _D.c.department_id == bindparam("department"), _D.c.period == bindparam("period"))
_counted = select(func.count()).select_from(_B.join(_D, _D.c.id == _B.c.clinic_id)).where(_live)
_duplicate = (
    select(func.min(_B.c.id))
    .select_from(_B.join(_D, _D.c.id == _B.c.clinic_id))
    .where(_live, _of_patient, or_(_B.c.clinic_id == bindparam("clinic"), _same_half))
)
_cancels = (
    select(func.count())
    .select_from(_B)
    .where(
        _of_patient,
        _B.c.state == written(AppointmentState.CANCELLED),
        _B.c.cancelled_at >= bindparam("month", type_=UtcDateTime()),
        ~select(_K.c.id)
        .where(_K.c.appointment_id == _B.c.id)
        .exists(),  # cancelled because it was suspended (R18)
    )
)
_LOAD = select(
    _duplicate.scalar_subquery().label("duplicate"),
    _counted.where(_of_patient, _on_day).scalar_subquery().label("patient_day"),
    _counted.where(_of_patient).scalar_subquery().label("patient_open"),
    _counted.where(_B.c.account_id == bindparam("account")).scalar_subquery().label("account_open"),
    _counted.where(_B.c.phone_index == bindparam("phone")).scalar_subquery().label("phone_open"),
    _cancels.scalar_subquery().label("cancels_month"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A slot with its clinic, and the rules that hold there."""

    row: Record
    wish: Wish
    policy: Policy


def place_of(uow: UnitOfWork, context: Context, slot_id: int, *, keep: bool = False) -> Place | None:
    """The slot; with ``keep`` its clinic cannot be suspended until we are done."""
    statement = _SLOT_KEPT if keep else _SLOT
    row = uow.execute(statement, {"slot": slot_id}).first()
    if row is None:
        return None
    wish = Wish(
        clinic_id=row.clinic_id,
        doctor_id=row.doctor_id,
        department_id=row.department_id,
        day=row.day,
        period=Period(row.period),
        starts_at=row.starts_at,
        state=ClinicState(row.clinic_state),
    )
    return Place(row, wish, context.directory.policy(context.today, row.department_id, row.doctor_id))


def refusal(
    uow: UnitOfWork, context: Context, place: Place, patient: Record, *, moving: int | None = None
) -> Refusal | None:
    """The rule that says no, if one does; ``moving`` is the appointment that would be moved here."""
    because = refuse_slot(place.wish, place.policy, context.now)
    if because is not None:
        return because
    load = _load(uow, context, place.wish, patient, moving)
    match refuse_load(load, place.policy, moving=moving is not None):
        case Duplicate(appointment_id):
            return already_booked(uow, context, appointment_id)
        case limit:
            return limit


def already_booked(uow: UnitOfWork, context: Context, appointment_id: int) -> AlreadyBooked:
    row = any_appointment_row(uow, context.account_id, appointment_id)
    assert row is not None  # appointments are never deleted
    return AlreadyBooked(view_of(row, uow, context.directory, context.now))


def _load(uow: UnitOfWork, context: Context, wish: Wish, patient: Record, moving: int | None) -> Load:
    parameters = {
        "patient": patient.patient_id,
        "account": context.account_id,
        "phone": patient.patient_phone_index,
        "today": context.today,
        "day": wish.day,
        "clinic": wish.clinic_id,
        "department": wish.department_id,
        "period": wish.period.value,
        "month": month_start(context.now),
        "moving": moving or 0,
    }
    row = uow.execute(_LOAD, parameters).one()
    return Load(*row)
