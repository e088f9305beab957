"""Who a broadcast is for: a query over visits, answered when it is confirmed and then frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, func, select, union

from bot.domain.states import AppointmentState
from bot.services.directory import Directory
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Account, Appointment, Clinic, Doctor, Guardianship, Patient
from bot.store.types import written

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
    """Everybody the query means, without the dead (R30) and whoever had their data deleted; raises `AudienceError`."""
    patients = _patients(uow, directory, audience, today).subquery()
    newest = func.coalesce(_U.c.last_message_at, _U.c.created_at)
    query = (
        select(_P.c.id, _U.c.id, _U.c.last_message_at, _U.c.preferences)
        .join_from(_P, patients, patients.c.patient_id == _P.c.id)
        .outerjoin(_G, (_G.c.patient_id == _P.c.id) & _G.c.ended_at.is_(None))
        .outerjoin(_U, (_U.c.id == _G.c.account_id) & _U.c.following)
        .where(_P.c.deceased_at.is_(None), _P.c.erased_at.is_(None))
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


def _patients(uow: UnitOfWork, directory: Directory, audience: Audience, today: date) -> CompoundSelect[Any]:
    for field, name in LATER.items():
        if getattr(audience, field):
            raise AudienceError(f"现在还没有{name}的资料，不能按{name}群发")
    if not (audience.clinics or audience.doctors or audience.departments or audience.first):
        raise AudienceError("请写明发给谁：哪个出诊、哪位医生、哪个科室，或者哪几天就诊的人")
    first = audience.first or today
    if audience.last is not None and audience.last < first:
        raise AudienceError("结束日期比开始日期早")
    which = _which(uow, directory, audience)
    parts = [_seen(which, _COMING, max(first, today), audience.last)]
    if first <= today:
        parts.append(_seen(which, _PAST, first, min(today, audience.last or today)))
    return union(*parts)


def _seen(
    which: Sequence[ColumnElement[bool]], states: Sequence[AppointmentState], first: date, last: date | None
) -> Select[Any]:
    """By their clinics: appointments are many, those of some days are few, and their index begins with the clinic."""
    days = [_C.c.day >= first, *([_C.c.day <= last] if last is not None else [])]
    clinics = select(_C.c.id).where(*which, *days)
    live = _A.c.state.in_([written(state) for state in states])
    return select(_A.c.patient_id).where(_A.c.clinic_id.in_(clinics), live)


def _which(uow: UnitOfWork, directory: Directory, audience: Audience) -> list[ColumnElement[bool]]:
    """Of clinics."""
    found: list[ColumnElement[bool]] = []
    if audience.clinics:
        found.append(_C.c.id.in_(audience.clinics))
    if audience.doctors:
        found.append(_C.c.doctor_id.in_(_doctors(uow, audience.doctors)))
    if audience.departments:
        found.append(_C.c.department_id.in_(_departments(directory, audience.departments)))
    return found


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
