"""挂号: what is written, what is refused, and that a repeated key changes nothing."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from bot.domain.commands import Book, Cancel, Change
from bot.domain.outcomes import (
    AlreadyBooked,
    Booked,
    ClinicClosed,
    LimitReached,
    NotYours,
    Refused,
    Taken,
    TooEarly,
    TooLate,
)
from bot.domain.states import AppointmentState, SeatState
from bot.domain.views import Period, Relation
from bot.store.models import Appointment, AppointmentEvent, AuditEntry, Clinic, Patient
from tests.integration.services.town import TODAY, TOMORROW, Town, at


def test_a_booking_has_seat_code_fee_and_deadlines(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    slots = town.clinic(seats=6)
    booked = town.book(account, slots[1], patient)
    assert (booked.number, booked.state, booked.version) == (4, AppointmentState.BOOKED, 1)
    assert (booked.starts_at, booked.ends_at) == (at(14, 30, TOMORROW), at(15, 0, TOMORROW))
    assert booked.starts_at.utcoffset() == timedelta(hours=8)
    assert (booked.fee_fen, booked.kind, booked.location) == (5000, "专家号", "心血管内科候诊区")
    assert booked.notes == "心血管内科须知"
    assert booked.doctor.name == "王建国"
    assert booked.patient == patient
    assert booked.cancellable_until == at(12, 30, TOMORROW)
    assert len(booked.code) == 8
    assert town.seats(slots[1]) == [SeatState.BOOKED, SeatState.FREE, SeatState.FREE]
    assert town.consistent()


def test_event_and_audit_are_written_without_personal_data(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account), key="k-1")
    with town.db.read() as uow:
        event = uow.session.scalars(select(AppointmentEvent)).one()
        assert (event.key, event.kind, event.appointment_id) == ("k-1", "booked", booked.id)
        assert event.actor == f"account:{account.id}"
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "appointment.booked")).one()
        assert (entry.subject, entry.actor) == (f"appointment:{booked.id}", f"account:{account.id}")
        row = uow.session.scalars(select(Appointment)).one()
        assert (row.account_id, row.channel) == (account.id, "wechat")
        texts = [f"{e.action}{e.subject}{e.detail}" for e in uow.session.scalars(select(AuditEntry))]
        assert not any("王小明" in text or "19900307" in text for text in texts)


def test_the_same_key_books_once(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    command = Book("k-1", slots[0], patient.id)
    first = town.hospital.execute(command, account)
    assert town.hospital.execute(command, account) == first
    assert town.count(Appointment) == 1
    assert town.seats(slots[0]).count(SeatState.BOOKED) == 1


def test_the_same_key_gives_the_first_outcome_even_after_later_changes(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    book = Book("k-1", slots[0], patient.id)
    booked = town.hospital.execute(book, account)
    assert isinstance(booked, Booked)
    change = Change("k-2", booked.appointment.id, slots[1])
    changed = town.hospital.execute(change, account)
    assert town.hospital.execute(book, account) == booked
    cancel = Cancel("k-3", booked.appointment.id)
    cancelled = town.hospital.execute(cancel, account)
    for command, outcome in ((book, booked), (change, changed), (cancel, cancelled)):
        assert town.hospital.execute(command, account) == outcome
    assert town.count(AppointmentEvent) == 3


def test_the_same_clinic_twice_is_refused_with_the_first(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    first = town.book(account, slots[0], patient)
    outcome = town.hospital.execute(Book("other", slots[1], patient.id), account)
    assert outcome == Refused(AlreadyBooked(first))


def test_one_department_and_half_day_is_one_booking(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    first = town.book(account, town.clinic("王建国")[0], patient)
    outcome = town.hospital.execute(Book("k", town.clinic("王海燕")[0], patient.id), account)
    assert outcome == Refused(AlreadyBooked(first))
    morning = town.clinic("王海燕", period=Period.AM)
    assert isinstance(town.hospital.execute(Book("k", morning[0], patient.id), account), Booked)


def test_beyond_the_window_is_too_early(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    slots = town.clinic(day=TODAY + timedelta(days=15))
    outcome = town.hospital.execute(Book("k", slots[0], patient.id), account)
    assert outcome == Refused(TooEarly(TODAY + timedelta(days=14), 14))


def test_a_doctor_s_own_window_counts(town: Town) -> None:
    town.rule("booking_window_days", 3, "doctor", town.doctors["王建国"])
    account = town.account()
    patient = town.register(account)
    slots = town.clinic(day=TODAY + timedelta(days=4))
    outcome = town.hospital.execute(Book("k", slots[0], patient.id), account)
    assert outcome == Refused(TooEarly(TODAY + timedelta(days=3), 3))


def test_after_the_cutoff_is_too_late(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic(day=TODAY)
    town.clock.set(at(13, 30))
    outcome = town.hospital.execute(Book("k", slots[0], patient.id), account)
    assert outcome == Refused(TooLate(30))
    assert isinstance(town.hospital.execute(Book("k", slots[1], patient.id), account), Booked)


def test_a_suspended_clinic_is_closed(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    with town.db.write() as uow:
        uow.session.execute(update(Clinic).values(state="suspended"))
    outcome = town.hospital.execute(Book("k", slots[0], patient.id), account)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, ClinicClosed)


def test_a_slot_that_does_not_exist_is_closed(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    assert town.hospital.execute(Book("k", 4711, patient.id), account) == Refused(ClinicClosed(0))


def test_somebody_else_s_patient_is_not_yours(town: Town) -> None:
    owner, stranger = town.account("o-1"), town.account("o-2")
    patient, slots = town.register(owner), town.clinic()
    for patient_id in (patient.id, "0" * 32):
        outcome = town.hospital.execute(Book("k", slots[0], patient_id), stranger)
        assert outcome == Refused(NotYours())


def test_who_died_is_not_booked(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    with town.db.write() as uow:
        uow.session.execute(update(Patient).values(deceased_at=uow.now))
    assert town.hospital.execute(Book("k", slots[0], patient.id), account) == Refused(NotYours())


@pytest.mark.parametrize(
    ("rule", "scope", "limit"),
    [
        ("per_patient_per_day", "patient_day", 2),
        ("per_patient_open", "patient_open", 2),
        ("per_account_open", "account_open", 2),
        ("per_phone_open", "phone_open", 2),
    ],
)
def test_limits_stop_the_third(town: Town, rule: str, scope: str, limit: int) -> None:
    town.rule(rule, limit)
    account = town.account()
    patient = town.register(account)
    for doctor in ("王建国", "周明"):
        town.book(account, town.clinic(doctor)[0], patient)
    day = TOMORROW if scope == "patient_day" else TOMORROW + timedelta(days=1)
    third = town.clinic("张敏", day, Period.AM)
    outcome = town.hospital.execute(Book("k", third[0], patient.id), account)
    assert outcome == Refused(LimitReached(scope, limit))
    town.rule(rule, limit + 1, "doctor", town.doctors["张敏"])
    assert isinstance(town.hospital.execute(Book("k", third[0], patient.id), account), Booked)


def test_the_account_s_limit_counts_all_its_patients(town: Town) -> None:
    town.rule("per_account_open", 2)
    account = town.account()
    slots = town.clinic()
    patients = [town.register(account, n, relation=Relation.OTHER) for n in (1, 2, 3)]
    for patient in patients[:2]:
        town.book(account, slots[0], patient)
    outcome = town.hospital.execute(Book("k", slots[0], patients[2].id), account)
    assert outcome == Refused(LimitReached("account_open", 2))


def test_five_cancellations_pause_booking_until_next_month(town: Town) -> None:
    town.rule("cancels_per_month", 2)
    account = town.account()
    patient, slots = town.register(account), town.clinic(day=TODAY + timedelta(days=10), seats=18)
    for turn in range(2):
        booked = town.book(account, slots[0], patient, key=f"b-{turn}")
        town.hospital.execute(Cancel(f"c-{turn}", booked.id), account)
    outcome = town.hospital.execute(Book("k", slots[0], patient.id), account)
    assert outcome == Refused(LimitReached("cancels_month", 2))
    town.clock.set(at(8, 0, TODAY.replace(month=12, day=1)))
    assert isinstance(town.hospital.execute(Book("k", slots[0], patient.id), account), Booked)


def test_past_appointments_do_not_count(town: Town) -> None:
    town.rule("per_patient_open", 1)
    account = town.account()
    patient = town.register(account)
    town.book(account, town.clinic(day=TOMORROW)[0], patient)
    town.clock.advance(timedelta(days=2))
    later = town.clinic("周明", day=TODAY + timedelta(days=4))
    assert isinstance(town.hospital.execute(Book("k", later[0], patient.id), account), Booked)


def test_a_full_slot_offers_others_of_the_clinic_nearest_first(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic(seats=12)
    town.sell_out(slots[1])
    outcome = town.hospital.execute(Book("k", slots[1], patient.id), account)
    assert isinstance(outcome, Taken)
    assert [slot.id for slot in outcome.slots] == [slots[0], slots[2], slots[3]]
    assert outcome.clinics == ()
    assert town.count(Appointment) == 0


def test_a_full_clinic_offers_other_clinics(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    town.clinic(period=Period.AM)
    town.clinic("王海燕")
    town.clinic("张敏")
    town.sell_out(*slots)
    outcome = town.hospital.execute(Book("k", slots[0], patient.id), account)
    assert isinstance(outcome, Taken)
    assert outcome.slots == ()
    assert [(c.doctor.name, c.period) for c in outcome.clinics] == [
        ("王建国", Period.AM), ("王海燕", Period.PM),
    ]  # fmt: skip


def test_the_key_may_be_used_again_after_taken(town: Town) -> None:
    """Nothing was written, so nothing is replayed."""
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    town.sell_out(slots[0])
    assert isinstance(town.hospital.execute(Book("k", slots[0], patient.id), account), Taken)
    assert isinstance(town.hospital.execute(Book("k", slots[1], patient.id), account), Booked)


def test_staff_book_without_an_account(town: Town) -> None:
    patient, slots = town.register(town.account()), town.clinic()
    outcome = town.hospital.execute(Book("k", slots[0], patient.id), None, actor="staff:0012")
    assert isinstance(outcome, Booked)
    with town.db.read() as uow:
        row = uow.session.scalars(select(Appointment)).one()
        assert (row.account_id, row.channel) == (None, "desk")
        assert uow.session.scalars(select(AppointmentEvent.actor)).one() == "staff:0012"
    with pytest.raises(ValueError, match="answer for it"):
        town.hospital.execute(Book("k", slots[0], patient.id), None)


def test_a_code_that_exists_is_drawn_again(town: Town) -> None:
    """The random source repeats itself; the constraint notices."""
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    first = town.book(account, slots[0], patient)
    other = town.register(account, 2)
    town.hospital.rng = Random(1)  # the source that gave the first code
    second = town.book(account, slots[0], other)
    assert second.code != first.code
    assert town.consistent()
