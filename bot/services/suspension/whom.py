"""From what staff type to a scope: a doctor by name or 工号, a department by name, days and half-days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.suspension import Scope, SuspensionState
from bot.services.suspension.rows import U
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Department, Doctor

_K, _D = table(Doctor), table(Department)
_MOST = 366


class BadScope(Exception):
    """What is wrong with it, for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Whom:
    """As typed; all empty: the whole hospital."""

    doctor: str = ""
    staff_no: str = ""
    department: str = ""


def scope_of(uow: UnitOfWork, whom: Whom, since: str, until: str) -> Scope:
    """Raises `BadScope`."""
    starts_at = _moment(since, end=False)
    ends_at = _moment(until or since, end=True)
    if ends_at <= starts_at:
        raise BadScope("结束时间要晚于开始时间")
    if ends_at - starts_at > timedelta(days=_MOST):
        raise BadScope(f"一次停诊最多 {_MOST} 天")
    if whom.doctor or whom.staff_no:
        return Scope(starts_at, ends_at, doctor_id=_doctor(uow, whom))
    if whom.department:
        return Scope(starts_at, ends_at, department_id=_department(uow, whom.department))
    return Scope(starts_at, ends_at)


def default_key(uow: UnitOfWork, scope: Scope) -> str:
    """The same command again is the same suspension, until that one is withdrawn."""
    subject = scope.doctor_id or scope.department_id or 0
    base = f"{scope.kind}:{subject}:{scope.starts_at.isoformat()}:{scope.ends_at.isoformat()}"
    withdrawn = (SuspensionState.WITHDRAWING, SuspensionState.WITHDRAWN)
    counted = select(func.count()).select_from(U).where(U.c.key.startswith(base), U.c.state.in_(withdrawn))
    return f"{base}:{uow.connection.execute(counted).scalar_one()}"


def _doctor(uow: UnitOfWork, whom: Whom) -> int:
    query = select(_K.c.id, _K.c.staff_no, _K.c.name, _D.c.name.label("department")).join_from(
        _K, _D, _D.c.id == _K.c.department_id
    )
    if whom.staff_no:
        query = query.where(_K.c.staff_no == whom.staff_no)
    if whom.doctor:
        query = query.where(_K.c.name == whom.doctor)
    if whom.department:
        query = query.where(_D.c.name == whom.department)
    found = uow.connection.execute(query.order_by(_K.c.staff_no)).fetchall()
    if not found:
        named = whom.doctor or f"工号 {whom.staff_no}"
        raise BadScope(f"没有找到医生「{named}」")
    if len(found) > 1:
        listed = "；".join(f"工号 {row.staff_no} {row.name}（{row.department}）" for row in found)
        raise BadScope(f"有 {len(found)} 位「{whom.doctor}」，请用 --staff-no 指明：{listed}")
    return int(found[0].id)


def _department(uow: UnitOfWork, name: str) -> int:
    found = uow.connection.execute(select(_D.c.id).where(_D.c.name == name)).scalar()
    if found is None:
        raise BadScope(f"没有找到科室「{name}」")
    return int(found)


def _moment(text: str, *, end: bool) -> datetime:
    """A day means all of it; a moment without a zone is the hospital's."""
    try:
        if len(text) <= len("2026-11-24"):
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
            return datetime(day.year, day.month, day.day, tzinfo=HOSPITAL_TZ)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadScope(f"看不懂的时间「{text}」，应为 2026-11-24 或 2026-11-24T14:00") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=HOSPITAL_TZ)
