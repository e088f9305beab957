"""A SQLite that has no room left, and has it again."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.store.db import Database


@contextmanager
def full(db: Database) -> Iterator[None]:
    """On the one connection that a test's thread uses."""
    _limit(db, 1)
    try:
        yield
    finally:
        _limit(db, 1_000_000)


def _limit(db: Database, pages: int) -> None:
    with db.read() as uow:  # fewer than there are: as many as there are
        uow.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
