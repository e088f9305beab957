"""Who a broadcast is for: a query over visits, answered when it is confirmed and then frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from bot.domain.states import AppointmentState
from bot.services.directory import Directory
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Account, Appointment, Clinic, Doctor, Guardianship, Patient

_A, _C, _P = table(Appointment), table(Clinic), table(Patient)
_G, _U, _D = table(Guardianship), table(Account), table(Doctor)
_DOCTORS = select(_D.c.id, _D.c.staff_no).where(
    (_D.c.name == bindparam("said")) | (_D.c.staff_no == bindparam("said"))
)
_COMING = (AppointmentState.HELD, AppointmentState.BOOKED, AppointmentState.CHECKED_IN)
_PAST = (AppointmentState.CHECKED_IN, AppointmentState.DONE)
LATER = {"wards": "病区", "tags": "标签"}
"""What the hospital has no data of yet: asked for, it is told so, never answered with nobody."""


class AudienceError(ValueError):
    """A query that cannot be answered, in words for whoever asked."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Everything given narrows; names are the hospital's own.  ``first`` and ``last`` are days of the visit."""

    clinics: tuple[int, ...] = ()
    doctors: tuple[str, ...] = ()
    """Names or 工号."""
    departments: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def stored(self) -> dict[str, object]:
        """As JSON: names, numbers and days, never people."""
        return {key: value for key, value in asdict(self).items() if value} | {
            key: day.isoformat() for key, day in (("first", self.first), ("last", self.last)) if day
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Audience":
        """From its JSON."""
        lists = {name: tuple(stored.get(name, ())) for name in ("doctors", "departments", "wards", "tags")}
        days = {name: date.fromisoformat(stored[name]) for name in ("first", "last") if stored.get(name)}
        return cls(
            clinics=tuple(stored.get("clinics", ())), first=days.get("first"), last=days.get("last"), **lists
        )


@dataclass(frozen=True, slots=True)
class Recipient:
    """One who gets it: an account once, however many of its patients are meant; without an account, the patient."""

    patient_id: str
    account_id: int | None
    last_message_at: datetime | None = None
    preferences: Mapping[str, str] | None = None


def recipients(uow: UnitOfWork, directory: Directory, audience: Audience, today: date) -> Sequence[Recipient]:
    """Everybody the query means, the dead left out (R30); raises `AudienceError`."""
    patients = _patients(uow, directory, audience, today).subquery()
    newest = func.coalesce(_U.c.last_message_at, _U.c.created_at)
    query = (
        select(_P.c.id, _U.c.id, _U.c.last_message_at, _U.c.preferences)
        .join_from(_P, patients, patients.c.patient_id == _P.c.id)
        .outerjoin(_G, (_G.c.patient_id == _P.c.id) & _G.c.ended_at.is_(None))
        .outerjoin(_U, (_U.c.id == _G.c.account_id) & _U.c.following)
        .where(_P.c.deceased_at.is_(None))
        .order_by(_P.c.id, newest.desc())
    )
    return tuple(_once_each(Recipient(*row) for row in uow.connection.execute(query)))


def _once_each(rows: Iterable[Recipient]) -> Iterable[Recipient]:
    """Of a patient's accounts the one that wrote last, and every account once."""
    patients: dict[str, Recipient] = {}
    for row in rows:
        known = patients.get(row.patient_id)
        if known is None or (known.account_id is None and row.account_id is not None):
            patients[row.patient_id] = row
    told: set[int] = set()
    for each in patients.values():
        if each.account_id is None or each.account_id not in told:
            yield each
        if each.account_id is not None:
            told.add(each.account_id)


def _patients(uow: UnitOfWork, directory: Directory, audience: Audience, today: date) -> Select[Any]:
    for field, name in LATER.items():
        if getattr(audience, field):
            raise AudienceError(f"现在还没有{name}的资料，不能按{name}群发")
    if not (audience.clinics or audience.doctors or audience.departments or audience.first):
        raise AudienceError("请写明发给谁：哪个出诊、哪位医生、哪个科室，或者哪几天就诊的人")
    query = select(_A.c.patient_id).distinct().join_from(_A, _C, _C.c.id == _A.c.clinic_id)
    query = query.where(
        _A.c.state.in_(_COMING) & (_C.c.day >= today) | _A.c.state.in_(_PAST) & (_C.c.day <= today)
    )
    first = audience.first or today
    query = query.where(_C.c.day >= first)
    if audience.last is not None:
        if audience.last < first:
            raise AudienceError("结束日期比开始日期早")
        query = query.where(_C.c.day <= audience.last)
    if audience.clinics:
        query = query.where(_C.c.id.in_(audience.clinics))
    if audience.doctors:
        query = query.where(_C.c.doctor_id.in_(_doctors(uow, audience.doctors)))
    if audience.departments:
        query = query.where(_C.c.department_id.in_(_departments(directory, audience.departments)))
    return query


def _doctors(uow: UnitOfWork, names: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for name in names:
        rows = uow.connection.execute(_DOCTORS, {"said": name}).fetchall()
        if not rows:
            raise AudienceError(f"没有医生「{name}」")
        if len(rows) > 1:
            numbers = "、".join(row.staff_no for row in rows)
            raise AudienceError(f"有{len(rows)}位医生叫「{name}」，请写工号：{numbers}")
        found.add(rows[0].id)
    return found


def _departments(directory: Directory, names: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for name in names:
        ids = [each.id for each in directory.departments.values() if name == each.name]
        if not ids:
            raise AudienceError(f"没有科室「{name}」")
        found |= set(directory.within(ids[0]))
    return found
