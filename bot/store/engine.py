"""SQLAlchemy engines as we need them: bounded pools, real transactions on SQLite, time limits on PostgreSQL.

On both databases a connection begins nothing by itself.  A transaction is begun by `begin`, as a writer, unless it is
known to read only: then nothing is begun, each statement sees what is committed, and PostgreSQL is spared two round
trips.
"""

import select
import sqlite3
from pathlib import Path
from typing import Any, TypeAlias, cast

import psycopg
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError

from bot.settings import BadSettings

Driver: TypeAlias = "sqlite3.Connection | psycopg.Connection[Any]"
_IDLE = psycopg.pq.TransactionStatus.IDLE
READ_ONLY = "suizhen_read_only"
"""Execution option of connections that only look."""

_PG_OPTIONS = (
    "-c statement_timeout=10s -c lock_timeout=4s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)


_PG_LINE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
"""The time-outs above are kept by the server.  Of a machine that is gone, or cut off, the kernel would tell us after
a quarter of an hour, and every thread would wait for that."""


class BadDatabaseUrl(BadSettings):
    """Neither SQLite nor PostgreSQL."""


def parse_url(url: str) -> URL:
    """``postgres://``, ``postgresql://`` and ``sqlite:///``, with the drivers we use."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadDatabaseUrl("DATABASE_URL: not a database address") from None  # it may hold a password
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise BadDatabaseUrl(
                    "DATABASE_URL: several processes share the database, so it has to be a file"
                )
            return parsed.set(drivername="sqlite")
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise BadDatabaseUrl(f"DATABASE_URL: {other} is neither sqlite nor postgresql")


def make_engine(url: str, *, pool: int) -> Engine:
    """At most ``pool`` connections; who comes after that waits, and fails after 10 s instead of piling up."""
    parsed = parse_url(url)
    sizes: dict[str, Any] = {"pool_size": pool, "max_overflow": 0, "pool_timeout": 10}
    sizes["hide_parameters"] = True  # what an error says is logged; parameters are personal data (R15)
    if parsed.get_backend_name() == "postgresql":
        arguments: dict[str, Any] = {"options": _PG_OPTIONS, **_PG_LINE}
        engine = create_engine(parsed, connect_args=arguments, **sizes)
        event.listen(engine, "connect", _prepare_postgres)
        event.listen(engine, "checkout", _still_there)
    else:
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        arguments = {"check_same_thread": False, "isolation_level": None}
        engine = create_engine(parsed, connect_args=arguments, **sizes)
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def open_sqlite(path: str, *, durable: bool) -> sqlite3.Connection:
    """A connection outside of any engine, for `bot.store.direct`."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    _prepare_sqlite(connection, None, durable=durable)
    return connection


def _prepare_postgres(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.autocommit = True


def _still_there(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """Nobody asked anything on it, so a line with something to read is one that a restarted server has hung up:
    another is made, and whoever comes first afterwards does not pay for it."""
    if connection.closed:
        raise DisconnectionError
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    if line.poll(0):
        raise DisconnectionError


def _prepare_sqlite(connection: sqlite3.Connection, _record: object, durable: bool = True) -> None:
    """FULL: in WAL mode NORMAL keeps all commits over a kill -9, but loses the last ones at a power cut."""
    for pragma in (
        "busy_timeout = 5000",
        "journal_mode = WAL",
        "foreign_keys = ON",
        f"synchronous = {'FULL' if durable else 'NORMAL'}",
        "cache_size = -16000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    """When SQLAlchemy begins: unless there is only reading to do, or `begin` was called already."""
    if not connection.get_execution_options().get(READ_ONLY, False):
        driver = cast(Driver, connection.connection.driver_connection)
        if not in_transaction(driver):
            try:
                begin(driver)
            except (sqlite3.Error, psycopg.Error) as error:
                raise translated(error, "BEGIN", connection.dialect) from error


def begin(driver: Driver) -> None:
    """SQLite's writer takes the lock at once: a reader who becomes a writer later could fail as busy."""
    if isinstance(driver, sqlite3.Connection):
        driver.execute("BEGIN IMMEDIATE").close()
    else:
        driver.execute(b"BEGIN")


def in_transaction(driver: Driver) -> bool:
    if isinstance(driver, sqlite3.Connection):
        return driver.in_transaction
    return driver.info.transaction_status is not _IDLE


def translated(error: Exception, sql: str, dialect: Dialect, *, lost: bool = False) -> Exception:
    """A driver's error as SQLAlchemy's, without the parameters: they may be somebody's name.

    ``lost``: the connection is of no use any more.
    """
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, error, base, connection_invalidated=lost, dialect=dialect)
