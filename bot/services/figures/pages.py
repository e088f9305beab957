"""Long tables are read page by page: a hospital's year does not fit into memory, and nobody waits for a slow reader."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, tuple_

from bot.services.tables import Record
from bot.store.db import UnitOfWork

PAGE = 500


def pages(
    uow: UnitOfWork, query: Select[Any], keys: Mapping[str, ColumnElement[Any]], *, size: int = PAGE
) -> Iterator[Sequence[Record]]:
    """In the order of ``keys``: what the query calls them, and what they are; together they tell rows apart."""
    ordered = query.order_by(*keys.values()).limit(size)
    page = uow.connection.execute(ordered).fetchall()
    while page:
        yield page
        if len(page) < size:
            return
        last = [literal(getattr(page[-1], name), key.type) for name, key in keys.items()]
        after = tuple_(*keys.values()) > tuple_(*last)
        page = uow.connection.execute(ordered.where(after)).fetchall()
