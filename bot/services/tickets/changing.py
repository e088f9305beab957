"""Every change of a ticket: the row by compare-and-set, its event, its audit entry."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from bot.services.context import Context, audit
from bot.services.tables import Record
from bot.services.tickets import rows
from bot.services.tickets.rows import E, T
from bot.store.db import UnitOfWork

_EVENT = insert(E).inline()


class Lost(RuntimeError):
    """The locked row was changed by somebody else: impossible, unless a lock was forgotten."""


def own(uow: UnitOfWork, context: Context, ticket_id: int, *, lock: bool = False) -> Record | None:
    """The account's ticket; staff (no account) may speak for everybody."""
    row = rows.one(uow, ticket_id, lock=lock)
    mine = row is not None and context.account_id in (None, row.account_id)
    return row if mine else None


def change(
    uow: UnitOfWork,
    context: Context,
    row: Record,
    what: str,
    *,
    key: str = "",
    words: str = "",
    detail: Mapping[str, str] | None = None,
    **values: Any,
) -> None:
    """Write ``values`` and the next version into the locked ``row``, and what happened under ``key``."""
    moved = (
        update(T)
        .where(T.c.id == row.id, T.c.version == row.version)
        .values(version=row.version + 1, **values)
    )
    if uow.connection.execute(moved).rowcount != 1:
        raise Lost(row.number)
    key = key or f"ticket:{row.id}:{row.version + 1}:{what}"
    note(uow, context, row.id, what, key=key, words=words, **(detail or {}))


def again(uow: UnitOfWork, row: Record) -> Record:
    """The row as it is now."""
    found = rows.one(uow, row.id)
    assert found is not None  # nobody deletes tickets
    return found


def note(
    uow: UnitOfWork, context: Context, ticket_id: int, what: str, *, key: str, words: str = "", **detail: str
) -> None:
    """What happened, for ever; its words encrypted, in the audit log only that it happened (R15)."""
    row = {
        "key": key,
        "ticket_id": ticket_id,
        "what": what,
        "actor": context.actor,
        "note": uow.keys.encrypt(words.encode(), f"ticket_events.note:{key}") if words else None,
        "at": context.now,
    }
    uow.execute(_EVENT, row)
    audit(uow, context, f"ticket.{what}", f"ticket:{ticket_id}", **detail)
