"""退号: until the deadline, with the fee back, the seat cooling down (R17)."""

from datetime import timedelta

from sqlalchemy import select, update

from bot.domain.commands import Book, Cancel
from bot.domain.outcomes import Booked, Cancelled, DeadlinePassed, NotLive, NotYours, Refused
from bot.domain.states import AppointmentState, SeatState
from bot.store.models import Appointment, AppointmentEvent, Seat
from tests.integration.services.town import TODAY, TOMORROW, Town, at


def test_a_cancellation_in_time(town: Town) -> None:
    account = town.account()
    slots = town.clinic()
    booked = town.book(account, slots[0], town.register(account))
    outcome = town.hospital.execute(Cancel("x", booked.id, "有事去不了"), account)
    assert isinstance(outcome, Cancelled)
    assert outcome.refund_fen == 5000
    assert outcome.appointment.state is AppointmentState.CANCELLED
    assert (outcome.appointment.code, outcome.appointment.number) == (booked.code, booked.number)
    assert town.seats(slots[0])[0] is SeatState.COOLING
    with town.db.read() as uow:
        event = uow.session.scalars(
            select(AppointmentEvent).where(AppointmentEvent.kind == "cancelled")
        ).one()
        assert (event.key, event.reason, event.refund_fen) == ("x", "有事去不了", 5000)
    assert town.consistent()


def test_the_list_forgets_it_the_history_does_not(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    town.hospital.execute(Cancel("x", booked.id), account)
    with town.hospital.world(account) as world:
        assert world.appointments() == ()
        assert [a.state for a in world.appointments(upcoming=False)] == [AppointmentState.CANCELLED]


def test_after_the_deadline_the_chat_says_no(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic(day=TODAY)[0], town.register(account))
    town.clock.set(at(12, 1))
    outcome = town.hospital.execute(Cancel("x", booked.id), account)
    assert outcome == Refused(DeadlinePassed("cancel", at(12, 0), 120))
    assert town.consistent()


def test_a_department_s_own_deadline_counts(town: Town) -> None:
    town.rule("cancel_deadline_minutes", 24 * 60, "department", town.departments["心血管内科"])
    account = town.account()
    booked = town.book(account, town.clinic(day=TOMORROW)[0], town.register(account))
    assert booked.cancellable_until == at(14, 0, TODAY)
    town.clock.set(at(14, 1))
    outcome = town.hospital.execute(Cancel("x", booked.id), account)
    assert outcome == Refused(DeadlinePassed("cancel", at(14, 0), 24 * 60))


def test_cancelling_twice_with_two_keys_is_not_live(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    town.hospital.execute(Cancel("x", booked.id), account)
    outcome = town.hospital.execute(Cancel("y", booked.id), account)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, NotLive)


def test_somebody_else_s_appointment_is_not_yours(town: Town) -> None:
    owner, stranger = town.account("o-1"), town.account("o-2")
    booked = town.book(owner, town.clinic()[0], town.register(owner))
    for appointment_id in (booked.id, 4711):
        assert town.hospital.execute(Cancel("x", appointment_id), stranger) == Refused(NotYours())
    assert town.consistent()


def test_one_may_book_the_same_clinic_again(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    booked = town.book(account, slots[0], patient)
    town.hospital.execute(Cancel("x", booked.id), account)
    assert isinstance(town.hospital.execute(Book("again", slots[0], patient.id), account), Booked)
    assert town.consistent()


def test_a_hold_that_ran_out_gives_its_seat_back(town: Town) -> None:
    account = town.account()
    slots = town.clinic()
    booked = town.book(account, slots[0], town.register(account))
    ends = town.clock.now() + timedelta(minutes=15)
    with town.db.write() as uow:
        uow.session.execute(update(Appointment).values(state=AppointmentState.HELD, hold_expires_at=ends))
        uow.session.execute(update(Seat).where(Seat.state == SeatState.BOOKED).values(state=SeatState.HELD))
    assert town.hospital.release_due() == 0
    town.clock.set(ends)
    assert town.hospital.release_due() == 1
    assert town.seats(slots[0])[0] is SeatState.COOLING
    with town.hospital.world(account) as world:
        found = world.appointment(booked.id)
    assert found is not None
    assert found.state is AppointmentState.EXPIRED
    assert town.hospital.release_due() == 0
    assert town.consistent()
