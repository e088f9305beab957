"""Taking a suspension back: clinics open, seats return, patients are told; nobody's answer is undone."""

from datetime import timedelta

import pytest

from bot.domain.commands import AcceptOffer, GiveUp
from bot.domain.outcomes import Rebooked
from bot.domain.states import AppointmentState, ClinicState, PushState, SeatState
from bot.domain.suspension import CaseState, SuspensionState
from bot.services import reminders
from bot.services.suspension import restoring, telling, visits, work
from bot.services.suspension.withdraw import CannotWithdraw
from bot.store.models import AppointmentEvent, Seat
from bot.store.push_models import Push
from tests.integration.suspension.ward import DAY, TOMORROW, Killed, Period, Ward


def test_the_clinic_opens_and_the_unanswered_get_their_seats_back(ward: Ward) -> None:
    first, second = ward.standard()
    started = ward.start()
    ward.answer(GiveUp("g", ward.cases()[1].id), ward.accounts[1])
    assert ward.saga.withdraw(started.suspension_id, actor="staff:0001") == 1
    ward.saga.work()
    assert ward.clinic_states() == [ClinicState.OPEN] * 2
    assert ward.states() == [CaseState.WITHDRAWN, CaseState.REFUNDED]
    assert ward.visit(first.id) is AppointmentState.BOOKED
    assert ward.visit(second.id) is AppointmentState.REFUNDED
    assert ward.pushes("suspension_withdrawn") == 1
    assert ward.pushes() == ward.held() == 0
    reminders = (Push.scope == f"appointment:{first.id}", Push.kind.in_(["visit_tomorrow", "visit_soon"]))
    assert ward.town.count(Push, *reminders, Push.state == PushState.PLANNED) == 2
    assert ward.town.seats(first.slot_id) == [SeatState.BOOKED, SeatState.FREE, SeatState.FREE]
    assert ward.sound()
    assert ward.balanced(started.suspension_id)
    assert ward.saga.progress(started.suspension_id).state is SuspensionState.WITHDRAWN  # type: ignore[union-attr]


def test_other_channels_seats_stay_locked(ward: Ward) -> None:
    slots = ward.town.clinic(seats=6, locked=2)
    ward.booked(slots[0])
    started = ward.start()
    ward.saga.withdraw(started.suspension_id, actor="cli")
    ward.saga.work()
    states = [state for slot in slots for state in ward.town.seats(slot)]
    assert states.count(SeatState.LOCKED) == 2
    assert ward.town.count(Seat, Seat.suspended_by.is_not(None)) == 0


def test_before_anybody_was_told(ward: Ward) -> None:
    first, _ = ward.standard()
    started = ward.start(work=False)
    ward.saga.withdraw(started.suspension_id, actor="cli")
    ward.saga.work()
    assert ward.states() == [CaseState.WITHDRAWN] * 2
    assert ward.visit(first.id) is AppointmentState.BOOKED
    assert ward.pushes() == ward.pushes("suspension_withdrawn") == 0
    assert ward.sound()


def test_twice_is_once(ward: Ward) -> None:
    ward.standard()
    started = ward.start()
    ward.saga.withdraw(started.suspension_id, actor="cli")
    assert ward.saga.withdraw(started.suspension_id, actor="cli") == 0
    ward.saga.work()
    ward.saga.work()
    assert ward.pushes("suspension_withdrawn") == 2


def test_who_has_rebooked_keeps_the_new_visit(ward: Ward) -> None:
    ward.standard()
    started = ward.start()
    outcome = ward.answer(AcceptOffer("k", ward.cases()[0].id, 1), ward.accounts[0])
    assert isinstance(outcome, Rebooked)
    ward.saga.withdraw(started.suspension_id, actor="cli")
    ward.saga.work()
    assert ward.states() == [CaseState.REBOOKED, CaseState.WITHDRAWN]
    assert ward.visit(outcome.appointment.id) is AppointmentState.BOOKED
    assert ward.sound()


def test_a_visit_whose_time_is_over_is_not_given_back(ward: Ward) -> None:
    visit = ward.booked(ward.town.clinic()[0])[0]
    started = ward.start()
    ward.town.clock.set(visit.starts_at + timedelta(hours=1))
    ward.saga.withdraw(started.suspension_id, actor="cli")
    ward.saga.work()
    assert ward.states() == [CaseState.REFUNDED]
    assert ward.cases()[0].outcome == "not_restored"


