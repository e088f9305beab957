"""Starting: preview, closing, listing, telling; idempotent, and resumable after a crash at any step."""

from datetime import timedelta

import pytest

from bot.domain.commands import Book, Cancel, Change
from bot.domain.outcomes import Cancelled, Changed, ClinicClosed, Refused
from bot.domain.states import AppointmentState, ClinicState, PushState, SeatState
from bot.domain.suspension import CaseState, NothingToSuspend, Scope, SuspensionState
from bot.domain.views import Period
from bot.services.suspension import offering, telling, visits, work
from bot.store.models import Appointment, AppointmentEvent, AuditEntry
from bot.store.push_models import Push
from bot.store.suspension_models import Suspension, SuspensionCase
from tests.integration.suspension.ward import DAY, TODAY, TOMORROW, Killed, Ward, at


def test_a_preview_counts_and_writes_nothing(ward: Ward) -> None:
    ward.standard()
    seen = ward.saga.preview(ward.scope())
    assert (len(seen.clinics), seen.affected, seen.by_channel) == (1, 2, {"wechat": 2})
    assert seen.clinics[0].free == 4
    assert seen.clinics[0].doctor.name == "王建国"
    assert ward.town.count(Suspension) == 0
    assert ward.clinic_states() == [ClinicState.OPEN, ClinicState.OPEN]


def test_starting_closes_the_clinic_and_offers_each_patient_a_seat(ward: Ward) -> None:
    first, second = ward.standard()
    started = ward.start()
    assert (started.clinics, started.affected, started.again) == (1, 2, False)
    assert ward.clinic_states() == [ClinicState.SUSPENDED, ClinicState.OPEN]
    assert ward.states() == [CaseState.OFFERED] * 2
    assert ward.visit(first.id) is ward.visit(second.id) is AppointmentState.SUSPENDED
    assert ward.town.seats(first.slot_id) == [SeatState.LOCKED] * 3
    offers = [ward.view(a, c.id).offer for a, c in zip(ward.accounts, ward.cases(), strict=True)]
    assert all(o is not None and o.doctor.name == "王建国" and o.day == TOMORROW + DAY for o in offers)
    assert [o.starts_at - DAY for o in offers if o] == [first.starts_at, second.starts_at]
    assert ward.pushes() == ward.held() == 2
    assert ward.sound()
    assert ward.balanced(started.suspension_id)


def test_the_nearest_visit_is_told_first(ward: Ward) -> None:
    later = ward.booked(*ward.town.clinic(day=TOMORROW + DAY, seats=3))
    sooner = ward.booked(*ward.town.clinic(seats=3))
    ward.start(ward.scope(last=TOMORROW + DAY))
    with ward.town.db.read() as uow:
        told = [p.scope for p in uow.session.query(Push).filter(Push.kind == "suspension").order_by(Push.id)]
    by_visit = {case.appointment_id: f"case:{case.id}" for case in ward.cases()}
    assert told == [by_visit[v.id] for v in (*sooner, *later)]


def test_nothing_reminds_of_a_suspended_visit(ward: Ward) -> None:
    first, _ = ward.standard()
    assert ward.town.count(Push, Push.scope == f"appointment:{first.id}", Push.state == PushState.PLANNED) > 0
    ward.start()
    assert (
        ward.town.count(Push, Push.scope == f"appointment:{first.id}", Push.state == PushState.PLANNED) == 0
    )


def test_the_same_key_starts_once(ward: Ward) -> None:
    ward.standard()
    first, again = ward.start(), ward.start()
    assert (again.suspension_id, again.affected, again.again) == (first.suspension_id, 2, True)
    assert ward.town.count(Suspension) == 1
    assert ward.town.count(SuspensionCase) == ward.pushes() == 2


def test_a_department_means_those_under_it(ward: Ward) -> None:
    visits_ = ward.booked(ward.town.clinic()[0], ward.town.clinic("周明")[0], ward.town.clinic("张敏")[0])
    scope = Scope(at(0, day=TOMORROW), at(0, day=TOMORROW + DAY), department_id=ward.town.departments["内科"])
    assert ward.start(scope).affected == 2
    assert ward.visit(visits_[2].id) is AppointmentState.BOOKED


