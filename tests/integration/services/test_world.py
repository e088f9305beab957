"""What the dialogs see: one account, one moment."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Executable, event, update

from bot.domain.outcomes import AlreadyBooked, ClinicClosed, NotYours, TooEarly, TooLate
from bot.domain.states import ClinicState
from bot.domain.views import Period, Relation, SeatQuery
from bot.services.directory import touch
from bot.store.db import UnitOfWork
from bot.store.models import Clinic, Department, Doctor
from bot.store.statement import Rows, Values
from tests.integration.services.town import TODAY, TOMORROW, Town, at


def test_departments_are_those_one_can_book(town: Town) -> None:
    with town.hospital.world(town.account()) as world:
        assert [d.name for d in world.departments()] == ["心血管内科", "消化内科", "儿科"]
        group = world.department("内科")
        assert group is not None
        assert [d.name for d in world.doctors(department_id=group.id)] == ["王建国", "周明", "王海燕"]
        child = world.department("心血管内科")
        assert child is not None
        assert (child.parent, child.aliases, child.notes) == ("内科", ("心血管内科门诊",), "心血管内科须知")
        assert world.department("兽医科") is None


def test_doctors_by_name_and_department(town: Town) -> None:
    with town.hospital.world(town.account()) as world:
        assert [d.title for d in world.doctors(names=("王海燕",))] == ["副主任医师"]
        assert world.doctors(names=("王海燕",), department_id=town.departments["儿科"]) == ()


def test_two_of_one_name_are_two(town: Town) -> None:
    with town.db.write() as uow:
        uow.session.add(
            Doctor(staff_no="2000", name="张敏", title="主任医师", department_id=town.departments["消化内科"])
        )
        touch(uow)
    with town.hospital.world(town.account()) as world:
        assert [d.department for d in world.doctors(names=("张敏",))] == ["消化内科", "儿科"]


def test_who_retired_is_not_listed_but_old_appointments_name_them(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    with town.db.write() as uow:
        uow.session.execute(update(Doctor).where(Doctor.name == "王建国").values(active=False))
        touch(uow)
    with town.hospital.world(account) as world:
        assert world.doctors(names=("王建国",)) == ()
        assert world.appointment(booked.id) == booked


def test_clinics_count_what_is_left(town: Town) -> None:
    account = town.account()
    slots = town.clinic(seats=6, locked=1)
    town.book(account, slots[0], town.register(account))
    with town.hospital.world(account) as world:
        (clinic,) = world.clinics(SeatQuery(department_id=town.departments["心血管内科"]))
        assert (clinic.free, clinic.total) == (4, 6)
        assert [slot.free for slot in world.slots(clinic.id)] == [2, 2]
        assert world.clinic(clinic.id) == clinic


def test_seats_after_the_cutoff_only(town: Town) -> None:
    town.clinic(day=TODAY, seats=6)
    account = town.account()
    town.clock.set(at(13, 45))
    with town.hospital.world(account) as world:
        (clinic,) = world.clinics(SeatQuery())
        assert clinic.free == 3
        assert [s.starts_at for s in world.slots(clinic.id)] == [at(14, 30)]
    town.clock.set(at(14, 5))
    with town.hospital.world(account) as world:
        assert world.clinics(SeatQuery(with_free_seats_only=False)) == ()
        assert world.slots(clinic.id) == ()


def test_a_department_s_own_cutoff_counts_its_seats(town: Town) -> None:
    town.rule("booking_cutoff_minutes", 300, "department", town.departments["心血管内科"])
    town.clinic("王建国", TODAY, seats=6)
    town.clinic("周明", TODAY, seats=6)
    with town.hospital.world(town.account()) as world:
        found = world.clinics(SeatQuery(with_free_seats_only=False))
        assert [(c.doctor.name, c.free) for c in found] == [("周明", 6)]


def test_clinics_come_by_day_half_day_and_title(town: Town) -> None:
    for doctor in ("张敏", "王海燕", "王建国"):
        town.clinic(doctor, TOMORROW)
    town.clinic("张敏", TOMORROW, Period.AM)
    town.clinic("张敏", TODAY)
    with town.hospital.world(town.account()) as world:
        found = world.clinics(SeatQuery())
        assert [(c.day, c.period, c.doctor.name) for c in found] == [
            (TODAY, Period.PM, "张敏"),
            (TOMORROW, Period.AM, "张敏"),
            (TOMORROW, Period.PM, "王建国"),
            (TOMORROW, Period.PM, "王海燕"),
            (TOMORROW, Period.PM, "张敏"),
        ]


def test_every_field_of_a_query_narrows(town: Town) -> None:
    town.clinic("王建国", TOMORROW)
    town.clinic("周明", TOMORROW, Period.AM)
    town.clinic("张敏", TODAY)
    with town.hospital.world(town.account()) as world:

        def names(query: SeatQuery) -> list[str]:
            return [c.doctor.name for c in world.clinics(query)]

        assert names(SeatQuery(department_id=town.departments["内科"])) == ["周明", "王建国"]
        assert names(SeatQuery(doctor_ids=(town.doctors["张敏"],))) == ["张敏"]
        assert names(SeatQuery(days=(TODAY,))) == ["张敏"]
        assert names(SeatQuery(period=Period.AM)) == ["周明"]
        assert names(SeatQuery(kind="普通号")) == []
        assert names(SeatQuery(kind="专家号", days=(TOMORROW,), period=Period.PM)) == ["王建国"]


def test_full_and_suspended_clinics_only_when_asked(town: Town) -> None:
    full, off = town.clinic("王建国"), town.clinic("周明")
    town.sell_out(*full)
    with town.db.write() as uow:
        uow.session.execute(
            update(Clinic).where(Clinic.doctor_id == town.doctors["周明"]).values(state=ClinicState.SUSPENDED)
        )
    with town.hospital.world(town.account()) as world:
        assert world.clinics(SeatQuery()) == ()
        found = world.clinics(SeatQuery(with_free_seats_only=False))
        assert [(c.doctor.name, c.free, c.suspended) for c in found] == [
            ("王建国", 0, False),
            ("周明", 0, True),
        ]
        assert all(slot.free == 0 for slot in world.slots(found[1].id))
        assert len(off) == len(world.slots(found[1].id))


def test_each_doctor_s_window_is_their_own(town: Town) -> None:
    town.rule("booking_window_days", 20, "doctor", town.doctors["周明"])
    far = TODAY + timedelta(days=18)
    town.clinic("王建国", far)
    town.clinic("周明", far)
    with town.hospital.world(town.account()) as world:
        assert [c.doctor.name for c in world.clinics(SeatQuery(days=(far,)))] == ["周明"]
        assert world.booking_days() == (TODAY, TODAY + timedelta(days=14))
        assert world.booking_days(doctor_id=town.doctors["周明"]) == (TODAY, TODAY + timedelta(days=20))
        assert world.policy(doctor_id=town.doctors["周明"]).booking_window_days == 20


def test_alternatives_of_a_doctor_stay_in_the_department(town: Town) -> None:
    for doctor, day in (("王建国", TODAY), ("王海燕", TOMORROW), ("周明", TOMORROW)):
        town.clinic(doctor, day)
    with town.hospital.world(town.account()) as world:
        wish = SeatQuery(doctor_ids=(town.doctors["王建国"],), days=(TOMORROW,), period=Period.PM)
        assert [c.doctor.name for c in world.alternatives(wish)] == ["王建国", "王海燕"]
        anywhere = SeatQuery(days=(TOMORROW,), period=Period.PM)
        assert [c.doctor.name for c in world.alternatives(anywhere, 3)] == [
            "王建国",
            "周明",
            "王海燕",
        ] or len(world.alternatives(anywhere, 3)) == 3


def test_would_refuse_says_what_booking_would_say(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    slots = town.clinic()
    far = town.clinic("周明", TODAY + timedelta(days=20))
    soon = town.clinic("张敏", TODAY, Period.AM)
    booked = town.book(account, slots[0], patient)
    with town.hospital.world(account) as world:
        assert world.would_refuse(slots[1], patient.id) == AlreadyBooked(booked)
        assert world.would_refuse(slots[1], patient.id, moving=booked.id) is None
        assert world.would_refuse(slots[0], patient.id, moving=booked.id) == AlreadyBooked(booked)
        assert world.would_refuse(far[0], patient.id) == TooEarly(TODAY + timedelta(days=14), 14)
        assert world.would_refuse(soon[0], patient.id) == TooLate(30)
        assert world.would_refuse(4711, patient.id) == ClinicClosed(0)
        assert world.would_refuse(slots[1], "0" * 32) == NotYours()
    with town.hospital.world(town.account("o-2")) as world:
        assert world.would_refuse(slots[1], patient.id) == NotYours()


def test_appointments_are_the_account_s_by_time(town: Town) -> None:
    mine, other = town.account("o-1"), town.account("o-2")
    patient = town.register(mine)
    late = town.book(mine, town.clinic("王建国")[1], patient)
    soon = town.book(mine, town.clinic("周明", TOMORROW, Period.AM)[0], patient)
    town.book(other, town.clinic("张敏")[0], town.register(other, 2))
    with town.hospital.world(mine) as world:
        assert world.appointments() == (soon, late)
        assert world.appointments(upcoming=False) == (late, soon)
        assert world.appointment(late.id) == late
    with town.hospital.world(other) as world:
        assert world.appointment(late.id) is None
    town.clock.set(at(8, 29, TOMORROW))
    with town.hospital.world(mine) as world:
        assert world.appointments() == (soon, late), "it has begun but is not over"
    town.clock.set(at(8, 30, TOMORROW))
    with town.hospital.world(mine) as world:
        assert world.appointments() == (late,)


def test_a_relative_sees_the_patient_s_appointments_as_theirs(town: Town) -> None:
    father, daughter = town.account("o-1"), town.account("o-2")
    patient = town.register(father)
    booked = town.book(father, town.clinic()[0], patient)
    town.register(daughter, key="d", relation=Relation.PARENT)
    with town.hospital.world(daughter) as world:
        assert world.appointments() == (replace(booked, patient=replace(patient, relation=Relation.PARENT)),)


def test_an_edited_directory_is_seen_by_the_next_turn(town: Town) -> None:
    before = town.hospital.lexicon()
    assert town.hospital.lexicon() is before
    with town.db.write() as uow:
        uow.session.execute(update(Department).where(Department.name == "儿科").values(aliases=["小儿科"]))
        touch(uow)
    after = town.hospital.lexicon()
    assert after is not before
    assert next(d for d in after.departments if d.name == "儿科").aliases == ("小儿科",)
    assert ("内科门诊", "内科") in after.groups
    assert {d.parent for d in after.departments} == {"内科", None}


def test_asking_twice_in_a_turn_reads_once(town: Town) -> None:
    account = town.account()
    town.register(account)
    town.clinic()
    statements: list[str] = []
    event.listen(town.db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    with town.hospital.world(account) as world:
        world.departments()
        for _ in range(3):
            world.clinics(SeatQuery(days=(TOMORROW,)))
            world.patients()
            world.appointments()
            world.consented("privacy")
    assert len(statements) <= 5, statements


def test_the_world_has_a_name_and_a_time(town: Town) -> None:
    with town.hospital.world(town.account().id) as world:
        assert world.hospital == "试验医院"
        assert world.now == at(10, 0)
        assert world.now.utcoffset() == timedelta(hours=8)
        assert world.now.date() == date(2026, 11, 23)


def test_what_may_have_been_pushed_costs_a_turn_two_queries(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever somebody writes, a suspension, an invitation or an answer may be what they saw last."""
    asked: list[Executable] = []
    execute = UnitOfWork.execute

    def noted(uow: UnitOfWork, statement: Executable, values: Values | None = None) -> Rows:
        asked.append(statement)
        return execute(uow, statement, values)

    account = town.account()
    with town.hospital.world(account) as world:
        monkeypatch.setattr(UnitOfWork, "execute", noted)
        for _ in range(3):
            assert world.matters() == ()
    assert len(asked) == 2
