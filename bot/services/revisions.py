"""Counts the changes of what every process caches, so that each notices: ``directory``, ``content``."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Revision

_R = table(Revision)


def current(uow: UnitOfWork, name: str) -> int:
    """How often it has changed."""
    return uow.connection.execute(select(_R.c.value).where(_R.c.name == name)).scalar() or 0


def bump(uow: UnitOfWork, name: str) -> None:
    """It has changed: every process reads it again within a second."""
    changed = update(_R).where(_R.c.name == name).values(value=_R.c.value + 1)
    if uow.connection.execute(changed.returning(_R.c.value)).first() is None:
        insert = sqlite_insert if uow.dialect == "sqlite" else pg_insert
        first = insert(_R).values(name=name, value=1)
        uow.connection.execute(
            first.on_conflict_do_update(index_elements=["name"], set_={"value": _R.c.value + 1})
        )


def bump_from(uow: UnitOfWork, name: str, seen: int) -> bool:
    """The same, if it still was what a form was opened on; of two at once one wins."""
    moved = update(_R).where(_R.c.name == name, _R.c.value == seen).values(value=seen + 1)
    if uow.connection.execute(moved.returning(_R.c.value)).first() is not None:
        return True
    if seen or current(uow, name):
        return False
    insert = sqlite_insert if uow.dialect == "sqlite" else pg_insert
    first = insert(_R).values(name=name, value=1).on_conflict_do_nothing(index_elements=["name"])
    return uow.connection.execute(first.returning(_R.c.value)).first() is not None
