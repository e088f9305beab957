"""SQLAlchemy engines as we need them: bounded pools, real transactions on SQLite, time limits on PostgreSQL.

On both databases a connection begins nothing by itself.  A transaction is begun by `_begin`, as a writer unless
it is known to read only: then SQLite takes a snapshot, and PostgreSQL saves two round trips by not beginning.
"""

import sqlite3
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from bot.settings import BadSettings

READ_ONLY = "suizhen_read_only"
"""Execution option of connections that only look."""

_PG_OPTIONS = (
    "-c statement_timeout=10s -c lock_timeout=4s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)


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
        arguments: dict[str, Any] = {"options": _PG_OPTIONS, "connect_timeout": 5}
        engine = create_engine(parsed, connect_args=arguments, **sizes)
        event.listen(engine, "connect", _prepare_postgres)
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
    """SQLite's writer takes the lock at once: a reader who becomes a writer later could fail as busy."""
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    if connection.dialect.name == "sqlite":
        driver = cast(sqlite3.Connection, connection.connection.driver_connection)
        try:
            driver.execute("BEGIN" if read_only else "BEGIN IMMEDIATE").close()
        except sqlite3.OperationalError as error:  # busy for longer than the timeout
            raise OperationalError("BEGIN", None, error) from error
    elif not read_only:
        connection.exec_driver_sql("BEGIN")
