"""Fixtures everybody uses: the two databases, Valkey, keys, and a clock that stands still until moved."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import Engine

from bot.services import demo
from bot.services.staff import passwords
from bot.store.db import Database
from bot.store.engine import make_engine
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade
from bot.store.statement import Statements
from tests import servers
from tests.seeded import Seeded

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in the hospital."""


_ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
    SET session_replication_role = replica;
    DO $$ DECLARE it record; BEGIN
        FOR it IN SELECT tablename FROM pg_tables
                  WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            IF pg_relation_size(format('%I', it.tablename)) > 500000 THEN
                EXECUTE format('TRUNCATE %I CASCADE', it.tablename);
            ELSE
                EXECUTE format('DELETE FROM %I', it.tablename);
            END IF;
        END LOOP;
        FOR it IN SELECT sequencename, start_value FROM pg_sequences
                  WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
            PERFORM setval(format('%I', it.sequencename), it.start_value, false);
        END LOOP;
    END $$
"""
"""Much faster than a database of its own for every test, or TRUNCATE everywhere: those make hundreds of files."""


class FixedClock:
    """Stands still until set or advanced; databases believe it instead of their own clock."""

    frozen = True

    def __init__(self, moment: datetime = MONDAY) -> None:
        self.set(moment)

    def now(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a naive datetime is nobody's time")
        self._moment = moment.astimezone(UTC)

    def advance(self, delta: timedelta) -> None:
        self._moment += delta


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """A password's hash costs as much as a sign-in may take, and hundreds of tests sign in."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_hasher", cache(lambda: PasswordHasher(time_cost=1, memory_cost=64)))
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Every test has a database of its own; what SQLAlchemy compiles for one is good for all of the same kind."""
    first: dict[str, Engine] = {}

    def make(url: str, *, pool: int) -> Engine:
        made = make_engine(url, pool=pool)
        known = first.setdefault(made.name, made)
        made.dialect, made._compiled_cache = known.dialect, known._compiled_cache
        made.pool._dialect = known.dialect
        return made

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.store.db.make_engine", make)
        patched.setattr("bot.store.db.Statements", cache(Statements))
        yield


# -- Valkey -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with servers.valkey() as url:
        yield url


@pytest.fixture
def redis_client(valkey_url: str) -> Iterator["redis.Redis"]:
    """Empty at the start of every test."""
    with closing(redis.Redis.from_url(valkey_url)) as client:
        client.flushall()
        yield client


# -- databases --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the maintenance database of a running PostgreSQL."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_postgres(postgres_server: str) -> str:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE tested")
    url = postgres_server.replace("/postgres?", "/tested?", 1)
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(_migrated_postgres: str) -> Iterator[str]:
    """A migrated PostgreSQL database, empty at the start of every test; whoever changes its schema puts it back."""
    with psycopg.connect(_migrated_postgres, autocommit=True) as connection:
        connection.execute(_EMPTY)
    yield _migrated_postgres
    with psycopg.connect(_migrated_postgres, autocommit=True) as connection:
        connection.execute(_ALONE)


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite file of this test's own."""
    path = tmp_path / "suizhen.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that uses it, or ``db``, runs once on either database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def db(database_url: str, clock: FixedClock, keys: KeyRing) -> Iterator[Database]:
    with closing(Database(database_url, clock, keys)) as database:
        yield database


@pytest.fixture
def sqlite_db(sqlite_url: str, clock: FixedClock, keys: KeyRing) -> Iterator[Database]:
    with closing(Database(sqlite_url, clock, keys)) as database:
        yield database


@pytest.fixture
def postgres_db(postgres_url: str, clock: FixedClock, keys: KeyRing) -> Iterator[Database]:
    with closing(Database(postgres_url, clock, keys)) as database:
        yield database


@pytest.fixture(scope="session")
def _seeded() -> Iterator[Seeded]:
    with closing(Seeded()) as seeded:
        yield seeded


@pytest.fixture
def demo_db(db: Database, database_url: str, clock: FixedClock, _seeded: Seeded) -> Database:
    """The demo hospital on a Monday at ten, on either database."""
    _seeded.into(database_url, lambda: demo.seed(db, clock))
    return db
