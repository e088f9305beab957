"""The database and the unit of work: one transaction, its session, its keys, its moment."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.domain.clock import Clock
from bot.settings import Settings
from bot.store.engine import READ_ONLY, make_engine, open_sqlite
from bot.store.gate import Gate
from bot.store.keys import KeyRing
from bot.store.moments import Moments, frozen, offset

T = TypeVar("T")


class UnitOfWork:
    """What a service works with: everything in it happens, or nothing."""

    def __init__(self, engine: Engine, keys: KeyRing, clock: Clock) -> None:
        self.keys = keys
        self.dialect = engine.dialect.name
        self._engine = engine
        self._clock = clock
        self._now: datetime | None = None
        self._connection: Connection | None = None
        self._session: Session | None = None

    @property
    def connection(self) -> Connection:
        """For statements: a third of the cost of going through ``session``.  Taken from the pool when first needed."""
        if self._connection is None:
            self._connection = self._engine.connect()
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
            if self.dialect == "sqlite" or frozen(self._clock):  # SQLite's machine is ours
                self._now = self._clock.now()
            else:
                told: datetime = self.connection.execute(select(func.now())).scalar_one()
                self._now = told.astimezone(UTC) + offset(self._clock)
        return self._now

    def commit(self) -> None:
        """For `Database` alone."""
        if self._session is not None:
            self._session.commit()
        if self._connection is not None:
            self._connection.commit()

    def close(self) -> None:
        """For `Database` alone: what was not committed is rolled back."""
        if self._session is not None:
            self._session.close()
        if self._connection is not None:
            self._connection.close()


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
        self.moments = Moments(self.dialect, clock)
        self.gate = Gate(1 if self.dialect == "sqlite" else pool)
        self._reading = self.engine.execution_options(**{READ_ONLY: True})
        self._light: dict[bool, sqlite3.Connection] = {}

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock, keys: KeyRing) -> "Database":
        return cls(url_of(settings), clock, keys, pool=settings.db_pool)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Look; nothing is kept."""
        uow = UnitOfWork(self._reading, self.keys, self.clock)
        try:
            yield uow
        finally:
            uow.close()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """One transaction: committed at the end, rolled back on an error."""
        with self.gate:
            uow = UnitOfWork(self.engine, self.keys, self.clock)
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
        with self.write() as uow:
            return work(uow)

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
