"""Whether an error says that the database, Valkey or the disk is not to be had right now: waiting helps."""

import errno
import sqlite3

import psycopg
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisSlow
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from bot.store.db import is_transient

RETRY_SECONDS = 10
"""When to try again; a restart takes less."""
_SQLITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
_HELD = {"40001", "40P01", "55P03", "57014"}
"""Deadlock, lost race, lock or statement timed out: the server is there."""
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def is_away(error: BaseException) -> bool:
    match error:
        case DBAPIError():
            return is_transient(error) or _cannot(error.orig)
        case PoolEmpty() | RedisAway() | RedisSlow() | OutOfMemoryError() | ReadOnlyError():
            return True
        case OSError():
            return error.errno in _DISK
        case _:
            return False


def missing(error: BaseException) -> str:
    """database | redis | disk: what an error says is not there at all; empty for any other error, also for a row that
    somebody else holds."""
    match error:
        case DBAPIError():
            state = getattr(error.orig, "sqlstate", None)
            return "database" if state not in _HELD and is_away(error) else ""
        case PoolEmpty():
            return "database"
        case OSError():
            return "disk" if is_away(error) else ""
        case _:
            return "redis" if is_away(error) else ""


def said(error: BaseException) -> str:
    """The first line of what the driver says, without statement and values: for a log."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    line = next(iter(str(cause).strip().splitlines()), "")
    return f"{type(cause).__name__}: {line[:240]}"


def _cannot(cause: BaseException | None) -> bool:
    """PostgreSQL's OperationalError is its own trouble: away, starting, full; SQLite's may be a wrong statement."""
    if isinstance(cause, psycopg.OperationalError):
        return True
    code = getattr(cause, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _SQLITE
