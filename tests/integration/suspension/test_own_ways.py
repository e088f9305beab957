"""Patients who settle a suspended visit past the offer, and offices that suspend the same clinics at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.domain.commands import Book, Cancel
from bot.domain.outcomes import Booked, GivenUp, Refused
from bot.domain.states import AppointmentState, PhoneTaskState, SeatState
from bot.domain.suspension import CaseState, Started, SuspensionState
from bot.store.models import AppointmentEvent
from bot.store.push_models import PhoneTask
from tests.integration.suspension.ward import DAY, TOMORROW, Ward


def later(ward: Ward, doctor: str = "王海燕") -> int:
    """A slot in five days."""
    return ward.town.clinic(doctor, day=TOMORROW + 5 * DAY)[0]


def test_an_ordinary_booking_takes_the_suspended_visits_place(ward: Ward) -> None:
    first, _ = ward.standard()
    started = ward.start()
    ward.town.clock.advance(timedelta(hours=9))
    ward.saga.work()
    assert (ward.states(), ward.calls()) == ([CaseState.PHONE] * 2, 2)
    held = ward.held()
    new = ward.town.book(ward.accounts[0], later(ward), ward.patients[0])
    assert ward.states() == [CaseState.REBOOKED, CaseState.PHONE]
    case = ward.cases()[0]
    assert (case.new_appointment_id, case.outcome, case.refund_fen) == (new.id, "own_booking", 5000)
    assert ward.visit(first.id) is AppointmentState.REBOOKED
    assert (ward.calls(), ward.held()) == (1, held - 1)
    assert ward.town.count(PhoneTask, PhoneTask.state == PhoneTaskState.CANCELLED) == 1
    ward.saga.work()
    assert ward.states()[0] is CaseState.REBOOKED
    assert ward.sound()
    assert ward.balanced(started.suspension_id)


def test_before_their_turn_too(ward: Ward) -> None:
    first, _ = ward.standard()
    started = ward.start(work=False)
    ward.town.book(ward.accounts[0], later(ward), ward.patients[0])
    assert ward.visit(first.id) is AppointmentState.REBOOKED
    ward.saga.work()
    assert ward.states() == [CaseState.REBOOKED, CaseState.OFFERED]
    assert ward.pushes() == 1
    assert ward.sound()
    assert ward.balanced(started.suspension_id)


def test_one_booking_settles_one_visit(ward: Ward) -> None:
    """The nearest; the other one still waits for its answer."""
    tomorrow, after = ward.town.clinic()[0], ward.town.clinic(day=TOMORROW + DAY)[0]
    slot = later(ward)
    account, patient = ward.patient()
    for each in (after, tomorrow):
        ward.town.book(account, each, patient)
    ward.start(ward.scope(last=TOMORROW + DAY))
    ward.town.book(account, slot, patient)
    assert sorted(ward.states()) == [CaseState.OFFERED, CaseState.REBOOKED]
    assert min(ward.cases(), key=lambda case: case.starts_at).state is CaseState.REBOOKED


def test_another_department_or_patient_settles_nothing(ward: Ward) -> None:
    ward.standard()
    ward.start()
    ward.town.book(ward.accounts[0], later(ward, "张敏"), ward.patients[0])
    stranger, patient = ward.patient()
    ward.town.book(stranger, later(ward), patient)
    assert ward.states() == [CaseState.OFFERED] * 2


def test_the_same_booking_again_gives_the_same_answer(ward: Ward) -> None:
    ward.standard()
    ward.start()
    command = Book("own", later(ward), ward.patients[0].id)
    first, again = (ward.town.hospital.execute(command, ward.accounts[0]) for _ in range(2))
    assert isinstance(first, Booked)
    assert isinstance(again, Booked)
    assert first.appointment.id == again.appointment.id
    assert ward.town.count(AppointmentEvent, AppointmentEvent.kind == "rebooked") == 1


def test_cancelling_the_suspended_visit_gives_it_up(ward: Ward) -> None:
    """An old 「退号」 button: there is nobody to call any more, whatever the hour."""
    first, _ = ward.standard()
    started = ward.start()
    ward.town.clock.advance(timedelta(hours=9))
    ward.saga.work()
    outcome = ward.answer(Cancel("x", first.id), ward.accounts[0])
    assert isinstance(outcome, GivenUp)
    assert outcome.refund_fen == 5000
    assert isinstance(ward.answer(Cancel("x", first.id), ward.accounts[0]), GivenUp)
    assert isinstance(ward.answer(Cancel("y", first.id), ward.accounts[0]), Refused)
    assert isinstance(ward.answer(Cancel("z", first.id), ward.accounts[1]), Refused)
    assert ward.states() == [CaseState.REFUNDED, CaseState.PHONE]
    assert ward.visit(first.id) is AppointmentState.REFUNDED
    assert ward.calls() == 1
    assert ward.sound()
    assert ward.balanced(started.suspension_id)


def test_two_offices_suspend_overlapping_scopes_at_once(ward: Ward) -> None:
    """One case for each patient, one seat kept; the clinic opens only when both have taken it back."""
    slots = ward.town.clinic(seats=12)
    others = ward.town.clinic("王海燕", seats=12)
    for name in ("王建国", "王海燕"):
        ward.town.clinic(name, day=TOMORROW + DAY, seats=12)
    ward.booked(*slots[:3], *others[:3])
    scopes = [ward.scope(), ward.everywhere(TOMORROW, days=1), ward.scope("王海燕"), ward.scope()]

    def act(n: int) -> int:
        started = ward.saga.start(scopes[n], key=f"s{n}", reason="停电", actor=f"staff:{n}")
        assert isinstance(started, Started)
        ward.saga.work()
        return started.suspension_id

    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(act, range(4)))
    ward.saga.work()
    assert ward.states() == [CaseState.OFFERED] * 6
    assert ward.held() == ward.pushes() == 6
    assert all(ward.balanced(each) for each in ids)
    assert ward.sound()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda each: ward.saga.withdraw(each, actor="cli"), ids))
    ward.saga.work()
    assert ward.states() == [CaseState.WITHDRAWN] * 6
    assert ward.town.seats(slots[0])[0] is SeatState.BOOKED
    assert {ward.saga.progress(each).state for each in ids} == {SuspensionState.WITHDRAWN}  # type: ignore[union-attr]
    assert ward.sound()
