"""The database and the unit of work: one transaction, its session, its keys, its moment."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import Connection, Engine, PoolProxiedConnection, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import Executable

from bot.domain.clock import Clock
from bot.settings import Settings
from bot.store.engine import READ_ONLY, Driver, begin, in_transaction, make_engine, open_sqlite, translated
from bot.store.gate import Gate
from bot.store.keys import KeyRing
from bot.store.moments import Moments, frozen, offset
from bot.store.statement import Rows, Statements, Values

_NOW = select(func.now())
T = TypeVar("T")
PAUSE = (0.01, 0.03)
"""Seconds before a transaction is tried again: at once, the loser of a deadlock takes its row again before the
winner has woken up, and they meet again."""


class UnitOfWork:
    """What a service works with: everything in it happens, or nothing."""

    def __init__(self, db: "Database", *, writing: bool) -> None:
        self.keys = db.keys
        self.dialect = db.dialect
        self._db, self._writing = db, writing
        self._now: datetime | None = None
        self._pooled: PoolProxiedConnection | None = None
        self._connection: Connection | None = None
        self._session: Session | None = None

    def execute(self, statement: Executable, values: Values | None = None) -> Rows:
        """Run a statement on the driver: what every message asks goes this way (`bot.store.statement`)."""
        ready = self._db.statements.get(statement, values or {})
        parameters = ready.bind(values or {})
        driver = self._driver()
        try:
            if isinstance(driver, sqlite3.Connection):
                done: Any = driver.execute(ready.sql, parameters)
            else:
                done = driver.execute(ready.sql.encode(), parameters)
            return Rows(ready.rows(done.fetchall()) if done.description else [], done.rowcount)
        except (sqlite3.Error, psycopg.Error) as error:
            raise self._db.failed(error, ready.sql, self._pooled) from error

    def execute_many(self, statement: Executable, values: Sequence[Values]) -> int:
        """Run a statement that returns nothing once for each of ``values``; how many rows were written."""
        if not values:
            return 0
        ready = self._db.statements.get(statement, values[0])
        parameters = [ready.bind(each) for each in values]
        driver = self._driver()
        try:
            if isinstance(driver, sqlite3.Connection):
                return driver.executemany(ready.sql, parameters).rowcount
            with driver.cursor() as cursor:
                cursor.executemany(ready.sql.encode(), parameters)
                return cursor.rowcount
        except (sqlite3.Error, psycopg.Error) as error:
            raise self._db.failed(error, ready.sql, self._pooled) from error

    def _driver(self) -> Driver:
        """Taken from the pool when first needed; to write, in a transaction."""
        if self._pooled is None:
            try:
                self._pooled = self._db.engine.raw_connection()
                if self._writing:
                    begin(cast(Driver, self._pooled.driver_connection))
            except (sqlite3.Error, psycopg.Error) as error:  # away, busy for longer than the timeout, cut off
                raise self._db.failed(error, "BEGIN", self._pooled) from error
        return cast(Driver, self._pooled.driver_connection)

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's, for statements made for the occasion, in the same transaction."""
        if self._connection is None:
            self._driver()
            self._connection = Connection(
                self._db.engine if self._writing else self._db.reading, self._pooled
            )
        return self._connection

    @property
    def session(self) -> Session:
        """For objects, in the same transaction."""
        if self._session is None:
            self._session = Session(
                self.connection, expire_on_commit=False, join_transaction_mode="rollback_only"
            )
        return self._session

    @property
    def now(self) -> datetime:
        """The moment of this transaction: the database's, asked once, moved as the demo clock is moved."""
        if self._now is None:
            if self.dialect == "sqlite" or frozen(self._db.clock):  # SQLite's machine is ours
                self._now = self._db.clock.now()
            else:
                told: datetime = self.execute(_NOW).scalar_one()
                self._now = told.astimezone(UTC) + offset(self._db.clock)
        return self._now

    def commit(self) -> None:
        """For `Database` alone."""
        if self._session is not None:
            self._session.commit()
        if self._connection is not None:
            self._connection.commit()
        if self._pooled is not None and in_transaction(self._driver()):
            try:
                self._pooled.commit()
            except (sqlite3.Error, psycopg.Error) as error:
                raise self._db.failed(error, "COMMIT", self._pooled) from error

    def close(self) -> None:
        """For `Database` alone: what was not committed is rolled back."""
        if self._session is not None:
            self._session.close()
        if self._connection is not None:
            self._connection.close()
        elif self._pooled is not None:
            self._pooled.close()


class Database:
    """Connections to one database, and the only way to a `UnitOfWork`.

    SQLite has one writer at a time.  ``gate`` lets the threads of this process queue for it, because waiting
    for the file's lock means sleeping and trying again; between processes SQLite's own waiting has to do.
    On PostgreSQL as many may write as there are connections.
    """

    def __init__(self, url: str, clock: Clock, keys: KeyRing, *, pool: int = 8) -> None:
        self.clock = clock
        self.keys = keys
        self.engine: Engine = make_engine(url, pool=pool)
        self.dialect = self.engine.dialect.name
        self.statements = Statements(self.engine.dialect)
        self.moments = Moments(self.dialect, clock)
        self.gate = Gate(1 if self.dialect == "sqlite" else pool)
        self.reading = self.engine.execution_options(**{READ_ONLY: True})
        self._light: dict[bool, sqlite3.Connection] = {}

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock, keys: KeyRing) -> "Database":
        return cls(url_of(settings), clock, keys, pool=settings.db_pool)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Look; nothing is kept."""
        uow = UnitOfWork(self, writing=False)
        try:
            yield uow
        finally:
            uow.close()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """One transaction: committed at the end, rolled back on an error."""
        with self.gate:
            uow = UnitOfWork(self, writing=True)
            try:
                yield uow
                uow.commit()
            finally:
                uow.close()

    def run(self, work: Callable[[UnitOfWork], T], *, tries: int = 3) -> T:
        """``work`` in a transaction of its own, again where the database asks for that; so it has to be idempotent."""
        for _ in range(tries - 1):
            try:
                with self.write() as uow:
                    return work(uow)
            except DBAPIError as error:
                if not is_transient(error):
                    raise
            time.sleep(random.uniform(*PAUSE))
        with self.write() as uow:
            return work(uow)

    def failed(self, error: Exception, sql: str, pooled: PoolProxiedConnection | None) -> Exception:
        """The driver's error as SQLAlchemy's.  A server that was restarted has cut every pooled connection."""
        lost = pooled is not None and self.engine.dialect.is_disconnect(
            cast(Any, error), cast(Any, pooled.driver_connection), None
        )
        if lost and pooled is not None:
            pooled.invalidate(error)
            self.engine.dispose()
        return translated(error, sql, self.engine.dialect, lost=lost)

    def light(self, *, durable: bool) -> sqlite3.Connection:
        """SQLite only, while holding ``gate``: the connection of `bot.store.direct`."""
        if durable not in self._light:
            path = self.engine.url.database or ""
            self._light[durable] = open_sqlite(path, durable=durable)
        return self._light[durable]

    def close(self) -> None:
        with self.gate:
            for connection in self._light.values():
                connection.close()
            self._light.clear()
        self.engine.dispose()


def url_of(settings: Settings) -> str:
    """The configured database; else SQLite in the data directory."""
    return settings.database_url or f"sqlite:///{settings.data_dir.resolve() / 'suizhen.db'}"


def is_transient(error: DBAPIError) -> bool:
    """Deadlock, serialization failure, lock time-out, lost connection, SQLite's busy: trying again may help."""
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "55P03"}:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
