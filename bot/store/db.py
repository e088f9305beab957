"""The database and the unit of work: one transaction, its session, its keys, its moment."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.domain.clock import Clock
from bot.settings import Settings
from bot.store.engine import make_engine
from bot.store.keys import KeyRing

T = TypeVar("T")


class UnitOfWork:
    """What a service works with: everything in it happens, or nothing."""

    def __init__(self, session: Session, keys: KeyRing, clock: Clock, dialect: str) -> None:
        self.session = session
        self.keys = keys
        self.dialect = dialect
        self._clock = clock
        self._now: datetime | None = None

    @property
    def now(self) -> datetime:
        """The moment of this transaction, moved by the demo clock: asked of PostgreSQL once; SQLite runs on our machine."""
        if self._now is None:
            if self.dialect == "sqlite" or frozen(self._clock):
                self._now = self._clock.now()
            else:
                self._now = self.session.execute(select(func.now())).scalar_one().astimezone(UTC) + offset(
                    self._clock
                )
        return self._now


class Database:
    """Connections to one database, and the only way to a `UnitOfWork`."""

    def __init__(self, url: str, clock: Clock, keys: KeyRing, *, pool: int = 8) -> None:
        self.clock = clock
        self.keys = keys
        self.engine: Engine = make_engine(url, pool=pool)
        self.dialect = self.engine.dialect.name
        self._reads = self.engine
        self._writes = self.engine.execution_options(suizhen_write=True)
        self._gate = threading.Lock() if self.dialect == "sqlite" else None

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock, keys: KeyRing) -> "Database":
        return cls(url_of(settings), clock, keys, pool=settings.db_pool)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Look; nothing is kept."""
        with Session(self._reads, autoflush=False) as session:
            yield UnitOfWork(session, self.keys, self.clock, self.dialect)

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """One transaction: committed at the end, rolled back on an error."""
        with self._writing(), Session(self._writes) as session:
            yield UnitOfWork(session, self.keys, self.clock, self.dialect)
            session.commit()

    def run(self, work: Callable[[UnitOfWork], T], *, tries: int = 3) -> T:
        """``work`` in a transaction of its own, again if the database asked for that (deadlock, serialization, busy)."""
        for _ in range(tries - 1):
            try:
                with self.write() as uow:
                    return work(uow)
            except DBAPIError as error:
                if not is_transient(error):
                    raise
        with self.write() as uow:
            return work(uow)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._gate is None:
            yield
        else:
            with self._gate:
                yield


def url_of(settings: Settings) -> str:
    """The configured database; else SQLite in the data directory."""
    return settings.database_url or f"sqlite:///{settings.data_dir.resolve() / 'suizhen.db'}"


def offset(clock: Clock) -> timedelta:
    """How far the demo clock has been moved away from the database's."""
    moved: timedelta = getattr(clock, "offset", timedelta(0))
    return moved


def frozen(clock: Clock) -> bool:
    """A clock that stands still (tests) is asked even where a database has one of its own."""
    return bool(getattr(clock, "frozen", False))


def is_transient(error: DBAPIError) -> bool:
    """Deadlock (40P01), serialization failure (40001), lock time-out (55P03) or SQLite's busy: trying again may help."""
    state = getattr(error.orig, "sqlstate", None)
    return state in {"40001", "40P01", "55P03"} or bool(
        re.search(r"database is locked|busy", str(error.orig))
    )
