"""The unit of work on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from bot.store.db import Database
from bot.store.models import AuditEntry
from tests.conftest import MONDAY, FixedClock


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
