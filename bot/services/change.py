"""改约: the new seat is claimed first, then the old one given back, all in one transaction (R16)."""

from datetime import timedelta
from random import Random

from sqlalchemy import bindparam, update

from bot.domain.commands import Change
from bot.domain.outcomes import AlreadyBooked, Changed, ClinicClosed, NotLive, NotYours, Outcome, Refused
from bot.domain.policy import Policy
from bot.domain.rules import refuse_change
from bot.domain.states import AppointmentState
from bot.services.appointments import appointment_row, compose, view_of
from bot.services.book import taken
from bot.services.context import Context, record
from bot.services.eligibility import Place, place_of, refusal
from bot.services.people import patient_view
from bot.services.reminders import Visit, changed
from bot.services.tables import Record, table
from bot.store import seats
from bot.store.db import UnitOfWork
from bot.store.models import Appointment

_T = table(Appointment)
_MOVE = update(_T).where(_T.c.id == bindparam("appointment"))
MOVABLE = (AppointmentState.HELD, AppointmentState.BOOKED)


def change(command: Change, uow: UnitOfWork, context: Context) -> Outcome:
    old = appointment_row(uow, context.account_id, command.appointment_id, lock=True)
    if old is None or old.patient_deceased_at is not None:
        return Refused(NotYours())
    before = view_of(old, uow, context.directory, context.now)
    if before.state not in MOVABLE:
        return Refused(NotLive(before))
    if before.slot_id == command.slot_id:
        return Refused(AlreadyBooked(before))
    policy = context.directory.policy(context.today, old.department_id, old.doctor_id)
    because = refuse_change(before.starts_at, policy, context.now)
    if because is not None:
        return Refused(because)
    place = place_of(uow, context, command.slot_id, keep=True)
    if place is None:
        return Refused(ClinicClosed(0))
    no = refusal(uow, context, place, old, moving=before.id)
    if no is not None:
        return Refused(no)
    seat = seats.claim(uow, command.slot_id)
    if seat is None:  # nothing was written: the old seat stays theirs
        return taken(uow, context, place)
    _move(command, uow, context, old, place, seat)
    seats.give_back(uow, old.seat_id, uow.now + cooling(policy, context.rng))
    after = compose(
        context.directory, patient_view(old, uow.keys, context.today), place.row, context.now,
        id=before.id, code=before.code, number=seat.number, version=before.version + 1,
        fee_fen=place.row.clinic_fee_fen, state=before.state,
    )  # fmt: skip
    return Changed(after, before)


def cooling(policy: Policy, rng: Random) -> timedelta:
    """A returned seat comes back at a moment nobody can lie in wait for (黄牛)."""
    return timedelta(seconds=rng.uniform(0, policy.release_window_minutes * 60))


def _move(
    command: Change, uow: UnitOfWork, context: Context, old: Record, place: Place, seat: seats.Claimed
) -> None:
    values = {
        "seat_id": seat.id,
        "slot_id": command.slot_id,
        "clinic_id": place.wish.clinic_id,
        "doctor_id": place.wish.doctor_id,
        "fee_fen": place.row.clinic_fee_fen,
        "version": old.version + 1,
    }
    uow.connection.execute(_MOVE.values(values), {"appointment": old.id})
    record(
        uow, context, appointment_id=old.id, key=command.key, kind="changed", version=old.version + 1,
        from_slot_id=old.slot_id, from_seat_id=old.seat_id, to_slot_id=command.slot_id, to_seat_id=seat.id,
    )  # fmt: skip
    visit = Visit(old.id, old.version + 1, old.patient_id, old.account_id, place.row.starts_at)
    changed(uow, context, visit)
