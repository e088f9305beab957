"""Core tables of the models: the hot path speaks Core, not ORM objects."""

from typing import Any, TypeAlias, cast

from sqlalchemy import Row, Table

from bot.store.models import Base

Record: TypeAlias = Row[*tuple[Any, ...]]
"""A row of some query."""


def table(model: type[Base]) -> Table:
    """The table behind a model."""
    return cast(Table, model.__table__)
