"""Proof attached to a ticket: pictures and PDF, known by their first bytes, kept encrypted."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.tickets import Acted, Cannot, Moved, TicketState
from bot.services.context import Context, audit
from bot.services.tickets import changing, rows
from bot.services.tickets.rows import F
from bot.store.db import UnitOfWork

MOST_BYTES = 5 * 1024 * 1024
MOST_FILES = 20
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class File:
    """A file in the clear, for a moment."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """A file's row without its content."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str


def media_type(content: bytes) -> str | None:
    """What the bytes are, whatever the name says; None: nothing that may be attached."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if content.startswith(b"%PDF-") else None


def attach(uow: UnitOfWork, context: Context, ticket_id: int, name: str, content: bytes) -> Acted:
    """The same bytes again are one file.  Nobody's version changes: an attachment overwrites nothing."""
    if len(content) > MOST_BYTES:
        return Cannot("too_big")
    kind = media_type(content)
    if kind is None:
        return Cannot("not_a_picture")
    row = rows.one(uow, ticket_id, lock=True)
    if row is None:
        return Cannot("unknown")
    digest = hashlib.sha256(content).hexdigest()
    if _count(uow, ticket_id) >= MOST_FILES:
        return Cannot("too_many")
    if _put(uow, context, ticket_id, _base(name), kind, digest, content):
        key = f"ticket:{ticket_id}:file:{digest}"
        changing.note(uow, context, ticket_id, "attached", key=key, sha256=digest, size=str(len(content)))
    return Moved(row.id, row.version, TicketState(row.state))


def listed(uow: UnitOfWork, ticket_id: int) -> tuple[Listed, ...]:
    columns = (F.c.id, F.c.name, F.c.media_type, F.c.size, F.c.sha256, F.c.added_by)
    found = uow.connection.execute(select(*columns).where(F.c.ticket_id == ticket_id).order_by(F.c.id))
    return tuple(Listed(*row) for row in found)


def read(uow: UnitOfWork, context: Context, ticket_id: int, file_id: int) -> File | None:
    """For who is allowed to see it; that it was looked at is written down."""
    mine = (F.c.id == file_id) & (F.c.ticket_id == ticket_id)
    row = uow.connection.execute(select(F).where(mine)).first()
    if row is None:
        return None
    audit(uow, context, "ticket.file_read", f"ticket:{ticket_id}", file=str(file_id))
    plain = uow.keys.decrypt(row.content, f"ticket_files.content:{row.sha256}")
    return File(row.name, row.media_type, plain)


def _put(
    uow: UnitOfWork, context: Context, ticket_id: int, name: str, kind: str, digest: str, content: bytes
) -> bool:
    """False where it is there already."""
    put = (postgresql.insert if uow.dialect == "postgresql" else sqlite.insert)(F)
    row = {
        "ticket_id": ticket_id,
        "name": name,
        "media_type": kind,
        "size": len(content),
        "sha256": digest,
        "content": uow.keys.encrypt(content, f"ticket_files.content:{digest}"),
        "added_by": context.actor,
        "at": context.now,
    }
    once = put.values(row).on_conflict_do_nothing(index_elements=[F.c.ticket_id, F.c.sha256])
    return uow.connection.execute(once.returning(F.c.id)).first() is not None


def _count(uow: UnitOfWork, ticket_id: int) -> int:
    count = select(func.count()).select_from(F).where(F.c.ticket_id == ticket_id)
    return int(uow.connection.execute(count).scalar_one())


def _base(name: str) -> str:
    """Without folders or control characters: it is shown, and offered as a file's name."""
    plain = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in plain if c.isprintable())[:_NAME_LENGTH] or "file"
