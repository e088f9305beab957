"""What an erased field becomes: an empty value under its own seal, an index of nothing, or null."""

import json
import secrets
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_

from bot.questionnaires.filling import Filling, dumps
from bot.services.shifts import diary
from bot.services.tables import Record
from bot.store.keys import KeyRing
from bot.store.words import outbox_aad, reason_aad

_SEAL = 1 + 12 + 16
"""Bytes of a sealed value besides the value (`bot.store.keys`)."""
_KEYED = {
    "tickets": "key",
    "red_flags": "key",
    "discharges": "id",
    "responses": "id",
    "legal_guardians": "patient_id",
}
"""What each table's AAD ends with."""


def emptied(keys: KeyRing, table: Table, row: Record, columns: Collection[str]) -> dict[str, Any]:
    """The new values of these columns; ``row`` has what the AAD is made of."""
    return {name: _empty(keys, table, row, name) for name in columns}


def still_full(table: Table, columns: Collection[str]) -> ColumnElement[bool]:
    """Whether there is anything left to take away."""
    return or_(*(_full(table, name) for name in columns))


def index_of_nothing() -> bytes:
    """By which nobody is ever found."""
    return secrets.token_bytes(32)


def plain_empty(table: str, column: str) -> bytes:
    """What an emptied value reads as: what its reader expects, with nothing in it."""
    special: Mapping[tuple[str, str], bytes] = {
        ("outbox", "body"): b"[]",
        ("discharges", "extra"): b"{}",
        ("responses", "filling"): dumps(Filling()).encode(),
        ("shift_logs", "words"): json.dumps(diary.EMPTY).encode(),
    }
    return special.get((table, column), b"")


def _empty(keys: KeyRing, table: Table, row: Record, name: str) -> object:
    if name.endswith("_index"):
        return index_of_nothing()
    if table.c[name].nullable:
        return None
    return keys.encrypt(plain_empty(table.name, name), _aad(table.name, name, row))


def _full(table: Table, name: str) -> ColumnElement[bool]:
    column = table.c[name]
    if column.nullable:
        return column.is_not(None)
    return func.length(column) > _SEAL + len(plain_empty(table.name, name))


def _aad(table: str, column: str, row: Record) -> str:
    if table == "handoffs":
        return reason_aad(row.key)
    if table == "outbox":
        return outbox_aad(row.key)
    if table == "shift_logs":
        return diary.aad(row.place, row.day, row.shift)
    return f"{table}.{column}:{row._mapping[_KEYED[table]]}"
