"""Reading 出诊 and 时段 with what is left of them: one query each."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, case, func, literal, literal_column, select

from bot.domain.clock import local
from bot.domain.names import title_rank
from bot.domain.ranking import PERIODS
from bot.domain.rules import booking_days, cutoff
from bot.domain.states import ClinicState
from bot.domain.views import ClinicView, DoctorView, Period, SlotView
from bot.services.appointments import CLINIC, C, N, S
from bot.services.directory import Directory
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime

FREE = N.c.state == literal_column("'free'")
"""Written out, so that the partial index on free seats can serve."""
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
    after = _cutoff(directory, now)
    seats = select(func.count()).select_from(N).where(N.c.clinic_id == C.c.id)
    left = seats.join(S, S.c.id == N.c.slot_id).where(FREE, S.c.starts_at > after).scalar_subquery()
    to_come = select(S.c.id).where(S.c.clinic_id == C.c.id, S.c.starts_at > after).exists()
    today = local(now).date()
    query = select(*CLINIC, left.label("free"), seats.scalar_subquery().label("total"))
    query = query.where(C.c.day >= today, C.c.day <= _last_day(directory, now), to_come)
    query = query.where(C.c.state != ClinicState.CLOSED)
    for column, wanted in ((C.c.id, ids), (C.c.department_id, departments)):
        if wanted is not None:
            query = query.where(column.in_(wanted))
    for column, some in ((C.c.doctor_id, doctors), (C.c.day, days)):
        if some:
            query = query.where(column.in_(some))
    if period is not None:
        query = query.where(C.c.period == period.value)
    if kind is not None:
        query = query.where(C.c.kind == kind)
    rows = uow.connection.execute(query)
    views = (_clinic(row, directory) for row in rows if _within(row, directory, now))
    return tuple(sorted((view for view in views if view.free or not only_free), key=_order))


def slots(uow: UnitOfWork, directory: Directory, now: datetime, clinic: ClinicView) -> tuple[SlotView, ...]:
    """The clinic's slots after the cutoff, full ones included."""
    policy = directory.policy(local(now).date(), clinic.doctor.department_id, clinic.doctor.id)
    parameters = {"clinic": clinic.id, "after": cutoff(now, policy)}
    rows: Sequence[Record] = uow.connection.execute(_SLOTS, parameters).fetchall()
    return tuple(
        SlotView(
            id=row.id,
            clinic_id=row.clinic_id,
            starts_at=local(row.starts_at),
            ends_at=local(row.starts_at) + timedelta(minutes=row.minutes),
            free=0 if clinic.suspended else row.free,
        )
        for row in rows
    )


def _cutoff(directory: Directory, now: datetime) -> ColumnElement[datetime]:
    """From when slots of a clinic count: one moment, unless departments or doctors have their own (R10)."""
    today = local(now).date()
    usual = cutoff(now, directory.policy(today))
    own = {
        doctor.id: moment
        for doctor in _doctors_with_rules(directory, "booking_cutoff_minutes")
        if (moment := cutoff(now, directory.policy(today, doctor.department_id, doctor.id))) != usual
    }
    if not own:
        return literal(usual, UtcDateTime())
    cases = {doctor_id: literal(moment, UtcDateTime()) for doctor_id, moment in own.items()}
    return case(cases, value=C.c.doctor_id, else_=literal(usual, UtcDateTime()))


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
