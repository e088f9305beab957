"""What administrators do about staff: add, change roles and scope, disable, give a new password, take the code away.

Each change names the version it was made on: two administrators at once notice each other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.roles import Role
from bot.domain.staff import Changed, StaffChanged, StaffConflict, StaffRefused, StaffView
from bot.services.context import write_audit
from bot.services.staff import passwords
from bot.services.staff.rows import S, W, end_sessions, find, opened, roles_of, sealed
from bot.store.db import Database, UnitOfWork
from bot.store.types import UtcDateTime

ONE_TIME = timedelta(hours=24)
"""How long a password made by us may be used for the first sign-in."""
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{2,31}", re.ASCII)
_LISTED = 500


@dataclass(frozen=True, slots=True)
class Profile:
    """What an administrator writes about somebody."""

    name: str
    roles: tuple[Role, ...]
    wards: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, and when in real time."""

    actor: str
    now: datetime
    own: str = field(default="", kw_only=True)
    """Their own 工号: nobody disables or demotes themselves."""


def listing(db: Database) -> Sequence[StaffView]:
    """Everybody, the active first, by 工号."""
    seen = (
        select(W.c.staff_id, func.max(W.c.seen_at, type_=UtcDateTime()).label("seen_at"))
        .group_by(W.c.staff_id)
        .subquery()
    )
    wanted = (
        select(S, seen.c.seen_at)
        .join_from(S, seen, seen.c.staff_id == S.c.id, isouter=True)
        .order_by(S.c.active.desc(), S.c.staff_no)
        .limit(_LISTED)
    )
    with db.read() as uow:
        return [_view(db, row, row.seen_at) for row in uow.connection.execute(wanted)]


def one(db: Database, staff_no: str) -> StaffView | None:
    with db.read() as uow:
        row = find(uow, staff_no)
        return None if row is None else _view(db, row, None)


def add(db: Database, staff_no: str, profile: Profile, by: By, *, password: str = "") -> Changed:
    """Somebody new, with a one-time password; ``password``: the demo's, to be used as it is."""
    wrong = _wrong(profile) or ("" if _NUMBER.fullmatch(staff_no) else "staff_no")
    if wrong:
        return StaffRefused(wrong)
    made = password or passwords.made_up()
    row = {
        "staff_no": staff_no, "name": sealed(db.keys, staff_no, "name", profile.name), **_written(profile),
        "active": True, "version": 1, "password": passwords.hashed(made), "must_change": not password,
        "password_until": None if password else by.now + ONE_TIME, "totp_step": 0, "failures": 0, "agreement": "",
        "created_at": by.now, "created_by": by.actor,
    }  # fmt: skip

    def work(uow: UnitOfWork) -> StaffChanged:
        uow.connection.execute(insert(S).values(row))
        _audit(uow, by, "staff.added", staff_no, roles=",".join(profile.roles))
        return StaffChanged(staff_no, made)

    try:
        return db.run(work)
    except IntegrityError:
        return StaffRefused("taken")


def change(db: Database, staff_no: str, version: int, profile: Profile, by: By) -> Changed:
    """Name, roles and scope; whose roles change signs in anew."""
    wrong = _wrong(profile)
    if wrong:
        return StaffRefused(wrong)

    def work(uow: UnitOfWork) -> Changed:
        row = find(uow, staff_no)
        if row is None:
            return StaffConflict()
        loses_admin = Role.ADMIN in roles_of(row) and Role.ADMIN not in profile.roles
        if loses_admin and (refused := _keeps_admin(uow, row, by)):
            return refused
        values = {"name": sealed(db.keys, staff_no, "name", profile.name), **_written(profile)}
        moved = set(row.roles) != set(profile.roles)
        return _apply(uow, row, version, values, by, "staff.changed", "roles" if moved else "",
                      roles=",".join(profile.roles))  # fmt: skip

    return db.run(work)


def disable(db: Database, staff_no: str, version: int, by: By) -> Changed:
    """At once and everywhere: their sessions end in the same transaction."""

    def work(uow: UnitOfWork) -> Changed:
        row = find(uow, staff_no)
        if row is None:
            return StaffConflict()
        if staff_no == by.own:
            return StaffRefused("oneself")
        if Role.ADMIN in roles_of(row) and (refused := _keeps_admin(uow, row, by)):
            return refused
        return _apply(uow, row, version, {"active": False}, by, "staff.disabled", "disabled")

    return db.run(work)


def enable(db: Database, staff_no: str, version: int, by: By) -> Changed:
    """Back, with a one-time password."""
    return _reset(db, staff_no, version, by, "staff.enabled", active=True)


def reset_password(db: Database, staff_no: str, version: int, by: By) -> Changed:
    return _reset(db, staff_no, version, by, "staff.password_reset")


def reset_codes(db: Database, staff_no: str, version: int, by: By) -> Changed:
    """Their telephone is gone: the code is set up anew at the next sign-in."""
    return _reset(db, staff_no, version, by, "staff.codes_reset", totp=None, totp_step=0)


def _reset(db: Database, staff_no: str, version: int, by: By, action: str, **more: Any) -> Changed:
    made = passwords.made_up()
    values = {
        "password": passwords.hashed(made), "must_change": True, "password_until": by.now + ONE_TIME,
        "failures": 0, "locked_until": None, **more,
    }  # fmt: skip

    def work(uow: UnitOfWork) -> Changed:
        row = find(uow, staff_no)
        if row is None:
            return StaffConflict()
        done = _apply(uow, row, version, values, by, action, "password")
        return StaffChanged(staff_no, made) if isinstance(done, StaffChanged) else done

    return db.run(work)


def _apply(
    uow: UnitOfWork, row: Row[Any], version: int, values: dict[str, Any], by: By, action: str, ends: str,
    **detail: str,
) -> Changed:  # fmt: skip
    """Compare-and-set on the version; ``ends``: why their sessions end."""
    mine = update(S).where(S.c.id == row.id, S.c.version == version)
    if not uow.connection.execute(mine.values(version=version + 1, **values)).rowcount:
        return StaffConflict()
    if ends:
        end_sessions(uow, row.id, ends, by.now)
    _audit(uow, by, action, row.staff_no, **detail)
    return StaffChanged(row.staff_no)


def _keeps_admin(uow: UnitOfWork, row: Row[Any], by: By) -> StaffRefused | None:
    """Somebody has to be left who can let people in."""
    if row.staff_no == by.own:
        return StaffRefused("oneself")
    others = uow.connection.execute(select(S).where(S.c.active, S.c.id != row.id).with_for_update())
    return None if any(Role.ADMIN in roles_of(other) for other in others) else StaffRefused("last_admin")


def _wrong(profile: Profile) -> str:
    if not 1 <= len(profile.name) <= 32:
        return "name"
    return "" if profile.roles else "roles"


def _written(profile: Profile) -> dict[str, Any]:
    return {
        "roles": [role.value for role in profile.roles],
        "wards": list(profile.wards),
        "departments": list(profile.departments),
    }


def _audit(uow: UnitOfWork, by: By, action: str, staff_no: str, **detail: str) -> None:
    write_audit(uow, at=uow.now, actor=by.actor, action=action, subject=f"staff:{staff_no}", **detail)


def _view(db: Database, row: Row[Any], seen_at: datetime | None) -> StaffView:
    return StaffView(
        row.staff_no, opened(db.keys, row, "name"), roles_of(row), tuple(row.wards), tuple(row.departments),
        row.active, row.version, row.totp is not None, row.must_change, row.locked_until, row.agreed_at, seen_at,
        row.created_at,
    )  # fmt: skip
