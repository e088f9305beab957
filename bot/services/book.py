"""挂号: one seat of one slot for one patient.  The limits are counted under the patient's lock, the seat is
claimed last, and the database's constraints have the final word."""

from sqlalchemy import insert

from bot.domain.commands import Book
from bot.domain.outcomes import Booked, ClinicClosed, NotYours, Outcome, Refused, Taken
from bot.domain.states import AppointmentState
from bot.domain.views import SeatQuery
from bot.domain.vouchers import new_code
from bot.services.appointments import compose
from bot.services.context import Context, record
from bot.services.eligibility import Place, place_of, refusal
from bot.services.people import lock_patient, patient_view
from bot.services.reminders import Visit, booked
from bot.services.tables import Record, table
from bot.services.world import DbWorld
from bot.store import seats
from bot.store.db import UnitOfWork
from bot.store.models import Appointment

_T = table(Appointment)
_INSERT = insert(_T).returning(_T.c.id)
STAFF_CHANNEL = "desk"
"""The channel of appointments that staff make for callers and walk-ins (R3)."""


def book(command: Book, uow: UnitOfWork, context: Context) -> Outcome:
    patient = lock_patient(uow, context.account_id, command.patient_id)
    if patient is None or patient.patient_deceased_at is not None:
        return Refused(NotYours())
    place = place_of(uow, context, command.slot_id, keep=True)
    if place is None:
        return Refused(ClinicClosed(0))
    because = refusal(uow, context, place, patient)
    if because is not None:
        return Refused(because)
    seat = seats.claim(uow, command.slot_id)
    if seat is None:
        return taken(uow, context, place)
    return sell(command, uow, context, patient, place, seat)


def sell(
    command: Book, uow: UnitOfWork, context: Context, patient: Record, place: Place, seat: seats.Claimed
) -> Booked:
    """The seat is theirs: also where a suspended visit is replaced (`bot.services.suspension`)."""
    code = new_code(context.rng)
    row = {
        "key": command.key,
        "code": code,
        "seat_id": seat.id,
        "slot_id": command.slot_id,
        "clinic_id": place.wish.clinic_id,
        "doctor_id": place.wish.doctor_id,
        "patient_id": command.patient_id,
        "account_id": context.account_id,
        "phone_index": patient.patient_phone_index,
        "channel": _channel(command, context),
        "state": AppointmentState.BOOKED,
        "version": 1,
        "fee_fen": place.row.clinic_fee_fen,
        "created_at": context.now,
    }
    appointment_id: int = uow.execute(_INSERT, row).scalar_one()
    record(
        uow, context, appointment_id=appointment_id, key=command.key, kind="booked",
        to_slot_id=command.slot_id, to_seat_id=seat.id,
    )  # fmt: skip
    visit = Visit(appointment_id, 1, command.patient_id, context.account_id, place.row.starts_at)
    booked(uow, context, visit)
    view = compose(
        context.directory, patient_view(patient, uow.keys, context.today), place.row, context.now,
        id=appointment_id, code=code, number=seat.number, version=1, fee_fen=place.row.clinic_fee_fen,
        state=AppointmentState.BOOKED,
    )  # fmt: skip
    return Booked(view)


def _channel(command: Book, context: Context) -> str:
    if context.account is not None:
        return context.account.channel
    return STAFF_CHANNEL if command.channel is None else command.channel.value


def taken(uow: UnitOfWork, context: Context, place: Place) -> Taken:
    """The last seat has gone: other slots of the clinic, then other clinics (R5)."""
    world, wish = DbWorld(uow, context), place.wish
    slots = tuple(s for s in world.slots(wish.clinic_id) if s.free and s.id != place.row.slot_id)
    nearby = SeatQuery(
        department_id=wish.department_id, doctor_ids=(wish.doctor_id,), days=(wish.day,), period=wish.period
    )
    clinics = () if slots else tuple(world.alternatives(nearby))
    nearest = sorted(slots, key=lambda slot: abs(slot.starts_at - wish.starts_at))
    return Taken(tuple(nearest), clinics)
