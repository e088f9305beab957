"""What waiting helps against, and what is a fault of ours."""

import errno
import sqlite3
from datetime import timedelta

import psycopg
import pytest
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import ResponseError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from bot.store.away import is_away, missing, said
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.outbox import Outbox
from tests.conftest import FixedClock


def _sqlite(code: int) -> DBAPIError:
    cause = sqlite3.OperationalError("disk")
    cause.sqlite_errorcode = code
    return OperationalError("SELECT 1", None, cause)


@pytest.mark.parametrize(
    "error",
    [
        _sqlite(sqlite3.SQLITE_FULL),
        _sqlite(sqlite3.SQLITE_IOERR_WRITE),
        _sqlite(sqlite3.SQLITE_BUSY),
        OperationalError("SELECT 1", None, psycopg.errors.DiskFull("no space")),
        OperationalError("SELECT 1", None, psycopg.OperationalError("connection refused")),
        PoolEmpty("8 of 8"),
        RedisAway("refused"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_waiting_helps(error: Exception) -> None:
    assert is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        _sqlite(sqlite3.SQLITE_ERROR),
        ProgrammingError("SELECT 1", None, psycopg.errors.UndefinedTable("no such table")),
        ResponseError("wrong number of arguments"),
        OSError(errno.ENOENT, "no such file"),
        ValueError("ours"),
    ],
)
def test_waiting_does_not(error: Exception) -> None:
    assert not is_away(error)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OperationalError("SELECT 1", None, psycopg.errors.AdminShutdown("terminating")), "database"),
        (_sqlite(sqlite3.SQLITE_FULL), "database"),
        (PoolEmpty("8 of 8"), "database"),
        (RedisAway("refused"), "redis"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk"),
        (OperationalError("SELECT 1", None, psycopg.errors.DeadlockDetected("deadlock")), ""),
        (OperationalError("SELECT 1", None, psycopg.errors.QueryCanceled("too slow")), ""),
        (ValueError("ours"), ""),
    ],
)
def test_what_is_not_there(error: Exception, what: str) -> None:
    assert missing(error) == what


def test_what_is_said_of_it_holds_no_statement() -> None:
    error = OperationalError(
        "SELECT 'name'", None, psycopg.OperationalError("connection refused\n\tIs it running?")
    )
    assert said(error) == "OperationalError: connection refused"


def test_no_server_to_connect_to(clock: FixedClock, keys: KeyRing) -> None:
    db = Database("postgresql://postgres@/none?host=/nowhere", clock, keys)
    asked = (
        lambda: Outbox(db).claim(1, timedelta(seconds=60)),
        lambda: db.run(lambda uow: uow.execute(select(1))),
    )
    for ask in asked:
        with pytest.raises(OperationalError) as refused:
            ask()
        assert missing(refused.value) == "database"
