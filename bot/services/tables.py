"""Core tables of the models: the hot path speaks Core, not ORM objects."""

from typing import cast

from sqlalchemy import Table

from bot.store.models import Base
from bot.store.statement import Record as Record


def table(model: type[Base]) -> Table:
    """The table behind a model."""
    return cast(Table, model.__table__)
