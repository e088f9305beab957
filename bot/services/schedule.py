"""Reading 出诊 and 时段 with what is left of them: one query each."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select

from bot.domain.clock import local
from bot.domain.names import title_rank
from bot.domain.ranking import PERIODS
from bot.domain.rules import booking_days, cutoff
from bot.domain.states import ClinicState, SeatState
from bot.domain.views import ClinicView, DoctorView, Period, SlotView
from bot.services.appointments import CLINIC, C, N, S
from bot.services.directory import Directory
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime, written

FREE = N.c.state == written(SeatState.FREE)
_LEFT = select(func.count()).select_from(N).where(N.c.slot_id == S.c.id, FREE).scalar_subquery().label("free")
_SLOTS = (
    select(S.c.id, S.c.clinic_id, S.c.starts_at, S.c.minutes, _LEFT)
    .where(S.c.clinic_id == bindparam("clinic"), S.c.starts_at > bindparam("after", type_=UtcDateTime()))
    .order_by(S.c.starts_at)
)


def clinics(
    uow: UnitOfWork,
    directory: Directory,
    now: datetime,
    *,
    ids: Collection[int] | None = None,
    departments: Collection[int] | None = None,
    doctors: Collection[int] = (),
    days: Collection[date] = (),
    period: Period | None = None,
    kind: str | None = None,
    only_free: bool = True,
) -> tuple[ClinicView, ...]:
    """Clinics within the booking window (R9), seats counted after the cutoff (R10); by day, half-day, title."""
    asked: dict[str, Collection[object] | None] = {
        "ids": ids,
        "departments": departments,
        "doctors": doctors or None,
        "days": days or None,
        "period": None if period is None else (period.value,),
        "kind": None if kind is None else (kind,),
    }
    among = {name: tuple(values) for name, values in asked.items() if values is not None}
    cutoffs, parameters = _cutoffs(directory, now)
    parameters |= {"first": local(now).date(), "last": _last_day(directory, now)}
    parameters |= {f"{name}_{n}": value for name, values in among.items() for n, value in enumerate(values)}
    statement = _statement(tuple((name, len(values)) for name, values in among.items()), cutoffs)
    rows = uow.execute(statement, parameters)
    views = (_clinic(row, directory) for row in rows if _within(row, directory, now))
    return tuple(sorted((view for view in views if view.free or not only_free), key=_order))


@lru_cache(maxsize=256)
def _statement(asked: tuple[tuple[str, int], ...], own_cutoffs: tuple[int, ...]) -> Select[*tuple[Any, ...]]:
    """The query for conditions by so many values each; making it costs as much as running it."""
    usual: ColumnElement[datetime] = bindparam("cutoff", type_=UtcDateTime())
    cases = {doctor_id: bindparam(f"cutoff_{doctor_id}", type_=UtcDateTime()) for doctor_id in own_cutoffs}
    after = case(cases, value=C.c.doctor_id, else_=usual) if cases else usual
    seats = select(func.count()).select_from(N).where(N.c.clinic_id == C.c.id)
    left = seats.join(S, S.c.id == N.c.slot_id).where(FREE, S.c.starts_at > after)
    to_come = select(S.c.id).where(S.c.clinic_id == C.c.id, S.c.starts_at > after).exists()
    query = select(*CLINIC, left.scalar_subquery().label("free"), seats.scalar_subquery().label("total"))
    query = query.where(C.c.day >= bindparam("first"), C.c.day <= bindparam("last"), to_come)
    query = query.where(C.c.state != written(ClinicState.CLOSED))
    columns = {
        "ids": C.c.id,
        "departments": C.c.department_id,
        "doctors": C.c.doctor_id,
        "days": C.c.day,
        "period": C.c.period,
        "kind": C.c.kind,
    }
    among = (columns[name].in_([bindparam(f"{name}_{n}") for n in range(many)]) for name, many in asked)
    return query.where(*among)


def slots(uow: UnitOfWork, directory: Directory, now: datetime, clinic: ClinicView) -> tuple[SlotView, ...]:
    """The clinic's slots after the cutoff, full ones included."""
    rows = uow.execute(_SLOTS, {"clinic": clinic.id, "after": _cutoff_of(clinic, directory, now)})
    return tuple(_slot(row, clinic) for row in rows)


