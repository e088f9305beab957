"""One statement, one commit: run on the driver, for what every message costs.

As `bot.store.statement`, and without a unit of work: on PostgreSQL there is no BEGIN and COMMIT, one round trip.
"""

import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import psycopg
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.expression import Executable

from bot.store.statement import Statement, Values

if TYPE_CHECKING:
    from bot.store.db import Database

Row = tuple[Any, ...]


class Direct:
    """A statement ready to run.  ``durable=False`` may be forgotten by SQLite at a power cut, never by a kill -9."""

    def __init__(self, db: "Database", statement: Executable, *, durable: bool = True) -> None:
        self._db = db
        self._durable = durable
        self._statement = Statement(statement, db.engine.dialect)
        self._sql = self._statement.sql

    def __call__(self, values: Values) -> list[Row]:
        """Run it; the rows it returns, with moments and states as the driver gives them."""
        bound = self._statement.bind(values)
        return self._on_sqlite(bound) if self._db.dialect == "sqlite" else self._on_postgres(bound)

    def _on_sqlite(self, bound: list[Any]) -> list[Row]:
        with self._db.gate:
            try:
                return self._db.light(durable=self._durable).execute(self._sql, bound).fetchall()
            except sqlite3.OperationalError as error:
                raise OperationalError(self._sql, None, error) from error

    def _on_postgres(self, bound: dict[str, Any]) -> list[Row]:
        try:
            return self._once(bound)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
        self._db.engine.dispose()  # the server was restarted: every pooled connection is as dead as this one
        return self._once(bound)

    def _once(self, bound: dict[str, Any]) -> list[Row]:
        try:
            pooled = self._db.engine.raw_connection()
        except psycopg.OperationalError as error:  # away: no new connection is to be had
            raise OperationalError(self._sql, None, error) from error
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


def moment(value: Any) -> datetime:
    """A moment as a driver returned it."""
    return datetime.fromisoformat(value) if isinstance(value, str) else cast(datetime, value).astimezone(UTC)
