"""Editions of a text: draft, save, publish, bring back, retire; what is in force, cached per process.

A name has at most one open draft and one edition in force.  Without one in force, the shipped file holds.

    uow, actor              the transaction; who acts (``staff:0012``), for the audit log
    draft(…)                -> Drafted | Exists        a first or next edition is begun
    save(…), discard(…)     -> Saved | Stale           ``version`` is what the form was opened on
    publish(…)              -> Published | Stale | SameAuthor
    retire(…)               -> Retired | Stale         the shipped file holds again
    one, history, drafts    to look
    published(…)            what is or was in force, the last of each name
    Editions(db).active(kind)  the editions in force by name; the same object until something changes
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.services import revisions
from bot.services.context import write_audit
from bot.services.tables import Record, table
from bot.store.content_models import Edition as Row
from bot.store.db import UnitOfWork

REVISION = "content"
Body = Mapping[str, Any]
_E = table(Row)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition."""

    id: int
    kind: str
    """faq | template | plan | questionnaire"""
    name: str
    number: int
    state: str
    """draft | active | retired"""
    body: Body
    note: str
    version: int
    author: str
    """Who wrote what it says now."""
    created_at: datetime
    published_by: str
    published_at: datetime | None
    """None with ``retired``: a draft that was thrown away."""
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Drafted:
    id: int
    number: int


@dataclass(frozen=True, slots=True)
class Exists:
    """Somebody has a draft of this open; it is one for all."""

    id: int


@dataclass(frozen=True, slots=True)
class Saved:
    version: int


@dataclass(frozen=True, slots=True)
class Published:
    id: int


@dataclass(frozen=True, slots=True)
class Retired:
    id: int


@dataclass(frozen=True, slots=True)
class Stale:
    """It is no longer what the form was opened on: nothing was done."""


@dataclass(frozen=True, slots=True)
class SameAuthor:
    """Somebody else has to publish it."""


def draft(uow: UnitOfWork, actor: str, kind: str, name: str, body: Body, note: str) -> Drafted | Exists:
    """Begin the next edition of a name."""
    mine = (_E.c.kind == kind, _E.c.name == name)
    open_ = uow.connection.execute(select(_E.c.id).where(*mine, _E.c.state == "draft")).scalar()
    if open_ is not None:
        return Exists(open_)
    number = (uow.connection.execute(select(func.max(_E.c.number)).where(*mine)).scalar() or 0) + 1
    values = {
        "kind": kind, "name": name, "number": number, "state": "draft", "body": dict(body), "note": note,
        "version": 1, "author": actor, "created_at": uow.now, "published_by": "",
    }  # fmt: skip
    made: int = uow.connection.execute(insert(_E).values(values).returning(_E.c.id)).scalar_one()
    _noted(uow, actor, "drafted", made, kind, name, number)
    return Drafted(made, number)


def save(uow: UnitOfWork, actor: str, edition_id: int, version: int, body: Body, note: str) -> Saved | Stale:
    """What a draft says from now on."""
    values = {"body": dict(body), "note": note, "author": actor}
    row = _changed(uow, edition_id, "draft", version, values)
    if row is None:
        return Stale()
    _noted(uow, actor, "saved", row.id, row.kind, row.name, row.number)
    return Saved(row.version)


def discard(uow: UnitOfWork, actor: str, edition_id: int, version: int) -> Saved | Stale:
    """A draft is thrown away; its number stays taken, its words stay in the history."""
    row = _changed(uow, edition_id, "draft", version, {"state": "retired", "retired_at": uow.now})
    if row is None:
        return Stale()
    _noted(uow, actor, "discarded", row.id, row.kind, row.name, row.number)
    return Saved(row.version)


def publish(
    uow: UnitOfWork, actor: str, edition_id: int, version: int, *, four_eyes: bool = False
) -> Published | Stale | SameAuthor:
    """A draft comes into force; ``four_eyes``: not by who wrote it."""
    found = one(uow, edition_id, lock=True)
    if found is None or (found.state, found.version) != ("draft", version):
        return Stale()
    if four_eyes and found.author == actor:
        return SameAuthor()
    mine = (_E.c.kind == found.kind, _E.c.name == found.name, _E.c.state == "active")
    uow.connection.execute(update(_E).where(*mine).values(state="retired", retired_at=uow.now))
    values = {"state": "active", "published_by": actor, "published_at": uow.now}
    row = _changed(uow, edition_id, "draft", version, values)
    assert row is not None  # locked above
    revisions.bump(uow, REVISION)
    _noted(uow, actor, "published", row.id, row.kind, row.name, row.number)
    return Published(row.id)


def retire(uow: UnitOfWork, actor: str, edition_id: int, version: int) -> Retired | Stale:
    """What is in force is so no longer: the shipped file holds again."""
    row = _changed(uow, edition_id, "active", version, {"state": "retired", "retired_at": uow.now})
    if row is None:
        return Stale()
    revisions.bump(uow, REVISION)
    _noted(uow, actor, "retired", row.id, row.kind, row.name, row.number)
    return Retired(row.id)


def one(uow: UnitOfWork, edition_id: int, *, lock: bool = False) -> Edition | None:
    """``lock``: whoever changes it at this moment is waited for, and waits."""
    query = select(_E).where(_E.c.id == edition_id)
    row = uow.connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else _edition(row)


def history(uow: UnitOfWork, kind: str, name: str, most: int = 50) -> list[Edition]:
    """Every edition of a name, the newest first."""
    mine = select(_E).where(_E.c.kind == kind, _E.c.name == name)
    return [_edition(row) for row in uow.connection.execute(mine.order_by(_E.c.number.desc()).limit(most))]


def drafts(uow: UnitOfWork, kind: str) -> dict[str, Edition]:
    """What is being written, by name."""
    return _by_name(uow, kind, "draft")


def active(uow: UnitOfWork, kind: str) -> dict[str, Edition]:
    """What is in force now, by name, as this transaction sees it."""
    return _by_name(uow, kind, "active")


def published(uow: UnitOfWork, kind: str) -> dict[str, Edition]:
    """What is or was in force, the last edition of each name: answers given to it can always be read."""
    mine = select(_E).where(_E.c.kind == kind, _E.c.state != "draft", _E.c.published_at.is_not(None))
    return {row.name: _edition(row) for row in uow.connection.execute(mine.order_by(_E.c.name, _E.c.number))}


def revision(uow: UnitOfWork) -> int:
    """Moves with every change of what is in force."""
    return revisions.current(uow, REVISION)


def _by_name(uow: UnitOfWork, kind: str, state: str) -> dict[str, Edition]:
    rows = uow.connection.execute(
        select(_E).where(_E.c.kind == kind, _E.c.state == state).order_by(_E.c.name)
    )
    return {row.name: _edition(row) for row in rows}


def _changed(
    uow: UnitOfWork, edition_id: int, state: str, version: int, values: Mapping[str, object]
) -> Record | None:
    """The row after it, if it still was what the form was opened on."""
    seen = (_E.c.id == edition_id, _E.c.state == state, _E.c.version == version)
    changed = update(_E).where(*seen).values(version=version + 1, **values)
    return uow.connection.execute(changed.returning(_E)).first()


def _edition(row: Any) -> Edition:
    return Edition(**row._mapping)


def _noted(uow: UnitOfWork, actor: str, what: str, id_: int, kind: str, name: str, number: int) -> None:
    write_audit(
        uow, at=uow.now, actor=actor, action=f"content.{what}", subject=f"edition:{id_}",
        kind=kind, name=name, number=str(number),
    )  # fmt: skip
