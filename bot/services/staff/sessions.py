"""Who is signed in: looked up on every page, ended by idleness, age, signing out or a lock on the person."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.domain.staff import AGREEMENT, Viewer
from bot.services.staff.rows import S, W, opened, roles_of
from bot.store.db import Database, UnitOfWork
from bot.store.types import UtcDateTime

_LOOK = (
    select(
        W.c.id.label("session_id"), W.c.seen_at, W.c.proved_at, W.c.expires_at, S.c.staff_no, S.c.name, S.c.roles,
        S.c.wards, S.c.departments, S.c.active, S.c.must_change, S.c.agreement, S.c.totp.is_not(None).label("has_totp"),
    )
    .join_from(W, S, S.c.id == W.c.staff_id)
    .where(W.c.token == bindparam("token"), W.c.ended_at.is_(None))
)  # fmt: skip
_TOUCH = (
    update(W)
    .where(W.c.id == bindparam("session"), W.c.ended_at.is_(None))
    .values(seen_at=bindparam("now", type_=UtcDateTime))
)
_END = (
    update(W)
    .where(W.c.id == bindparam("session"), W.c.ended_at.is_(None))
    .values(ended_at=bindparam("now", type_=UtcDateTime), ended_why=bindparam("why"))
)
_SEEN = timedelta(minutes=1)
"""How exact ``seen_at`` is: a page more or less is not worth a write."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session ends by itself."""

    idle: timedelta
    whole: timedelta


class Sessions:
    """Safe to share between threads."""

    def __init__(self, db: Database, limits: Limits) -> None:
        self._db, self._limits = db, limits

    def begin(self, uow: UnitOfWork, staff_id: int, now: datetime, *, proved: bool) -> str:
        """A new session under a token nobody has seen before: what a browser had until now is worth nothing."""
        token = secrets.token_urlsafe(32)
        row = {
            "token": digest(token), "staff_id": staff_id, "started_at": now, "seen_at": now,
            "proved_at": now if proved else None, "expires_at": now + self._limits.whole, "ended_at": None,
            "ended_why": "",
        }  # fmt: skip
        uow.connection.execute(insert(W).values(row))
        return token

    def viewer(self, token: str, now: datetime, *, background: bool = False) -> Viewer | None:
        """Who that is, or nobody.  ``background``: the page asks by itself, which keeps nobody signed in."""
        with self._db.read() as uow:
            row = uow.connection.execute(_LOOK, {"token": digest(token)}).first()
        if row is None or not row.active:
            return None
        if now >= row.expires_at or now - row.seen_at >= self._limits.idle:
            self.end(row.session_id, "expired" if now >= row.expires_at else "idle", now)
            return None
        if now - row.seen_at >= _SEEN and not background:
            self._db.run(lambda uow: uow.execute(_TOUCH, {"session": row.session_id, "now": now}))
        found: Any = row
        return Viewer(
            row.session_id, row.staff_no, opened(self._db.keys, found, "name"), roles_of(found), tuple(row.wards),
            tuple(row.departments), row.has_totp, row.must_change, row.agreement == AGREEMENT, row.proved_at,
        )  # fmt: skip

    def end(self, session_id: int, why: str, now: datetime) -> None:
        self._db.run(lambda uow: uow.execute(_END, {"session": session_id, "why": why, "now": now}))


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
