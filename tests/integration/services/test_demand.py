"""Asks of every channel: one a key, booked once a day and department, closed when nobody answers (R21)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.accounts import AccountRef
from bot.domain.demand import Begun, Moved, Over, Wanted, refused_outcome
from bot.domain.outcomes import LimitReached, NotYours, Refused, Taken
from bot.services import demand
from bot.services.demand_sql import Q
from bot.services.wishes import Wishes
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.services.town import Town


@pytest.fixture
def town(db: Database, clock: FixedClock) -> Town:
    return Town.found(db, clock)


def asks(town: Town) -> list[tuple[str, str, str]]:
    with town.db.read() as uow:
        rows = uow.connection.execute(select(Q.c.key, Q.c.outcome, Q.c.hindrance).order_by(Q.c.id))
        return [tuple(row) for row in rows]


def ask(town: Town, key: str, outcome: str, department: str = "心血管内科", **who: object) -> int:
    """An ask at the desk or of another system, with its end; ``open`` has none."""
    at = town.clock.now()
    with town.db.write() as uow:
        found = demand.asked(
            uow, key=key, channel="phone", at=at, department_id=town.departments[department], **who
        )  # type: ignore[arg-type]
        if outcome != "open":
            demand.ended(uow, found, outcome, at=at)
    return found


def test_the_same_key_is_the_same_ask(town: Town) -> None:
    assert ask(town, "a", "open") == ask(town, "a", "full")
    assert asks(town) == [("a", "full", "")]


def test_what_is_booked_stays_booked(town: Town) -> None:
    ask(town, "a", "booked")
    ask(town, "a", "full")
    assert asks(town) == [("a", "booked", "")]


def test_tries_before_and_after_a_booking_of_the_day_are_not_counted(town: Town) -> None:
    patient = town.register(town.account()).id
    ask(town, "before", "full", patient_id=patient)
    ask(town, "child", "full", "儿科", patient_id=patient)
    ask(town, "somebody", "full")
    ask(town, "booked", "booked", patient_id=patient)
    ask(town, "after", "limit", patient_id=patient)
    town.clock.set(town.clock.now() + timedelta(days=1))
    ask(town, "tomorrow", "full", patient_id=patient)
    assert asks(town) == [
        ("before", "again", "full"), ("child", "full", ""), ("somebody", "full", ""), ("booked", "booked", ""),
        ("after", "again", "limit"), ("tomorrow", "full", ""),
    ]  # fmt: skip


def test_nobody_answers_for_a_day(town: Town) -> None:
    ask(town, "old", "open")
    town.clock.set(town.clock.now() + timedelta(hours=23))
    ask(town, "new", "open")
    town.clock.set(town.clock.now() + timedelta(hours=2))
    assert town.db.run(lambda uow: demand.close_left(uow, town.clock.now())) == 1
    assert asks(town) == [("old", "left", ""), ("new", "open", "")]


def test_a_chat_is_written_down_with_what_stood_in_the_way(town: Town) -> None:
    account, wishes, at = town.account(), Wishes(town.db), town.clock.now()
    heart = Wanted(town.departments["心血管内科"], town.doctors["王建国"])
    wishes.note(account, (Begun("f", Wanted()), Begun("f", Wanted())), at)
    wishes.note(account, (Moved("f", heart, "full"),), at)
    assert asks(town) == [("wechat:f", "open", "full")]
    wishes.note(account, (Over("f", heart, "full"),), at)
    wishes.note(account, (Over("f", heart, "gave_up"),), at)  # a retry changes nothing
    assert asks(town) == [("wechat:f", "full", "full")]


def test_a_booking_answers_its_dialog_and_makes_up_for_a_lost_one(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    first, second = town.clinic()[0], town.clinic("周明")[0]
    Wishes(town.db).note(account, (Begun("f", Wanted()),), town.clock.now())
    town.book(account, first, patient, "f:0")
    town.book(account, second, patient, "lost:0")
    assert asks(town) == [("wechat:f", "booked", ""), ("wechat:lost:0", "booked", "")]
    with town.db.read() as uow:
        rows = uow.connection.execute(select(Q).order_by(Q.c.id)).fetchall()
    assert [row.department_id for row in rows] == [
        town.departments["心血管内科"],
        town.departments["消化内科"],
    ]
    assert all(row.appointment_id and row.ended_at and row.patient_id == patient.id for row in rows)


def test_a_write_that_fails_is_logged_and_no_turn_fails(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    nobody = AccountRef(999_999, "wechat", "gh_1", "nobody")
    Wishes(town.db).note(nobody, (Begun("f", Wanted(department_id=999_999)),), town.clock.now())
    assert asks(town) == []
    assert "wish.unwritten" in caplog.text


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Taken((), ()), "taken"),
        (Refused(LimitReached("patient_day", 2)), "limit"),
        (Refused(NotYours()), "other"),
    ],
)
def test_an_outcome_as_a_reason(outcome: Taken | Refused, code: str) -> None:
    assert refused_outcome(outcome) == code
