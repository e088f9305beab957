"""A month of a small hospital, simulated on either database, and that the checks can see what is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from bench.year.cast import write
from bench.year.checks import wrong
from bench.year.journal import Message
from bench.year.world import MovedClock, World
from bot.domain.clock import HOSPITAL_TZ
from bot.services.figures.periods import Term
from bot.services.figures.rates import rates
from bot.services.followup.discharges import F
from bot.services.tables import table
from bot.settings import load
from bot.store.care_models import Report
from bot.store.db import Database
from bot.store.keys import KeyRing

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(days=34)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    clock = MovedClock(datetime(2026, 1, 1, 6, tzinfo=HOSPITAL_TZ))
    db = Database(database_url, clock, KeyRing.generate())
    settings = load(data_dir=tmp_path, followup_pushes=True)
    yield World(db, clock, settings, write(7, 60, FIRST, 18), 7)
    db.close()


def test_a_month_goes_by_and_everything_holds(world: World) -> None:
    world.run(FIRST, LAST)
    assert list(wrong(world, FIRST, LAST)) == []
    with world.db.read() as uow:
        (total,) = rates(uow, Term(FIRST, LAST), LAST)
    journal = world.journal
    assert total.discharged >= 60
    assert total.expected >= total.reached >= total.completed > 25
    assert min(len(journal.messages), journal.calls, len(journal.completed)) > 0
    _the_checks_can_fail(world)


def _the_checks_can_fail(world: World) -> None:
    """Each in its turn, on what has just held."""
    journal = world.journal
    account = next(iter(world.actors.of_account))
    person = world.actors.of_account[account].number
    late = Message(world.clock.now(), "followup_due", account, "k", "sms")
    journal.messages.append(late)
    journal.died[person], journal.opted_out[account] = late.at - timedelta(1), late.at - timedelta(1)
    told = list(wrong(world, FIRST, LAST))
    assert any("died on" in each for each in told)
    assert any("opted out on" in each for each in told)
    assert any("the platforms took" in each for each in told)
    journal.messages.append(replace(late, account_id=-1))
    assert any("nobody's" in each for each in wrong(world, FIRST, LAST))
    step = next(iter(journal.completed))
    journal.completed[step].append(late.at)
    assert f"step {step} was completed 2 times" in list(wrong(world, FIRST, LAST))
    with world.db.write() as uow:
        uow.connection.execute(update(F).where(F.c.id == step).values(reached_at=late.at))
        kept = table(Report)
        first = uow.connection.execute(select(kept.c.id).limit(1)).scalar_one()
        uow.connection.execute(delete(kept).where(kept.c.id == first))
    told = list(wrong(world, FIRST, LAST))
    assert any(each.startswith(f"step {step}: reached and completed") for each in told)
    assert any(each.startswith("reports of a") for each in told)
