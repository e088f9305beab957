"""The booking window's share of 预约成功率: who called or came, booked or not, and why not."""

import pytest
from sqlalchemy import select

from bot.domain.roles import Role
from bot.services.demand_sql import Q
from bot.services.tables import Record
from tests.integration.console.stand import Stand, Visitor
from tests.integration.services.town import Town


@pytest.fixture
def town(stand: Stand) -> Town:
    return Town.found(stand.db, stand.clock)


@pytest.fixture
def patient(town: Town) -> str:
    return town.register(town.account()).id


def asks(stand: Stand) -> list[Record]:
    with stand.db.read() as uow:
        return list(uow.connection.execute(select(Q).order_by(Q.c.id)))


def book(desk: Visitor, patient: str, slot: int, once: str, way: str = "window") -> None:
    desk.get(f"/book/{patient}")
    desk.post(f"/book/{patient}", slot=slot, once=once, way=way)


def test_a_full_slot_then_another_counts_once_as_booked(stand: Stand, town: Town, patient: str) -> None:
    desk = stand.signed_in(Role.DESK)
    full, free = town.clinic(locked=6)[0], town.clinic(day=town.clock.now().date().replace(day=25))[0]
    book(desk, patient, full, "1", "phone")
    assert [(ask.outcome, ask.channel) for ask in asks(stand)] == [("taken", "phone")]
    book(desk, patient, free, "2", "phone")
    book(desk, patient, free, "2", "phone")  # the button pressed twice
    assert [ask.outcome for ask in asks(stand)] == ["again", "booked"]
    made = asks(stand)[-1]
    assert (made.patient_id, made.department_id, made.doctor_id) == (
        patient, town.departments["心血管内科"], town.doctors["王建国"],
    )  # fmt: skip
    assert made.appointment_id is not None


def test_staff_say_why_nobody_was_booked(stand: Stand, town: Town, patient: str) -> None:
    town.clinic()
    desk = stand.signed_in(Role.DESK)
    page = desk.get("/book").text
    assert "没约上？记下原因" in page
    told = {"way": "window", "department": town.departments["心血管内科"], "once": "u1"}
    assert desk.post("/book/unmet", reason="full", patient=patient, **told).status_code == 303
    assert desk.post("/book/unmet", reason="full", patient=patient, **told).status_code == 303
    (ask,) = asks(stand)
    assert (ask.outcome, ask.channel, ask.patient_id) == ("full", "window", patient)


@pytest.mark.parametrize(
    "wrong", [{"reason": "left"}, {"way": "pigeon"}, {"department": 999}, {"patient": "x"}]
)
def test_what_cannot_be_counted_is_told(stand: Stand, town: Town, wrong: dict[str, object]) -> None:
    desk = stand.signed_in(Role.DESK)
    desk.get("/book")
    told = {"way": "phone", "department": town.departments["儿科"], "reason": "full"} | wrong
    assert desk.post("/book/unmet", **told).status_code in (400, 404)
    assert asks(stand) == []
