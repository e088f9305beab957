"""Tokens of the JSON API: a system is given one, shown once and kept as its hash; it is taken back for good.

Tokens go by real time, not by the demo's clock, as staff sessions do.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.api_clients import (
    Caller,
    Client,
    ClientConflict,
    ClientMade,
    ClientRefused,
    ClientRevoked,
)
from bot.domain.roles import Permission
from bot.services.context import write_audit
from bot.services.tables import table
from bot.store.db import Database, UnitOfWork
from bot.store.staff_models import ApiClient

C = table(ApiClient)
PREFIX = "szk_"
_BYTES = 32
_SHOWN = len(PREFIX) + 6
"""Characters of the token that the list shows, to tell two apart."""
_NAME = re.compile(r"[a-z][a-z0-9-]{1,23}", re.ASCII)
_PURPOSE = 200
PER_MINUTE = (1, 60_000)
_MINUTE = timedelta(minutes=1)
_LISTED = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What a token is to be good for."""

    name: str
    permissions: tuple[Permission, ...]
    purpose: str = ""
    per_minute: int = 600
    expires_at: datetime | None = None


def create(db: Database, wish: Wish, *, actor: str, now: datetime) -> ClientMade | ClientRefused:
    """A new system with its token."""
    wrong = _wrong(wish, now)
    if wrong:
        return ClientRefused(wrong)
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    row = {
        "name": wish.name, "purpose": wish.purpose, "token": _hashed(token), "hint": token[:_SHOWN],
        "permissions": sorted(wish.permissions), "per_minute": wish.per_minute, "version": 1, "created_at": now,
        "created_by": actor, "expires_at": wish.expires_at,
    }  # fmt: skip

    def work(uow: UnitOfWork) -> ClientMade:
        uow.connection.execute(insert(C).values(row))
        _audit(uow, actor, "api_client.created", wish.name, permissions=",".join(sorted(wish.permissions)))
        return ClientMade(wish.name, token)

    try:
        return db.run(work)
    except IntegrityError:
        return ClientRefused("taken")


def revoke(
    db: Database, name: str, version: int | None, *, actor: str, now: datetime
) -> ClientRevoked | ClientConflict:
    """From the next request on; ``version`` None: whatever it is."""

    def work(uow: UnitOfWork) -> ClientRevoked | ClientConflict:
        mine = update(C).where(C.c.name == name, C.c.revoked_at.is_(None))
        if version is not None:
            mine = mine.where(C.c.version == version)
        if not uow.connection.execute(mine.values(revoked_at=now, version=C.c.version + 1)).rowcount:
            return ClientConflict()
        _audit(uow, actor, "api_client.revoked", name)
        return ClientRevoked(name)

    return db.run(work)


def listing(db: Database) -> Sequence[Client]:
    """All of them, those in use first."""
    wanted = select(C).order_by(C.c.revoked_at.is_not(None), C.c.name).limit(_LISTED)
    with db.read() as uow:
        return [_client(row) for row in uow.connection.execute(wanted)]


def caller(db: Database, token: str, now: datetime) -> Caller | None:
    """Whose token it is; None: nobody's, taken back, or over.  The same work for each of these."""
    with db.read() as uow:
        row = uow.connection.execute(select(C).where(C.c.token == _hashed(token))).first()
    if row is None or _client(row).state(now) != "live":
        return None
    if row.used_at is None or now - row.used_at >= _MINUTE:
        _used(db, row.id, now)
    return Caller(row.id, row.name, frozenset(_known(row.permissions)), row.per_minute)


def _used(db: Database, client_id: int, now: datetime) -> None:
    """To the minute: the others find it written."""
    minute = now.replace(second=0, microsecond=0)
    mine = update(C).where(C.c.id == client_id, (C.c.used_at.is_(None)) | (C.c.used_at < minute))
    db.run(lambda uow: uow.connection.execute(mine.values(used_at=minute)).rowcount)


def _hashed(token: str) -> bytes:
    """Tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _wrong(wish: Wish, now: datetime) -> str:
    checks = {
        "name": _NAME.fullmatch(wish.name) is not None,
        "purpose": len(wish.purpose) <= _PURPOSE and "\0" not in wish.purpose,
        "permissions": bool(wish.permissions),
        "per_minute": PER_MINUTE[0] <= wish.per_minute <= PER_MINUTE[1],
        "expires_at": wish.expires_at is None or wish.expires_at > now,
    }
    return next((name for name, right in checks.items() if not right), "")


def _known(names: Sequence[str]) -> tuple[Permission, ...]:
    """Permissions of this release; one that was dropped gives nothing."""
    known = {each.value for each in Permission}
    return tuple(Permission(name) for name in names if name in known)


def _client(row: Row[Any]) -> Client:
    return Client(
        row.id, row.name, row.purpose, row.hint, _known(row.permissions), row.per_minute, row.version, row.created_at,
        row.created_by, row.expires_at, row.revoked_at, row.used_at,
    )  # fmt: skip


def _audit(uow: UnitOfWork, actor: str, action: str, name: str, **detail: str) -> None:
    write_audit(uow, at=uow.now, actor=actor, action=action, subject=f"api_client:{name}", **detail)
