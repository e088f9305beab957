"""The migrations make exactly the models' schema, on both databases, also when several processes start at once."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

from bot.store.db import Database
from bot.store.engine import make_engine
from bot.store.keys import KeyRing
from bot.store.migrate import config, current, head, upgrade
from bot.store.models import Base
from tests.conftest import FixedClock


@pytest.fixture
def empty_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, of the same kind as ``database_url``."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
        yield server.replace("/postgres?", "/empty?")
        connection.execute("DROP DATABASE empty WITH (FORCE)")


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = make_engine(url, pool=1)
    try:
        yield engine
    finally:
        engine.dispose()


def constraints(connection: Connection) -> set[str]:
    """Every table, index, CHECK, UNIQUE and key, as the database itself words it."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
        )
        return {piece for (sql,) in rows for piece in _pieces(sql)}
    found = connection.execute(text(
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' "
        "UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' "
        "UNION SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable "
        "|| coalesce(character_maximum_length::text, '') || coalesce(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
    ))  # fmt: skip
    return {row[0] for row in found}


def _pieces(sql: str) -> list[str]:
    """A CREATE's lines; the order of a table's constraints means nothing."""
    name = re.split(r"\(", sql, maxsplit=1)[0].strip().replace('"', "")  # a copied table comes back quoted
    lines = [
        piece
        for line in sql.splitlines()[1:]
        for piece in re.split(r", (?=\w+ (?:INTEGER|VARCHAR|DATE))", line)
    ]
    return [f"{name}: {line.strip().rstrip(',')}" for line in lines] or [
        sql
    ]  # a column added later shares a line


def test_autogenerate_finds_nothing_to_do(database_url: str) -> None:
    with opened(database_url) as engine, engine.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_and_models_give_the_same_constraints(database_url: str, empty_url: str) -> None:
    with opened(database_url) as engine, engine.begin() as connection:
        migrated = constraints(connection)
    with opened(empty_url) as engine, engine.begin() as connection:
        Base.metadata.create_all(connection)
        modelled = constraints(connection)
    assert migrated == modelled
    assert any("seatstate" in piece for piece in modelled)


def test_upgrading_again_changes_nothing(empty_url: str) -> None:
    assert current(empty_url) is None
    assert upgrade(empty_url) == head() == current(empty_url)
    assert upgrade(empty_url) == head()


def test_down_and_up_again(empty_url: str) -> None:
    upgrade(empty_url)
    with opened(empty_url) as engine:
        with engine.begin() as connection:
            command.downgrade(config(connection), "base")
        with engine.begin() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"]
    assert upgrade(empty_url) == head()


def _upgrade_in_a_process(url: str, start: object, into: object) -> None:
    start.wait(30)  # type: ignore[attr-defined]
    into.put(upgrade(url))  # type: ignore[attr-defined]


def test_processes_starting_at_once_migrate_once(empty_url: str) -> None:
    fork = get_context("fork")
    start, results = fork.Barrier(4), fork.Queue()
    children = [
        fork.Process(target=_upgrade_in_a_process, args=(empty_url, start, results)) for _ in range(4)
    ]
    for child in children:
        child.start()
    assert [results.get(timeout=150) for _ in children] == [head()] * 4
    for child in children:
        child.join(10)
    with closing(Database(empty_url, FixedClock(), KeyRing.generate())) as db, db.read() as uow:
        assert uow.session.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
