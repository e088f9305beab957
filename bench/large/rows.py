"""Rows into tables, many at a time."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import insert, text

from bot.services.tables import table
from bot.store.base import Base
from bot.store.db import Database, UnitOfWork

Row = dict[str, Any]
_BATCH = 5000


def write(db: Database, model: type[Base], rows: Iterable[Row]) -> int:
    """How many; all of them have the same columns.  A transaction a batch."""
    source, written = iter(rows), 0
    while batch := list(islice(source, _BATCH)):
        with db.write() as uow:
            uow.connection.execute(insert(table(model)).inline(), batch)
        written += len(batch)
    return written


def settled(db: Database) -> None:
    """As after a night: the planner knows the tables, and new rows are counted on from those with their own ids."""
    with db.write() as uow:
        if uow.dialect == "postgresql":
            for name in ("clinics", "slots", "seats", "appointments", "discharges", "tickets", "red_flags"):
                _count_on(uow, name)
        uow.connection.execute(text("ANALYZE"))


def _count_on(uow: UnitOfWork, name: str) -> None:
    kind = uow.connection.execute(text(f"SELECT pg_typeof(id)::text FROM {name} LIMIT 1")).scalar()
    if kind in ("integer", "bigint"):
        uow.connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
        )