def test_the_whole_hospital(ward: Ward) -> None:
    """R19: nothing is left to offer on those days; the message has the other ways."""
    ward.booked(ward.town.clinic()[0], ward.town.clinic("周明")[0], ward.town.clinic("张敏")[0])
    started = ward.start(ward.everywhere())
    assert started.affected == 3
    assert ward.states() == [CaseState.OFFERED] * 3
    assert ward.held() == 0
    assert ward.balanced(started.suspension_id)


def test_a_half_day_alone(ward: Ward) -> None:
    morning = ward.booked(ward.town.clinic(period=Period.AM)[0])[0]
    afternoon = ward.booked(ward.town.clinic()[0])[0]
    scope = Scope(at(14, day=TOMORROW), at(18, day=TOMORROW), doctor_id=ward.town.doctors["王建国"])
    ward.start(scope)
    assert ward.visit(morning.id) is AppointmentState.BOOKED
    assert ward.visit(afternoon.id) is AppointmentState.SUSPENDED


def test_who_has_been_seen_today_is_not_affected(ward: Ward) -> None:
    ward.town.clock.set(at(7))
    slots = ward.town.clinic(day=TODAY, period=Period.AM, seats=24)
    ward.town.rule("booking_cutoff_minutes", 0)
    seen, waiting = ward.booked(slots[0], slots[-1])
    ward.town.clock.set(at(10))
    assert ward.start(ward.scope(first=TODAY)).affected == 1
    assert ward.visit(seen.id) is AppointmentState.BOOKED
    assert ward.visit(waiting.id) is AppointmentState.SUSPENDED


def test_no_clinic_no_suspension(ward: Ward) -> None:
    found = ward.saga.start(ward.scope(), key="s", reason="", actor="cli")
    assert found == NothingToSuspend()
    assert ward.town.count(Suspension) == 0


def test_a_clinic_suspended_before_is_shared(ward: Ward) -> None:
    """It opens again only when both are withdrawn; each patient has one case."""
    ward.standard()
    doctor = ward.start()
    whole = ward.start(ward.everywhere(), "s-2")
    assert (doctor.affected, whole.affected) == (2, 0)
    assert len(ward.states(doctor.suspension_id)) == 2
    ward.saga.withdraw(doctor.suspension_id, actor="cli")
    ward.saga.work()
    assert ward.clinic_states()[0] is ClinicState.SUSPENDED
    assert CaseState.WITHDRAWN not in ward.states(), "the clinic is closed all the same: the offers stand"
    ward.saga.withdraw(whole.suspension_id, actor="cli")
    ward.saga.work()
    assert ward.clinic_states()[0] is ClinicState.OPEN
    assert ward.sound()


def test_the_seat_kept_elsewhere_is_suspended_too(ward: Ward) -> None:
    """They are told of another one."""
    ward.standard()
    first = ward.start()
    assert ward.start(ward.scope(first=TOMORROW + DAY), "s-2").affected == 0
    offers = [ward.view(a, c.id).offer for a, c in zip(ward.accounts, ward.cases(), strict=True)]
    assert [o.doctor.name for o in offers if o] == ["王海燕", "王海燕"]
    assert ward.pushes() == 2
    assert ward.pushes(state=PushState.VOID) == 2
    assert ward.sound()
    assert ward.balanced(first.suspension_id)


def test_an_offer_never_collides_with_another_visit_of_the_patient(ward: Ward) -> None:
    slots = ward.town.clinic()
    ward.town.clinic("王海燕")
    account, patient = ward.patient()
    ward.town.book(account, slots[0], patient)
    other = ward.town.clinic(day=TOMORROW + DAY)
    ward.town.clinic("王海燕", day=TOMORROW + DAY, period=Period.AM)
    ward.town.book(account, other[0], patient)
    ward.start()
    offer = ward.view(account, ward.cases()[0].id).offer
    assert offer is not None
    assert (offer.doctor.name, offer.day, offer.period) == ("王海燕", TOMORROW, Period.PM)


