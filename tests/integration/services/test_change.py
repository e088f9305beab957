"""改约: the new seat first; the old one is never lost, never free at once (R16)."""

from datetime import timedelta

from sqlalchemy import select

from bot.domain.commands import Book, Cancel, Change
from bot.domain.outcomes import (
    AlreadyBooked,
    Booked,
    Changed,
    ClinicClosed,
    DeadlinePassed,
    LimitReached,
    NotLive,
    NotYours,
    Refused,
    Taken,
    TooLate,
)
from bot.domain.states import SeatState
from bot.domain.views import Period
from bot.store.models import AppointmentEvent, Seat
from tests.integration.services.town import TODAY, TOMORROW, Town, at


def test_a_change_moves_everything_but_the_code(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    old, new = town.clinic(), town.clinic("周明", TOMORROW, Period.AM, fee=3000)
    before = town.book(account, old[0], patient)
    outcome = town.hospital.execute(Change("c", before.id, new[1]), account)
    assert isinstance(outcome, Changed)
    after = outcome.appointment
    assert outcome.before == before
    assert (after.id, after.code, after.version) == (before.id, before.code, 2)
    assert (after.doctor.name, after.number, after.fee_fen) == ("周明", 4, 3000)
    assert after.starts_at == at(8, 30, TOMORROW)
    assert town.seats(new[1])[0] is SeatState.BOOKED
    with town.hospital.world(account) as world:
        assert world.appointments() == (after,)
    assert town.consistent()


def test_the_old_seat_cools_down_for_a_random_while(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    before = town.book(account, slots[0], patient)
    town.hospital.execute(Change("c", before.id, slots[1]), account)
    assert town.seats(slots[0])[0] is SeatState.COOLING
    with town.db.read() as uow:
        release_at = uow.session.scalars(select(Seat.release_at).where(Seat.state == SeatState.COOLING)).one()
    assert release_at is not None
    assert timedelta(0) < release_at - town.clock.now() <= timedelta(minutes=30)
    town.clock.set(release_at - timedelta(seconds=1))
    assert town.hospital.release_due() == 0
    town.clock.set(release_at)
    assert town.hospital.release_due() == 1
    assert town.seats(slots[0])[0] is SeatState.FREE


def test_if_the_new_seat_is_gone_the_old_one_stays(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    before = town.book(account, slots[0], patient)
    town.sell_out(slots[1])
    outcome = town.hospital.execute(Change("c", before.id, slots[1]), account)
    assert isinstance(outcome, Taken)
    with town.hospital.world(account) as world:
        assert world.appointment(before.id) == before
    assert town.consistent()


def test_a_change_to_where_one_is_already_changes_nothing(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    before = town.book(account, slots[0], patient)
    assert town.hospital.execute(Change("c", before.id, slots[0]), account) == Refused(AlreadyBooked(before))
    assert town.count(AppointmentEvent) == 1


def test_the_deadline_is_that_of_the_seat_given_up(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    slots, later = town.clinic(day=TODAY), town.clinic(day=TOMORROW)
    before = town.book(account, slots[0], patient)
    town.clock.set(at(12, 1))
    outcome = town.hospital.execute(Change("c", before.id, later[0]), account)
    assert outcome == Refused(DeadlinePassed("change", at(12, 0), 120))
    town.clock.set(at(12, 0))
    assert isinstance(town.hospital.execute(Change("c", before.id, later[0]), account), Changed)


def test_the_new_slot_has_to_be_bookable(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    before = town.book(account, town.clinic()[0], patient)
    past = town.clinic("周明", TODAY, Period.AM)
    assert town.hospital.execute(Change("c", before.id, past[0]), account) == Refused(TooLate(30))
    assert town.hospital.execute(Change("c", before.id, 4711), account) == Refused(ClinicClosed(0))
    assert town.consistent()


def test_open_limits_do_not_stop_a_change_but_a_full_day_does(town: Town) -> None:
    town.rule("per_patient_open", 3)
    account = town.account()
    patient = town.register(account)
    later = TOMORROW + timedelta(days=1)
    town.book(account, town.clinic("王建国", later, Period.AM)[0], patient)
    town.book(account, town.clinic("王建国", later, Period.PM)[0], patient)
    third = town.book(account, town.clinic()[0], patient)
    full_day = town.clinic("张敏", later, Period.AM)
    assert town.hospital.execute(Change("c", third.id, full_day[0]), account) == Refused(
        LimitReached("patient_day", 2)
    )
    empty_day = town.clinic("张敏", later + timedelta(days=1), Period.AM)
    assert isinstance(town.hospital.execute(Change("c", third.id, empty_day[0]), account), Changed)


def test_moving_within_the_half_day_is_no_duplicate(town: Town) -> None:
    account = town.account()
    before = town.book(account, town.clinic("王建国")[0], town.register(account))
    colleague = town.clinic("王海燕")
    assert isinstance(town.hospital.execute(Change("c", before.id, colleague[0]), account), Changed)


def test_somebody_else_s_appointment_is_not_yours(town: Town) -> None:
    owner, stranger = town.account("o-1"), town.account("o-2")
    slots = town.clinic()
    before = town.book(owner, slots[0], town.register(owner))
    assert town.hospital.execute(Change("c", before.id, slots[1]), stranger) == Refused(NotYours())
    assert town.hospital.execute(Change("c", 4711, slots[1]), owner) == Refused(NotYours())


def test_what_is_cancelled_cannot_be_changed(town: Town) -> None:
    account = town.account()
    slots = town.clinic()
    before = town.book(account, slots[0], town.register(account))
    town.hospital.execute(Cancel("x", before.id), account)
    outcome = town.hospital.execute(Change("c", before.id, slots[1]), account)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, NotLive)


def test_changes_add_up(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    before = town.book(account, slots[0], patient)
    there, back = Change("c-1", before.id, slots[1]), Change("c-2", before.id, slots[0])
    first = town.hospital.execute(there, account)
    second = town.hospital.execute(back, account)
    assert isinstance(second, Changed)
    assert second.appointment.version == 3
    assert second.appointment.number == 2, "seat 1 is still cooling"
    assert town.hospital.execute(there, account) == first
    assert town.hospital.execute(back, account) == second
    assert town.consistent()


def test_the_seat_left_behind_can_be_booked_after_cooling(town: Town) -> None:
    account, other = town.account("o-1"), town.account("o-2")
    slots = town.clinic(seats=4)
    before = town.book(account, slots[1], town.register(account))
    town.hospital.execute(Change("c", before.id, slots[0]), account)
    command = Book("k", slots[1], town.register(other, 2).id)
    assert isinstance(town.hospital.execute(command, other), Taken)
    town.clock.advance(timedelta(minutes=31))
    town.hospital.release_due()
    assert isinstance(town.hospital.execute(command, other), Booked)
