"""One line when something is lost, one when it is back; what is not away keeps its stack."""

import logging

import psycopg
import pytest
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy.exc import OperationalError

from scheduler.outages import Outages
from scheduler.slow import Slow
from scheduler.ticks import Tick, guarded

REFUSED = OperationalError("SELECT name", None, psycopg.OperationalError("refused\n\tIs it running?"))
DEADLOCK = OperationalError("UPDATE seats", None, psycopg.errors.DeadlockDetected("deadlock"))


class Now:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def work(outages: Outages, whose: str, *fails: Exception) -> None:
    for error in fails:
        with pytest.raises(type(error)), outages.watch(whose):
            raise error


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_loss_is_told_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    now = Now()
    outages = Outages(monotonic=now)
    work(outages, "plan", REFUSED, REFUSED)
    work(outages, "reap", REFUSED)
    with outages.watch("another"):
        pass  # needs no database: says nothing of it
    now.at += 12
    for _ in range(2):
        with outages.watch("reap"):
            pass
    assert said(caplog) == [
        "database.away because=OperationalError: refused; asked again until it is back",
        "database.back after=12s",
    ]


def test_what_began_in_a_loss_that_is_over_is_no_new_one(caplog: pytest.LogCaptureFixture) -> None:
    now = Now()
    outages = Outages(monotonic=now)
    with pytest.raises(OperationalError), outages.watch("slow"):
        work(outages, "plan", REFUSED)
        now.at += 5
        with outages.watch("plan"):
            pass
        raise REFUSED
    assert len(said(caplog)) == 2
    now.at += 1
    work(outages, "slow", REFUSED)
    assert len(said(caplog)) == 3, "the next loss is one"


def test_each_thing_that_is_away_is_told(caplog: pytest.LogCaptureFixture) -> None:
    outages = Outages()
    work(outages, "a", REFUSED, RedisAway("refused"), DEADLOCK, ValueError("ours"))
    assert [line.partition(" ")[0] for line in said(caplog)] == ["database.away", "redis.away"]


@pytest.mark.parametrize(("error", "stack"), [(REFUSED, False), (DEADLOCK, True), (KeyError("id"), True)])
def test_a_tick_writes_a_stack_only_for_a_fault(
    caplog: pytest.LogCaptureFixture, error: Exception, stack: bool
) -> None:
    def broken() -> None:
        raise error

    run = guarded(Tick("broken", 1, broken), Outages(), Slow())
    for _ in range(3):
        run()
    records = [(record.levelno, bool(record.exc_info)) for record in caplog.records]
    assert records == [(logging.ERROR, stack)] * (3 if stack else 1)
