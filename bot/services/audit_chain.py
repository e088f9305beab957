"""The audit log as a chain: each row's digest covers the one before, so that nothing can be changed unnoticed.

A booking only appends its row.  A tick links new rows a little later, so that the chain's one end is nobody's
bottleneck; a row whose transaction ends late is linked when it appears, whatever its id.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.services.tables import table
from bot.store.db import Database, UnitOfWork
from bot.store.models import AuditEntry
from bot.store.staff_models import AuditLink

A, L = table(AuditEntry), table(AuditLink)
START = bytes(32)
BATCH = 200
"""Rows a transaction links: on SQLite it holds the one writer's lock, for about 20 ms."""
LATE = 20_000
"""How far behind the newest linked row a tick still looks for rows that were committed late."""


@dataclass(frozen=True, slots=True)
class Head:
    """The chain's end: written down elsewhere, it proves everything up to it."""

    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the whole chain says."""

    head: Head
    waiting: int
    """Rows not linked yet: seconds old, unless the scheduler stands still."""
    broken: tuple[tuple[int, str], ...]
    """Audit ids and what is wrong: changed | gone | out_of_order | chain"""


def head(uow: UnitOfWork) -> Head:
    row = uow.connection.execute(select(L.c.seq, L.c.digest).order_by(L.c.seq.desc()).limit(1)).first()
    return Head(0, START) if row is None else Head(row.seq, row.digest)


def link(db: Database, *, batch: int = BATCH) -> int:
    """Link what is new; how many rows.  Of two that do it at once one wins, by the chain's primary key."""
    total = 0
    while True:
        try:
            with db.write() as uow:
                done = _link(uow, batch)
        except IntegrityError:
            return total  # another scheduler was faster: it goes on
        total += done
        if done < batch:
            return total


def verify(db: Database) -> Verdict:
    """Reckon the whole chain anew."""
    broken: list[tuple[int, str]] = []
    before, last, top = START, 0, 0
    with db.read() as uow:
        for row in _chained(uow):
            if row.seq != last + 1:
                broken.append((row.audit_id, "chain"))
            if row.id is None:
                broken.append((row.audit_id, "gone"))
            elif digest(before, row) != row.digest:
                broken.append((row.audit_id, "changed"))
            before, last, top = row.digest, row.seq, max(top, row.audit_id)
        unlinked = (
            select(func.count()).select_from(A.outerjoin(L, L.c.audit_id == A.c.id)).where(L.c.seq.is_(None))
        )
        waiting = uow.connection.execute(unlinked).scalar_one()
        slipped = unlinked.with_only_columns(A.c.id).where(A.c.id <= top - LATE).limit(20)
        broken += [(each.id, "slipped_in") for each in uow.connection.execute(slipped)]
    return Verdict(Head(last, before), waiting, tuple(broken))


def holds(db: Database, known: str) -> bool:
    """Whether an end noted earlier (``seq:digest``) is still part of the chain: who rewrote all of it is found out."""
    seq, _, told = known.partition(":")
    if not seq.isascii() or not seq.isdigit():
        return False
    with db.read() as uow:
        found = uow.connection.execute(select(L.c.digest).where(L.c.seq == int(seq))).scalar()
    return found is not None and bytes(found).hex() == told.strip().lower()


def digest(before: bytes, row: Row[Any]) -> bytes:
    """SHA-256 over the digest before and the row, written in one way only."""
    said = {
        "id": row.id, "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"), "actor": row.actor,
        "action": row.action, "subject": row.subject, "detail": row.detail,
    }  # fmt: skip
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(before + text.encode()).digest()


def _link(uow: UnitOfWork, batch: int) -> int:
    end = head(uow)
    newest = uow.connection.execute(select(func.max(L.c.audit_id))).scalar() or 0
    fresh = (
        select(A)
        .outerjoin(L, L.c.audit_id == A.c.id)
        .where(L.c.seq.is_(None), A.c.id > newest - LATE)
        .order_by(A.c.id)
        .limit(batch)
    )
    links, seq, before = [], end.seq, end.digest
    for row in uow.connection.execute(fresh).all():
        seq, before = seq + 1, digest(before, row)
        links.append({"seq": seq, "audit_id": row.id, "digest": before})
    if links:
        uow.connection.execute(insert(L), links)
    return len(links)


def _chained(uow: UnitOfWork, page: int = 5000) -> Iterator[Row[Any]]:
    """Link by link, each with its row, if that is still there."""
    joined = (
        select(L.c.seq, L.c.audit_id, L.c.digest, A).outerjoin(A, A.c.id == L.c.audit_id).order_by(L.c.seq)
    )
    last = 0
    while rows := uow.connection.execute(joined.where(L.c.seq > last).limit(page)).all():
        yield from rows
        last = rows[-1].seq
