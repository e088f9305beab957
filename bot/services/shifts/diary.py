"""One diary: written, handed over, taken by the next shift; what is said afterwards is added, nothing is changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.domain.shifts import ShiftState, Turn
from bot.services.context import Context, audit
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.keys import KeyRing
from bot.store.staff_models import ShiftLog

L = table(ShiftLog)
WORDS_LENGTH = 8000
ADDED_LENGTH = 1000
EMPTY: Mapping[str, Any] = {"text": "", "authors": [], "added": []}
"""What is left of the words when their time is over (`bot.services.rights.retention`)."""


@dataclass(frozen=True, slots=True)
class Added:
    """补记."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Diary:
    """What the page shows."""

    id: int
    place: str
    state: ShiftState
    text: str
    authors: tuple[str, ...]
    added: tuple[Added, ...]
    figures: Mapping[str, int]
    version: int
    written_by: str
    written_at: datetime
    handed_at: datetime | None
    taken_by: str | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Done:
    """It was carried out."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody was faster."""


@dataclass(frozen=True, slots=True)
class Cannot:
    """own | empty | early | state"""

    why: str


Outcome = Done | Stale | Cannot


def find(uow: UnitOfWork, place: str, turn: Turn) -> Diary | None:
    row = _row(uow, place, turn)
    return None if row is None else _diary(uow.keys, row)


def save(uow: UnitOfWork, context: Context, place: str, turn: Turn, version: int, text: str) -> Outcome:
    """``version``: 0 where nothing had been written when the page was opened."""
    if turn.begins > context.now:
        return Cannot("early")
    if not text:
        return Cannot("empty")
    row = _row(uow, place, turn)
    if row is None:
        return _begin(uow, context, place, turn, text) if version == 0 else Stale()
    if row.version != version:
        return Stale()
    if row.state != ShiftState.WRITING:
        return Cannot("state")
    known, me = _opened(uow.keys, row), _me(context)
    said = {**known, "text": text, "authors": list(dict.fromkeys([*known["authors"], me]))}
    sealed = _sealed(uow.keys, place, turn, said)
    return _change(uow, context, row, "shift.written", words=sealed, written_by=me, written_at=context.now)


def hand_over(
    uow: UnitOfWork, context: Context, place: str, turn: Turn, version: int, figures: Mapping[str, int]
) -> Outcome:  # fmt: skip
    """签出.  ``figures``: what was open at that moment; they stay with it."""
    row = _row(uow, place, turn)
    if row is None:
        return Cannot("empty")
    if row.version != version:
        return Stale()
    if row.state != ShiftState.WRITING:
        return Cannot("state")
    values = {
        "state": ShiftState.HANDED,
        "handed_at": context.now,
        "figures": dict(figures),
        "written_by": _me(context),
    }
    return _change(uow, context, row, "shift.handed", **values)


def take(uow: UnitOfWork, context: Context, place: str, turn: Turn, version: int) -> Outcome:
    """接班: by somebody who wrote nothing of it."""
    row = _row(uow, place, turn)
    if row is None or row.version != version:
        return Stale()
    if row.state != ShiftState.HANDED:
        return Cannot("state")
    if _me(context) in (row.written_by, *_opened(uow.keys, row)["authors"]):
        return Cannot("own")
    values = {"state": ShiftState.TAKEN, "taken_by": _me(context), "taken_at": context.now}
    return _change(uow, context, row, "shift.taken", **values)


def add(uow: UnitOfWork, context: Context, place: str, turn: Turn, version: int, text: str) -> Outcome:
    """补记, once it is handed over: a new entry below, with who and when."""
    if not text:
        return Cannot("empty")
    row = _row(uow, place, turn)
    if row is None or row.version != version:
        return Stale()
    if row.state == ShiftState.WRITING:
        return Cannot("state")
    known = _opened(uow.keys, row)
    entry = {"by": _me(context), "at": context.now.isoformat(), "text": text}
    sealed = _sealed(uow.keys, place, turn, {**known, "added": [*known["added"], entry]})
    return _change(uow, context, row, "shift.added", words=sealed)


def _begin(uow: UnitOfWork, context: Context, place: str, turn: Turn, text: str) -> Outcome:
    """Two who begin at once meet at the constraint; the second is told."""
    said = {**EMPTY, "text": text, "authors": [_me(context)]}
    row = {
        "place": place, "day": turn.day, "shift": turn.shift.code, "state": ShiftState.WRITING, "version": 1,
        "words": _sealed(uow.keys, place, turn, said), "figures": {},
        "written_by": _me(context), "written_at": context.now,
    }  # fmt: skip
    made: int = uow.connection.execute(insert(L).values(row).returning(L.c.id)).scalar_one()
    audit(uow, context, "shift.written", f"shift:{made}")
    return Done()


def _change(uow: UnitOfWork, context: Context, row: Record, action: str, **values: Any) -> Outcome:
    mine = (L.c.id == row.id, L.c.version == row.version)
    done = uow.connection.execute(update(L).where(*mine).values(version=row.version + 1, **values))
    if not done.rowcount:
        return Stale()
    audit(uow, context, action, f"shift:{row.id}")
    return Done()


def _row(uow: UnitOfWork, place: str, turn: Turn) -> Record | None:
    mine = (L.c.place == place, L.c.day == turn.day, L.c.shift == turn.shift.code)
    return uow.connection.execute(select(L).where(*mine)).first()


def _diary(keys: KeyRing, row: Record) -> Diary:
    known = _opened(keys, row)
    added = tuple(Added(e["by"], datetime.fromisoformat(e["at"]), e["text"]) for e in known["added"])
    return Diary(
        row.id, row.place, ShiftState(row.state), known["text"], tuple(known["authors"]), added, row.figures,
        row.version, row.written_by, row.written_at, row.handed_at, row.taken_by, row.taken_at,
    )  # fmt: skip


def _opened(keys: KeyRing, row: Record) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(keys.decrypt(row.words, aad(row.place, row.day, row.shift)))
    return found


def _sealed(keys: KeyRing, place: str, turn: Turn, said: Mapping[str, Any]) -> bytes:
    return keys.encrypt(json.dumps(said, ensure_ascii=False).encode(), aad(place, turn.day, turn.shift.code))


def _me(context: Context) -> str:
    return context.actor.removeprefix("staff:")


def aad(place: str, day: date, shift: str) -> str:
    """What the words of a shift are sealed to."""
    return f"shift_logs.words:{place}:{day.isoformat()}:{shift}"
