"""What real dialogs leave behind for 预约成功率: each reason why nobody was booked is written down (R21)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.domain.views import Relation
from bot.services import demand
from bot.services.demand_sql import Q
from bot.services.tables import Record
from bot.store import models
from tests.dialogs.stage import Stage

TOMORROW = date(2026, 11, 24)
NOON = timedelta(hours=1, minutes=50)


@pytest.fixture
def patient(stage: Stage) -> Stage:
    stage.register("王建国", Relation.SELF, 0)
    return stage


def asks(stage: Stage) -> list[Record]:
    with stage.db.read() as uow:
        return list(uow.connection.execute(select(Q).order_by(Q.c.id)))


def only(stage: Stage) -> Record:
    (ask,) = asks(stage)
    return ask


def outcome(stage: Stage) -> str:
    return str(only(stage).outcome)


def department(stage: Stage, name: str) -> int:
    with stage.db.read() as uow:
        return int(
            uow.session.scalar(select(models.Department.id).where(models.Department.name == name)) or 0
        )


def leave_for_a_day(stage: Stage) -> str:
    stage.clock.set(stage.clock.now() + timedelta(hours=25))
    assert stage.db.run(lambda uow: demand.close_left(uow, stage.clock.now())) == 1
    return outcome(stage)


def test_booked_counts_the_appointment_and_where_it_is(patient: Stage) -> None:
    patient.send("明天下午两点半心内科王建国")
    assert outcome(patient) == "open"
    patient.send("确认")
    ask = only(patient)
    assert (ask.outcome, ask.channel) == ("booked", "wechat")
    assert ask.department_id == department(patient, "心血管内科")
    with patient.db.read() as uow:
        booked = uow.session.scalars(select(models.Appointment)).one()
    assert (ask.appointment_id, ask.patient_id, ask.doctor_id) == (
        booked.id,
        booked.patient_id,
        booked.doctor_id,
    )
    assert ask.ended_at is not None


def test_a_department_said_later_is_known_when_they_fall_silent(patient: Stage) -> None:
    patient.send("我要挂号")
    assert only(patient).department_id is None
    patient.send("心内科")
    assert leave_for_a_day(patient) == "left"
    assert only(patient).department_id == department(patient, "心血管内科")


def test_full_is_the_reason_also_where_they_say_nothing_more(patient: Stage) -> None:
    patient.fill("王建国", TOMORROW, "pm")
    patient.send("明天下午王建国")
    assert (outcome(patient), only(patient).hindrance) == ("open", "full")
    assert leave_for_a_day(patient) == "full"


def test_full_is_the_reason_where_they_give_up_on_it(patient: Stage) -> None:
    patient.fill("王建国", TOMORROW, "pm")
    patient.send("明天下午王建国")
    patient.send("算了")
    assert outcome(patient) == "full"


def test_full_is_forgotten_when_something_else_suits(patient: Stage) -> None:
    patient.fill("王建国", TOMORROW, "pm")
    for words in ("明天下午王建国", "1", "1"):
        patient.send(words)
    assert only(patient).hindrance == ""
    patient.send("算了")
    assert outcome(patient) == "gave_up"


def test_giving_up_at_the_read_back(patient: Stage) -> None:
    patient.send("明天下午两点半心内科王建国")
    patient.send("算了不挂了")
    assert outcome(patient) == "gave_up"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("骨科张伟明天上午", "no_clinic"),
        ("我想约明年1月8号的骨科", "too_early"),
    ],
)
def test_no_clinic_and_too_early(patient: Stage, words: str, why: str) -> None:
    patient.send(words)
    patient.send("算了")
    assert outcome(patient) == why


def test_too_late(patient: Stage) -> None:
    patient.clock.set(patient.clock.now() + NOON)
    patient.send("今天上午王建国")
    patient.send("算了")
    assert outcome(patient) == "too_late"


def test_suspended(patient: Stage) -> None:
    patient.suspend("王建国", TOMORROW)
    patient.send("明天下午王建国")
    patient.send("算了")
    assert outcome(patient) == "suspended"


def test_one_a_day_already_and_the_limit(patient: Stage) -> None:
    patient.book("王建国", TOMORROW, "am")
    patient.book("欧阳雪", TOMORROW, "pm")
    patient.send("明天下午两点周明")
    patient.send("算了")
    assert [
        ask.outcome for ask in asks(patient) if ask.key.startswith("wechat:") and "setup" not in ask.key
    ] == ["limit"]


def test_a_duplicate_on_another_day_than_it_was_booked(patient: Stage) -> None:
    patient.book("王建国", TOMORROW + timedelta(days=1), "pm")
    patient.advance(timedelta(days=1))
    patient.send("明天下午心内科王建国三点")
    patient.send("算了")
    assert asks(patient)[-1].outcome == "duplicate"


def test_taken_by_somebody_else_at_the_read_back(patient: Stage) -> None:
    patient.send("明天下午两点半心内科王建国")
    patient.snatch()
    patient.send("确认")
    assert only(patient).hindrance == "taken"
    patient.send("算了")
    assert outcome(patient) == "taken"


def test_tries_of_a_day_that_end_booked_count_once(patient: Stage) -> None:
    patient.send("明天下午两点半心内科王建国")
    patient.send("算了")
    patient.send("挂骨科，明天")
    patient.send("算了")
    patient.send("明天下午两点半心内科王建国")
    patient.send("确认")
    patient.send("再挂一个心内科，后天")
    patient.send("算了")
    found = [(ask.outcome, ask.hindrance) for ask in asks(patient)]
    assert found == [("again", "gave_up"), ("gave_up", ""), ("booked", ""), ("again", "gave_up")]


def test_triage_leads_to_one_ask(patient: Stage) -> None:
    patient.send("膝盖疼挂什么科")
    assert asks(patient) == []
    patient.send("1")
    assert only(patient).department_id is not None


def test_what_is_no_wish_writes_nothing(patient: Stage) -> None:
    patient.send("医院几点上班")
    patient.send("我的预约")
    assert asks(patient) == []