def test_what_patients_do_between_the_start_and_their_turn_is_theirs(ward: Ward) -> None:
    first, second = ward.standard()
    elsewhere = ward.town.clinic("周明", day=TOMORROW + 3 * DAY)
    started = ward.start(work=False)
    assert isinstance(ward.answer(Cancel("c", first.id), ward.accounts[0]), Cancelled)
    assert isinstance(ward.answer(Change("m", second.id, elsewhere[0]), ward.accounts[1]), Changed)
    ward.saga.work()
    assert ward.states() == [CaseState.REFUNDED, CaseState.REBOOKED]
    assert [case.outcome for case in ward.cases()] == ["own_cancel", "own_change"]
    assert ward.cases()[0].refund_fen == 5000
    assert ward.pushes() == 0
    assert ward.balanced(started.suspension_id)


def test_a_cancellation_of_a_suspended_visit_is_not_held_against_the_patient(ward: Ward) -> None:
    """Penalties are waived (R18): the limit of cancellations does not count it."""
    ward.town.rule("cancels_per_month", 1)
    first, _ = ward.standard()
    ward.start(work=False)
    ward.answer(Cancel("c", first.id), ward.accounts[0])
    slot = ward.town.clinic("周明")[0]
    ward.town.book(ward.accounts[0], slot, ward.patients[0])


def test_a_closed_clinic_takes_no_booking(ward: Ward) -> None:
    ward.standard()
    slot = ward.town.clinic(period=Period.AM)[0]
    ward.start(work=False)
    account, patient = ward.patient()
    outcome = ward.answer(Book("b", slot, patient.id), account)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, ClinicClosed)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (visits, "suspend"),
        (visits, "record_many"),
        (visits, "hush_visits"),
        (offering.Market, "keep"),
        (offering.Market, "_claim"),
        (work, "_write"),
        (telling, "tell"),
    ],
)
def test_a_crash_at_any_step_is_gone_on_with(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    ward.standard()
    started = ward.start(work=False)

    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, name, die)
        with pytest.raises(Killed):
            ward.saga.work()
    assert ward.states() == [CaseState.OPEN] * 2
    assert ward.town.count(AppointmentEvent, AppointmentEvent.kind == "suspended") == 0
    Ward(ward.town).saga.work()
    assert ward.states() == [CaseState.OFFERED] * 2
    assert ward.pushes() == ward.held() == 2
    assert ward.town.count(AppointmentEvent, AppointmentEvent.kind == "suspended") == 2
    assert ward.town.count(AuditEntry, AuditEntry.action == "appointment.suspended") == 2
    assert ward.sound()
    assert ward.balanced(started.suspension_id)


def test_a_crash_between_two_batches(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.standard()
    ward.start(work=False)
    monkeypatch.setattr(work, "BATCH", 1)
    context = ward.town.hospital.acting("system:test")
    ward.town.db.run(work.begin)
    assert ward.town.db.run(lambda uow: work.batch(uow, context, 1)) == 1
    assert ward.states() == [CaseState.OFFERED, CaseState.OPEN]
    ward.saga.work()
    assert ward.states() == [CaseState.OFFERED] * 2
    assert ward.pushes() == 2


def test_one_bad_case_does_not_hold_up_the_others(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.standard()
    bad = ward.start(work=False) and ward.cases()[0].id
    real = work._move

    def move(uow: object, context: object, draft: work.Draft) -> None:
        if draft.row.id == bad:
            raise ValueError("poison")
        real(uow, context, draft)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(work, "_move", move)
        ward.saga.work()
    assert ward.states() == [CaseState.OPEN, CaseState.OFFERED]
    ward.town.clock.advance(timedelta(minutes=6))
    ward.saga.work()
    assert ward.states() == [CaseState.OFFERED] * 2


def test_a_suspension_is_done_when_its_last_case_is(ward: Ward) -> None:
    ward.booked(ward.town.clinic()[0])
    started = ward.start()
    assert ward.saga.progress(started.suspension_id).state is SuspensionState.RUNNING  # type: ignore[union-attr]
    ward.saga.reached(ward.cases()[0].id, "gave_up", actor="staff:0007")
    ward.saga.work()
    done = ward.saga.progress(started.suspension_id)
    assert done is not None
    assert (done.state, done.ended, done.waiting) == (SuspensionState.DONE, 1, 0)
    assert ward.town.count(Appointment, Appointment.state == "refunded") == 1
