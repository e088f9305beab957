"""Acknowledgements: written together, tried again while the database is away, one that is unwritable alone."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import pytest
from sqlalchemy.exc import DataError, OperationalError

from bot.domain.states import OutboxState
from bot.store.outbox import Outbox
from bot.store.outbox_types import Leased, Settled
from scheduler.acks import Acks

END = datetime(2026, 11, 24, tzinfo=UTC)


def settled(n: int) -> Settled:
    return Settled(Leased(n, "t", f"k{n}", None, "care", 3, (), 1, END), OutboxState.SENT)


class Book:
    """Where an outbox would write."""

    def __init__(self, *, poison: int = 0, away: int = 0) -> None:
        self.written: list[list[int]] = []
        self.poison, self.away = poison, away

    def settle(self, batch: Sequence[Settled]) -> set[int]:
        ids = [one.leased.id for one in batch]
        if self.away:
            self.away -= 1
            raise OperationalError("UPDATE", None, Exception("gone"))
        if self.poison in ids:
            raise DataError("UPDATE", None, Exception("too long"))
        self.written.append(ids)
        return set(ids)


def acknowledge(book: Book, count: int) -> None:
    acks = Acks(cast(Outbox, book), threading.Event())
    for n in range(1, count + 1):
        acks.put(settled(n))
    acks.start()
    acks.close()


def test_many_are_written_together() -> None:
    book = Book()
    acknowledge(book, 40)
    assert book.written == [list(range(1, 41))]


def test_one_that_cannot_be_written_leaves_the_others_alone(caplog: pytest.LogCaptureFixture) -> None:
    book = Book(poison=2)
    acknowledge(book, 3)
    assert book.written == [[1], [3]]
    assert "acks.unwritable" in caplog.text


def test_while_the_database_is_away_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.acks.AWAY", 0.01)
    book = Book(away=3)
    acknowledge(book, 5)
    assert book.written == [[1, 2, 3, 4, 5]]


def test_a_lost_lease_is_said(caplog: pytest.LogCaptureFixture) -> None:
    book = Book()
    book.settle = lambda batch: set()  # type: ignore[method-assign]
    acknowledge(book, 1)
    assert "delivery.lease_lost id=1" in caplog.text
