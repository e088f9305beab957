"""The unit of work on both databases."""

import io
import logging
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from bot.domain.inbound import Inbound, Kind
from bot.store.db import Database, UnitOfWork
from bot.store.inbox import Inbox, New
from bot.store.keys import KeyRing
from bot.store.models import AuditEntry, Revision
from bot.web.logging import KeyValue
from tests.conftest import MONDAY, FixedClock
from tests.integration.store import people


def entry(moment: datetime) -> AuditEntry:
    return AuditEntry(at=moment, actor="cli", action="test", subject="clinic:1")


def count(db: Database) -> int:
    with db.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_what_was_written_is_read(db: Database) -> None:
    with db.write() as uow:
        uow.session.add(entry(uow.now))
    with db.read() as uow:
        assert uow.session.scalars(select(AuditEntry)).one().at == MONDAY


def test_an_error_leaves_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), db.write() as uow:
        uow.session.add(entry(uow.now))
        uow.session.flush()
        raise RuntimeError
    assert count(db) == 0


def test_a_naive_moment_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="naive"), db.write() as uow:
        uow.session.add(entry(datetime(2026, 11, 23)))
    assert count(db) == 0


def test_time_stands_still_within_a_transaction(db: Database, clock: FixedClock) -> None:
    with db.write() as uow:
        before = uow.now
        clock.advance(timedelta(minutes=1))
        assert uow.now == before
    with db.read() as uow:
        assert uow.now == before + timedelta(minutes=1)


def test_objects_and_statements_share_the_transaction(db: Database) -> None:
    with pytest.raises(RuntimeError), db.write() as uow:
        uow.session.add(entry(uow.now))
        uow.session.flush()
        uow.connection.execute(
            insert(AuditEntry), [{"at": uow.now, "actor": "a", "action": "b", "subject": "c"}]
        )
        assert uow.connection.execute(select(func.count()).select_from(AuditEntry)).scalar() == 2
        raise RuntimeError
    assert count(db) == 0
    with db.write() as uow:
        uow.connection.execute(
            insert(AuditEntry), [{"at": uow.now, "actor": "a", "action": "b", "subject": "c"}]
        )
        uow.session.add(entry(uow.now))
    assert count(db) == 2


def test_a_unit_of_work_that_asks_nothing_takes_no_connection(db: Database) -> None:
    with db.read(), db.write():
        assert db.engine.pool.status().count("Current Checked out connections: 0") == 1


def test_database_time_is_the_databases(postgres_url: str, keys: KeyRing) -> None:
    """A machine whose clock is wrong must not shorten anybody's hold."""

    class Wrong:
        offset = timedelta(days=3)

        def now(self) -> datetime:
            return datetime(1999, 1, 1, tzinfo=UTC)

    with closing(Database(postgres_url, Wrong(), keys)) as db, db.read() as uow:
        assert abs(uow.now - datetime.now(UTC) - timedelta(days=3)) < timedelta(minutes=5)


def test_a_deadlock_is_tried_again(postgres_db: Database) -> None:
    """Two transactions take two rows in opposite order: PostgreSQL ends one, and `run` repeats it."""
    db = postgres_db
    with db.write() as uow:
        uow.session.add_all([Revision(name="first"), Revision(name="second")])
    names = ["first", "second"]
    meet = threading.Barrier(2)
    runs: list[str] = []

    def work(order: list[str], uow: UnitOfWork) -> None:
        first_time = order[0] not in runs
        runs.append(order[0])
        for row in order:
            uow.connection.execute(update(Revision).where(Revision.name == row).values(value=1))
            if row == order[0] and first_time:
                meet.wait(10)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(db.run, partial(work, order)) for order in (names, names[::-1])]:
            done.result()
    assert len(runs) == 3


def test_other_errors_are_not_tried_again(db: Database) -> None:
    runs = []

    def work(uow: UnitOfWork) -> None:
        runs.append(1)
        uow.connection.execute(text("SELECT nonsense"))

    with pytest.raises(DBAPIError):
        db.run(work)
    assert len(runs) == 1


def test_connections_cut_by_the_server_are_replaced(postgres_db: Database) -> None:
    """PostgreSQL was restarted: every pooled connection is dead, the next message is not the one to suffer."""
    db = postgres_db
    inbox = Inbox(db)
    message = Inbound("wechat", "gh", "o", Kind.TEXT, MONDAY, "m1")

    def cut() -> None:
        with ThreadPoolExecutor(4) as pool:  # several connections, all idle afterwards
            list(pool.map(lambda _: count(db), range(8)))
        with db.write() as uow:
            others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
            uow.connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
            mine = uow.connection.execute(text("SELECT pg_backend_pid()")).scalar()
        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as stranger:
            stranger.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])

    cut()
    claimed = inbox.claim(message, timedelta(seconds=5))
    assert isinstance(claimed, New)
    cut()
    db.run(lambda uow: uow.session.add(entry(uow.now)))
    assert count(db) == 1
    cut()
    assert count(db) == 1, "who only looks is not the one to suffer either"
    cut()
    assert inbox.finish(claimed.id, ())


def test_a_writer_in_another_process_is_waited_for(sqlite_db: Database) -> None:
    path = sqlite_db.engine.url.database or ""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sqlite_db.run, lambda uow: uow.session.add(entry(uow.now)))
        time.sleep(0.05)
        assert not waiting.done()
        assert count(sqlite_db) == 0, "readers do not wait"
        other.execute("COMMIT")
        waiting.result()
    other.close()
    assert count(sqlite_db) == 1


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_db: Database) -> None:
    with sqlite_db.read() as uow:
        told = {
            p: uow.connection.execute(text(f"PRAGMA {p}")).scalar()
            for p in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_postgres_gives_up_on_what_hangs(postgres_db: Database) -> None:
    with postgres_db.read() as uow:
        told = {
            name: uow.connection.execute(text(f"SHOW {name}")).scalar()
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "timezone",
            )
        }
    assert told == {
        "statement_timeout": "10s", "lock_timeout": "4s", "idle_in_transaction_session_timeout": "30s",
        "timezone": "UTC",
    }  # fmt: skip


def test_an_error_in_the_log_tells_nothing_of_the_row(db: Database) -> None:
    """R15: SQLAlchemy would list the parameters, PostgreSQL quotes the row."""
    openid = "-".join(("o", "anna"))  # a traceback shows lines of code too
    people.account(db, openid)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(KeyValue())
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        people.account(db, openid)
    except IntegrityError:
        log.exception("it broke")
    assert "IntegrityError" in stream.getvalue()
    assert openid not in stream.getvalue()


def test_a_line_that_is_cut_is_noticed_in_seconds(postgres_db: Database) -> None:
    """The server cannot tell that it is gone: what is told to the kernel is all there is."""
    driver = postgres_db.engine.raw_connection().driver_connection
    told = driver.info.get_parameters()  # type: ignore[union-attr]
    assert told["tcp_user_timeout"] == "10000"
    assert int(told["keepalives_idle"]) + 2 * int(told["keepalives_interval"]) <= 20
