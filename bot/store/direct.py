"""One statement, one commit: run on the driver, for what every message costs.

SQLAlchemy writes the SQL once; executing it again through its connection and result costs three times what SQLite
needs for the statement itself (``make bench`` shows it).  PostgreSQL is spared BEGIN and COMMIT: one round trip.
"""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

import psycopg
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.expression import Executable

if TYPE_CHECKING:
    from bot.store.db import Database

Row = tuple[Any, ...]


class Direct:
    """A statement ready to run.  ``durable=False`` may be forgotten by SQLite at a power cut, never by a kill -9."""

    def __init__(self, db: "Database", statement: Executable, *, durable: bool = True) -> None:
        compiled: Any = statement.compile(dialect=db.engine.dialect)  # type: ignore[attr-defined]
        self._db = db
        self._durable = durable
        self._sql: str = compiled.string
        self._order: tuple[str, ...] | None = compiled.positiontup and tuple(compiled.positiontup)
        self._preset = {
            name: plain(bind.effective_value, db.dialect)
            for bind, name in compiled.bind_names.items()
            if not bind.required
        }

    def __call__(self, values: Mapping[str, Any]) -> list[Row]:
        """Run it; the rows it returns, with moments and states as the driver gives them."""
        dialect = self._db.dialect
        bound = self._preset | {name: plain(value, dialect) for name, value in values.items()}
        if dialect == "sqlite":
            return self._on_sqlite([bound[name] for name in self._order or ()])
        return self._on_postgres(bound)

    def _on_sqlite(self, bound: list[Any]) -> list[Row]:
        with self._db.gate:
            try:
                return self._db.light(durable=self._durable).execute(self._sql, bound).fetchall()
            except sqlite3.OperationalError as error:
                raise OperationalError(self._sql, None, error) from error

    def _on_postgres(self, bound: Mapping[str, Any]) -> list[Row]:
        try:
            return self._once(bound)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
        self._db.engine.dispose()  # the server was restarted: every pooled connection is as dead as this one
        return self._once(bound)

    def _once(self, bound: Mapping[str, Any]) -> list[Row]:
        pooled = self._db.engine.raw_connection()
        try:
            connection = cast("psycopg.Connection[Row]", pooled.driver_connection)
            cursor = connection.execute(self._sql.encode(), bound)
            return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError as error:
            broken = connection.broken or connection.closed
            if broken:
                pooled.invalidate(error)
            raise OperationalError(self._sql, None, error, connection_invalidated=broken) from error
        finally:
            pooled.close()


def plain(value: Any, dialect: str) -> Any:
    """As the driver takes it: states as text, moments as text on SQLite (see `bot.store.types.UtcDateTime`)."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect == "sqlite" else value
    return value


def moment(value: Any) -> datetime:
    """A moment as a driver returned it."""
    return datetime.fromisoformat(value) if isinstance(value, str) else cast(datetime, value).astimezone(UTC)
