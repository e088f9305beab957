"""The first people of the console: an administrator made on the server, and the demo's one of each role."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from bot.domain.roles import ROLES, Role
from bot.domain.staff import Changed, StaffChanged
from bot.services.staff import managing
from bot.services.staff.managing import By, Profile
from bot.services.staff.rows import S, roles_of
from bot.store.db import Database

FIRST = "0001"
"""工号 of the administrator a hospital's first start makes."""
DEMO: Mapping[Role, str] = {role: f"90{number:02}" for number, role in enumerate(Role, start=1)}
"""工号 of the demo's staff: 9001 the administrator, and so on."""
_SCOPED: Mapping[Role, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Role.NURSE: (("心血管内科一病区",), ("心血管内科",)),
    Role.HEAD_NURSE: (("心血管内科一病区",), ("心血管内科",)),
    Role.DIRECTOR: (("心血管内科一病区",), ("心血管内科",)),
}


def has_admin(db: Database) -> bool:
    """Whether anybody is there who can let others in."""
    with db.read() as uow:
        return any(Role.ADMIN in roles_of(row) for row in uow.connection.execute(select(S).where(S.c.active)))


def has_staff(db: Database) -> bool:
    with db.read() as uow:
        return uow.connection.execute(select(S.c.id).limit(1)).first() is not None


def make_admin(db: Database, staff_no: str, name: str, now: datetime) -> Changed:
    """From the server's command line: the first administrator, or one more when the others are locked out."""
    return managing.add(db, staff_no, Profile(name, (Role.ADMIN,)), By("cli", now))


def first_admin(db: Database, now: datetime) -> StaffChanged | None:
    """The administrator of a first start, with a one-time password; None if anybody is there already."""
    made = None if has_staff(db) else make_admin(db, FIRST, "管理员", now)
    return made if isinstance(made, StaffChanged) else None  # or another start was faster


def is_awaited(db: Database, now: datetime) -> bool:
    """Whether the first start's administrator may still come with the one-time password."""
    waits = select(S.c.id).where(S.c.staff_no == FIRST, S.c.active, S.c.must_change, S.c.password_until > now)
    with db.read() as uow:
        return uow.connection.execute(waits).first() is not None


def seed_demo(db: Database, password: str, now: datetime) -> bool:
    """One of each role under one password; False if anybody is there already."""
    if has_staff(db):
        return False
    for role, staff_no in DEMO.items():
        wards, departments = _SCOPED.get(role, ((), ()))
        profile = Profile(f"示例{ROLES[role].title}"[:32], (role,), wards, departments)
        managing.add(db, staff_no, profile, By("cli", now), password=password)
    return True
