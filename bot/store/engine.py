"""SQLAlchemy engines as we need them: bounded pools, real transactions on SQLite, time limits on PostgreSQL."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

_PG_OPTIONS = (
    "-c statement_timeout=10s -c lock_timeout=4s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)
_SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # in WAL, NORMAL would lose the last bookings at a power cut
    "PRAGMA cache_size = -16000",
)


class BadDatabaseUrl(Exception):
    """Neither SQLite nor PostgreSQL."""


def parse_url(url: str) -> URL:
    """``postgres://``, ``postgresql://`` and ``sqlite:///``, with the drivers we use."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    try:
        parsed = make_url(url)
    except ValueError as error:
        raise BadDatabaseUrl(f"DATABASE_URL: {error}") from None
    match parsed.get_backend_name():
        case "sqlite":
            return parsed
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise BadDatabaseUrl(f"DATABASE_URL: {other} is neither sqlite nor postgresql")


def make_engine(url: str, *, pool: int) -> Engine:
    """At most ``pool`` connections; who comes after that waits, and fails after 10 s instead of piling up."""
    parsed = parse_url(url)
    common: dict[str, Any] = {"pool_size": pool, "max_overflow": 0, "pool_timeout": 10}
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed, pool_pre_ping=False, connect_args={"options": _PG_OPTIONS, "connect_timeout": 5}, **common
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, connect_args={"check_same_thread": False, "isolation_level": None}, **common
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    """The driver begins nothing by itself.  A writer takes the lock at once: upgrading later could fail as busy."""
    write = connection.get_execution_options().get("suizhen_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
