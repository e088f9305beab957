"""What the use cases of staff share: their tables, one row decrypted, the conditional change."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.roles import Role
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.keys import KeyRing
from bot.store.staff_models import SignIn, Staff, StaffSession

S, W, G = table(Staff), table(StaffSession), table(SignIn)


def find(uow: UnitOfWork, staff_no: str) -> Row[Any] | None:
    if "\0" in staff_no:  # PostgreSQL takes it in no text
        return None
    return uow.connection.execute(select(S).where(S.c.staff_no == staff_no)).first()


def opened(keys: KeyRing, row: Row[Any], column: str) -> str:
    """An encrypted column in clear; empty where there is none."""
    blob = row._mapping[column]
    return "" if blob is None else keys.decrypt(blob, aad(column, row.staff_no)).decode()


def sealed(keys: KeyRing, staff_no: str, column: str, text: str) -> bytes:
    return keys.encrypt(text.encode(), aad(column, staff_no))


def aad(column: str, staff_no: str) -> str:
    return f"staff.{column}:{staff_no}"


def roles_of(row: Row[Any]) -> tuple[Role, ...]:
    """Roles this release knows; one that was dropped gives nothing."""
    known = {role.value for role in Role}
    return tuple(Role(name) for name in row.roles if name in known)


def end_sessions(uow: UnitOfWork, staff_id: int, why: str, now: datetime, *, but: int = 0) -> int:
    """Sign somebody out everywhere, ``but`` in one session; how many."""
    ours = (W.c.staff_id == staff_id) & W.c.ended_at.is_(None) & (W.c.id != but)
    return uow.connection.execute(update(W).where(ours).values(ended_at=now, ended_why=why)).rowcount
