"""The demo hospital keeps the promises that README and transcripts rest on."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select, update

from bot.domain.clock import local
from bot.domain.names import surname
from bot.domain.views import Period, SeatQuery
from bot.services import demo
from bot.services.hospital import Hospital
from bot.settings import BadSettings, load
from bot.store.db import Database
from bot.store.models import Clinic, Department, Doctor, Seat
from tests.conftest import FixedClock
from tests.integration.services.town import Town

DEPARTMENTS = [
    "心血管内科",
    "呼吸内科",
    "消化内科",
    "神经内科",
    "内分泌科",
    "肾内科",
    "血液科",
    "风湿免疫科",
    "感染科",
    "普外科",
    "骨科",
    "泌尿外科",
    "神经外科",
    "胸外科",
    "妇科",
    "产科",
    "儿科",
    "眼科",
    "耳鼻喉科",
    "口腔科",
    "皮肤科",
    "中医科",
    "康复科",
    "精神心理科",
    "肿瘤科",
    "急诊科",
]


@pytest.fixture
def hospital(db: Database, clock: FixedClock) -> Hospital:
    demo.seed(db, clock)
    return Hospital(db, clock=clock, rng=Random(1), settings=load(), recheck=0)


def test_seeding_again_adds_nothing(hospital: Hospital, clock: FixedClock) -> None:
    assert demo.seed(hospital.db, clock) == 0
    assert demo.extend(hospital.db, clock) == 0


def test_an_empty_hospital_is_not_extended(db: Database, clock: FixedClock) -> None:
    assert demo.extend(db, clock) == 0


def test_every_department_can_be_booked_within_the_window(hospital: Hospital) -> None:
    with hospital.world(0) as world:
        assert [d.name for d in world.departments()] == DEPARTMENTS
        free = {c.doctor.department for c in world.clinics(SeatQuery())}
        assert free == set(DEPARTMENTS)


def test_wang_jianguo_is_there_every_half_day(hospital: Hospital, clock: FixedClock) -> None:
    """「帮我挂明天下午心内科王主任的号」 works on every day of the year."""
    for ahead in (0, 3, 30):
        clock.advance(timedelta(days=ahead))
        demo.extend(hospital.db, clock)
        tomorrow = local(clock.now()).date() + timedelta(days=1)
        with hospital.world(0) as world:
            (wang,) = world.doctors(names=("王建国",))
            days = [tomorrow + timedelta(days=n) for n in range(13)]
            for day in days:
                for period in (Period.AM, Period.PM):
                    found = world.clinics(SeatQuery(doctor_ids=(wang.id,), days=(day,), period=period))
                    assert len(found) == 1, (day, period)
                    assert found[0].free >= 10


def test_in_cardiology_only_one_wang_is_zhuren(hospital: Hospital) -> None:
    with hospital.world(0) as world:
        heart = world.department("心血管内科")
        assert heart is not None
        wangs = [d for d in world.doctors(department_id=heart.id) if d.surname == "王"]
        assert sorted(d.title for d in wangs) == ["主任医师", "副主任医师"]


def test_there_is_something_of_everything(hospital: Hospital) -> None:
    with hospital.world(0) as world:
        found = world.clinics(SeatQuery(with_free_seats_only=False))
    assert {c.kind for c in found} == {"普通号", "专家号", "特需号"}
    assert min(c.fee_fen for c in found) == 0
    assert max(c.fee_fen for c in found) == 10000
    assert any(c.free == 0 for c in found)
    assert any(0 < c.free <= 2 for c in found)
    assert {c.period for c in found} == set(Period)


def test_enough_people_share_a_surname(hospital: Hospital) -> None:
    with hospital.world(0) as world:
        names = [surname(d.name) for d in world.doctors()]
    assert names.count("王") >= 3
    assert names.count("张") >= 2


def test_moving_the_clock_extends_as_if_seeded_then(hospital: Hospital, clock: FixedClock) -> None:
    """Deterministic: the day decides, not when it was asked."""
    clock.advance(timedelta(days=5))
    assert demo.extend(hospital.db, clock) > 0
    with hospital.db.read() as uow:
        rows = uow.session.execute(
            select(Clinic.day, Doctor.staff_no, Clinic.period, func.count(Seat.id), Clinic.fee_fen)
            .join(Doctor, Doctor.id == Clinic.doctor_id)
            .join(Seat, Seat.clinic_id == Clinic.id)
            .where(Clinic.day == local(clock.now()).date() + timedelta(days=14))
            .group_by(Clinic.id, Clinic.day, Doctor.staff_no, Clinic.period, Clinic.fee_fen)
        )
        there = {(r[0], r[1], r[2]): (r[3], r[4]) for r in rows}
        doctors = [
            demo.Practice(*row)
            for row in uow.session.execute(
                select(Doctor.id, Doctor.staff_no, Doctor.title, Doctor.department_id, Department.name).join(
                    Department, Department.id == Doctor.department_id
                )
            )
        ]
    day = local(clock.now()).date() + timedelta(days=14)
    wanted = {
        (day, doctor.staff_no, plan.period.value): (plan.seats, plan.fee_fen)
        for doctor in doctors
        for plan in demo.plans(doctor, day)
    }
    assert there == wanted


def test_a_hospitals_own_doctors_get_no_invented_clinics(town: Town) -> None:
    """`python -m bot demo`, or `serve --demo` with the wrong DATABASE_URL, would sell what does not exist."""
    with pytest.raises(BadSettings, match="own data"):
        demo.seed(town.db, town.clock)
    with town.db.write() as uow:
        uow.session.execute(update(Doctor).where(Doctor.name == "王建国").values(staff_no=demo.ALWAYS))
    with pytest.raises(BadSettings, match="own data"):
        demo.extend(town.db, town.clock)
    assert town.count(Clinic) == 0