def slots_of(
    uow: UnitOfWork, directory: Directory, now: datetime, clinics: Collection[ClinicView]
) -> dict[int, tuple[SlotView, ...]]:
    """The same of many clinics in one query, by clinic."""
    rows = uow.connection.execute(
        select(S.c.id, S.c.clinic_id, S.c.starts_at, S.c.minutes, _LEFT)
        .where(S.c.clinic_id.in_([clinic.id for clinic in clinics]))
        .order_by(S.c.starts_at)
    )
    by_clinic: dict[int, list[Record]] = {clinic.id: [] for clinic in clinics}
    for row in rows:
        by_clinic[row.clinic_id].append(row)
    found = {}
    for clinic in clinics:
        after = _cutoff_of(clinic, directory, now)
        found[clinic.id] = tuple(_slot(row, clinic) for row in by_clinic[clinic.id] if row.starts_at > after)
    return found


def _cutoff_of(clinic: ClinicView, directory: Directory, now: datetime) -> datetime:
    return cutoff(now, directory.policy(local(now).date(), clinic.doctor.department_id, clinic.doctor.id))


def _slot(row: Record, clinic: ClinicView) -> SlotView:
    return SlotView(
        id=row.id,
        clinic_id=row.clinic_id,
        starts_at=local(row.starts_at),
        ends_at=local(row.starts_at) + timedelta(minutes=row.minutes),
        free=0 if clinic.suspended else row.free,
    )


def _cutoffs(directory: Directory, now: datetime) -> tuple[tuple[int, ...], dict[str, object]]:
    """From when slots count (R10): one moment, and those of doctors who have their own, as parameters."""
    today = local(now).date()
    usual = cutoff(now, directory.policy(today))
    own = {
        doctor.id: moment
        for doctor in _doctors_with_rules(directory, "booking_cutoff_minutes")
        if (moment := cutoff(now, directory.policy(today, doctor.department_id, doctor.id))) != usual
    }
    named = {f"cutoff_{doctor_id}": moment for doctor_id, moment in own.items()}
    return tuple(sorted(own)), {"cutoff": usual, **named}


def _last_day(directory: Directory, now: datetime) -> date:
    """The furthest window of anyone; `_within` then judges each clinic by its own."""
    today = local(now).date()
    windows = [directory.policy(today).booking_window_days]
    windows += [
        directory.policy(today, doctor.department_id, doctor.id).booking_window_days
        for doctor in _doctors_with_rules(directory, "booking_window_days")
    ]
    return today + timedelta(days=max(windows))


def _doctors_with_rules(directory: Directory, name: str) -> list[DoctorView]:
    rules = [rule for rule in directory.rules if rule.name == name]
    departments = {rule.scope_id for rule in rules if rule.scope == "department"}
    doctors = {rule.scope_id for rule in rules if rule.scope == "doctor"}
    if not departments and not doctors:
        return []
    return [d for d in directory.doctors.values() if d.id in doctors or d.department_id in departments]


def _within(row: Record, directory: Directory, now: datetime) -> bool:
    policy = directory.policy(local(now).date(), row.department_id, row.doctor_id)
    return bool(row.day <= booking_days(now, policy)[1])


def _clinic(row: Record, directory: Directory) -> ClinicView:
    suspended = row.clinic_state is not ClinicState.OPEN
    return ClinicView(
        id=row.clinic_id,
        doctor=directory.doctor(row.doctor_id, row.department_id),
        day=row.day,
        period=Period(row.period),
        kind=row.kind,
        fee_fen=row.clinic_fee_fen,
        location=row.location or directory.departments[row.department_id].location,
        free=0 if suspended else row.free,
        total=row.total,
        suspended=suspended,
    )


def _order(clinic: ClinicView) -> tuple[date, int, int, int]:
    return clinic.day, PERIODS.index(clinic.period), title_rank(clinic.doctor.title), clinic.doctor.id
