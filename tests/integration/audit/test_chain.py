"""The audit log: nobody changes it, not even the database's owner without being found out."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.services import audit_chain
from bot.services.audit_chain import A, L
from bot.services.context import write_audit
from bot.store.db import Database
from bot.store.engine import open_sqlite
from bot.store.keys import KeyRing
from tests.conftest import FixedClock


def write(db: Database, *actions: str) -> None:
    with db.write() as uow:
        for action in actions:
            write_audit(uow, at=uow.now, actor="staff:0001", action=action, subject="patient:某", key="值")


def force(db: Database, statement: str) -> None:
    """As somebody with the database's own password might."""
    if db.dialect == "sqlite":
        with closing(open_sqlite(db.engine.url.database or "", durable=True)) as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)
            for _, sql in triggers:
                connection.execute(sql)
        return
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode())


def wrong(db: Database) -> list[str]:
    return [what for _, what in audit_chain.verify(db).broken]


@pytest.mark.parametrize("table", [A, L])
def test_the_database_refuses_changes(db: Database, table: object) -> None:
    write(db, "one")
    audit_chain.link(db)
    values = {"actor": "nobody"} if table is A else {"audit_id": 99}
    for statement in (update(table).values(values), delete(table)):  # type: ignore[arg-type]
        with pytest.raises(DBAPIError, match="append-only"), db.write() as uow:
            uow.connection.execute(statement)
    assert wrong(db) == []


def test_truncating_is_refused_too(postgres_db: Database) -> None:
    write(postgres_db, "one")
    with pytest.raises(DBAPIError, match="append-only"), postgres_db.write() as uow:
        uow.connection.execute(text("TRUNCATE audit"))


def test_a_long_chain_holds(db: Database) -> None:
    write(db, *(f"act.{n}" for n in range(25)))
    assert audit_chain.link(db, batch=10) == 25
    assert audit_chain.link(db) == 0
    write(db, "later")
    verdict = audit_chain.verify(db)
    assert (verdict.head.seq, verdict.waiting, verdict.broken) == (25, 1, ())
    audit_chain.link(db)
    assert audit_chain.verify(db).head.seq == 26


@pytest.mark.parametrize(
    ("crime", "found"),
    [
        ("UPDATE audit SET actor = 'staff:0002' WHERE id = 2", ["changed"]),
        ("UPDATE audit SET detail = '{}' WHERE id = 2", ["changed"]),
        ("DELETE FROM audit WHERE id = 2", ["gone"]),
        ("DELETE FROM audit_chain WHERE seq = 2", ["chain", "changed"]),
    ],
)
def test_what_was_done_behind_our_back_is_found(db: Database, crime: str, found: list[str]) -> None:
    write(db, "one", "two", "three", "four")
    audit_chain.link(db)
    force(db, crime)
    assert wrong(db) == found
    assert next(audit_id for audit_id, _ in audit_chain.verify(db).broken) in (2, 3)


def test_a_chain_made_anew_does_not_hold_what_was_noted(db: Database) -> None:
    """Who can rewrite everything can make another chain; not one with the end that somebody wrote down."""
    write(db, "one", "two")
    audit_chain.link(db)
    noted = audit_chain.verify(db).head
    assert audit_chain.holds(db, f"{noted.seq}:{noted.digest.hex()}")
    force(db, "UPDATE audit SET actor = 'somebody' WHERE id = 1")
    force(db, "DELETE FROM audit_chain")
    audit_chain.link(db)
    assert wrong(db) == []
    assert not audit_chain.holds(db, f"{noted.seq}:{noted.digest.hex()}")
    assert not audit_chain.holds(db, "nonsense")


def test_a_row_committed_late_is_linked_late(
    postgres_db: Database, postgres_url: str, clock: FixedClock, keys: KeyRing
) -> None:
    """Ids are given before commits: a lower id may appear after a higher one was linked."""
    db = postgres_db
    with closing(Database(postgres_url, clock, keys)) as other, other.write() as slow:
        write_audit(slow, at=slow.now, actor="cli", action="slow", subject="x")
        write(db, "fast")
        assert audit_chain.link(db) == 1
    assert audit_chain.link(db) == 1
    assert wrong(db) == []
    with db.read() as uow:
        assert list(uow.connection.execute(select(L.c.audit_id).order_by(L.c.seq)).scalars()) == [2, 1]


def test_schedulers_at_once_make_one_chain(
    database_url: str, db: Database, clock: FixedClock, keys: KeyRing
) -> None:
    write(db, *(f"act.{n}" for n in range(300)))

    def work(_: int) -> int:
        with closing(Database(database_url, clock, keys)) as own:
            return sum(audit_chain.link(own, batch=7) for _ in range(5))

    with ThreadPoolExecutor(4) as pool:
        linked = sum(pool.map(work, range(4)))
    linked += audit_chain.link(db)
    assert linked == 300
    assert audit_chain.verify(db).head.seq == 300
    assert wrong(db) == []
