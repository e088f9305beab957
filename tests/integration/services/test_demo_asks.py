"""The demo's made-up wishes: the same every time, once a day, and never in a hospital's own database."""

from datetime import timedelta

from sqlalchemy import func, select

from bot.services import demo, demo_asks
from bot.services.demand_sql import Q
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.services.town import Town


def test_four_weeks_of_asks_once_a_day(sqlite_db: Database, clock: FixedClock) -> None:
    demo.seed(sqlite_db, clock)
    made = demo_asks.seed(sqlite_db, clock)
    assert made > 500
    assert demo_asks.seed(sqlite_db, clock) == 0
    clock.set(clock.now() + timedelta(days=1))
    assert 0 < demo_asks.seed(sqlite_db, clock) < made / 10
    with sqlite_db.read() as uow:
        outcomes = uow.connection.execute(select(Q.c.outcome, func.count()).group_by(Q.c.outcome)).fetchall()
    assert {"booked", "full", "left"} <= {row[0] for row in outcomes}


def test_a_hospital_of_its_own_gets_none(sqlite_db: Database, clock: FixedClock) -> None:
    Town.found(sqlite_db, clock)
    assert demo_asks.seed(sqlite_db, clock) == 0
