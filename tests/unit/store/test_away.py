"""What waiting helps against, and what is a fault of ours."""

import errno
import sqlite3

import psycopg
import pytest
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import ResponseError
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from bot.store.away import is_away


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