def test_a_patient_who_books_the_same_clinic_meanwhile_keeps_that(ward: Ward) -> None:
    """Between the opening and their turn."""
    slots = ward.town.clinic()
    visit = ward.booked(slots[0])[0]
    started = ward.start()
    ward.saga.withdraw(started.suspension_id, actor="cli")
    new = ward.town.book(ward.accounts[0], slots[1], ward.patients[0])
    ward.saga.work()
    assert ward.visit(new.id) is AppointmentState.BOOKED
    assert ward.visit(visit.id) is AppointmentState.REFUNDED
    assert ward.balanced(started.suspension_id)


def test_the_same_days_can_be_suspended_again(ward: Ward) -> None:
    ward.standard()
    first = ward.start()
    ward.saga.withdraw(first.suspension_id, actor="cli")
    ward.saga.work()
    again = ward.start(key="s-2")
    assert again.affected == 2
    assert ward.states(again.suspension_id) == [CaseState.OFFERED] * 2
    assert ward.balanced(first.suspension_id)
    assert ward.balanced(again.suspension_id)
    assert ward.sound()


def test_there_has_to_be_one(ward: Ward) -> None:
    with pytest.raises(CannotWithdraw):
        ward.saga.withdraw(7, actor="cli")


def test_a_later_clinic_of_the_doctor_is_left_alone(ward: Ward) -> None:
    ward.standard()
    started = ward.start()
    slot = ward.town.clinic(day=TOMORROW + 5 * DAY)[0]
    ward.saga.withdraw(started.suspension_id, actor="cli")
    ward.saga.work()
    assert ward.town.seats(slot) == [SeatState.FREE] * 3


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (restoring, "_seated"),
        (restoring, "close_many"),
        (visits, "record_many"),
        (telling, "tell"),
        (reminders, "restored"),
    ],
)
def test_a_crash_at_any_step_is_gone_on_with(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    first, second = ward.standard()
    started = ward.start()
    ward.saga.withdraw(started.suspension_id, actor="cli")

    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, name, die)
        with pytest.raises(Killed):
            ward.saga.work()
    assert ward.states() == [CaseState.OFFERED] * 2
    Ward(ward.town).saga.work()
    assert ward.states() == [CaseState.WITHDRAWN] * 2
    assert {ward.visit(first.id), ward.visit(second.id)} == {AppointmentState.BOOKED}
    assert ward.pushes("suspension_withdrawn") == 2
    assert ward.town.count(AppointmentEvent, AppointmentEvent.kind == "restored") == 2
    assert ward.sound()
    assert ward.balanced(started.suspension_id)


def test_a_batch_has_all_kinds_of_ends(ward: Ward) -> None:
    """Over, booked anew meanwhile, told, not told yet."""
    slots = ward.town.clinic(seats=12)
    ward.town.clinic(day=TOMORROW + DAY, seats=12)
    morning = ward.booked(ward.town.clinic("王海燕", period=Period.AM)[0])[0]
    afternoon = ward.booked(*slots[:4])
    started = ward.start(ward.everywhere(TOMORROW, days=1), work=False)
    context = ward.town.hospital.acting("system:test")
    ward.town.db.run(work.begin)
    ward.town.db.run(lambda uow: work.batch(uow, context, 3))
    assert sorted(ward.states()) == [CaseState.OFFERED] * 3 + [CaseState.OPEN] * 2
    ward.town.clock.set(morning.starts_at + timedelta(hours=1))
    ward.saga.withdraw(started.suspension_id, actor="cli")
    anew = ward.town.book(ward.accounts[1], slots[3], ward.patients[1])
    ward.saga.work()
    over, again, *others = [ward.visit(v.id) for v in (morning, *afternoon)]
    assert over is again is AppointmentState.REFUNDED
    assert [*others, ward.visit(anew.id)] == [AppointmentState.BOOKED] * 4
    assert sorted(ward.states()) == [CaseState.REFUNDED] * 2 + [CaseState.WITHDRAWN] * 3
    assert ward.pushes("suspension_withdrawn") == 1
    assert ward.sound()
    assert ward.balanced(started.suspension_id)
