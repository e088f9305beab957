"""Which clinics a suspension is about, and what it would do to them: nothing is written here."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from bot.domain.clock import local
from bot.domain.states import LIVE_APPOINTMENTS, ClinicState, SeatState
from bot.domain.suspension import ClinicLine, Preview, Scope
from bot.domain.views import Period
from bot.services.appointments import A, C, N, S
from bot.services.context import Context
from bot.services.directory import Directory
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import written

LIVE_VISIT = A.c.state.in_([written(state) for state in LIVE_APPOINTMENTS])
_MINUTES = 30
"""No slot is longer."""


def clinics_of(scope: Scope, directory: Directory) -> ColumnElement[bool]:
    """The condition that a clinic is within the scope: a slot of it overlaps the time."""
    first, last = local(scope.starts_at).date(), local(scope.ends_at).date()
    within = [C.c.day >= first, C.c.day <= last, C.c.state != written(ClinicState.CLOSED)]
    if scope.doctor_id is not None:
        within.append(C.c.doctor_id == scope.doctor_id)
    elif scope.department_id is not None:
        within.append(C.c.department_id.in_(directory.within(scope.department_id)))
    if scope.period is not None:
        within.append(C.c.period == scope.period.value)
    return and_(*within, exists().where(S.c.clinic_id == C.c.id, *_overlapping(scope)).correlate(C))


def _overlapping(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Slots stand on a half-hour grid: one that began less than that before is still going on."""
    return S.c.starts_at > scope.starts_at - timedelta(minutes=_MINUTES), S.c.starts_at < scope.ends_at


def to_come(now: datetime) -> ColumnElement[bool]:
    """Visits that are not over yet: who was seen this morning is not affected."""
    return S.c.starts_at > now - timedelta(minutes=_MINUTES)


def affected(scope: Scope, directory: Directory, now: datetime) -> Select[Any]:
    """Visits that would lose their seats, to be joined further: of appointments, slots and clinics."""
    return (
        select(A.c.id)
        .join_from(A, S, S.c.id == A.c.slot_id)
        .join(C, C.c.id == A.c.clinic_id)
        .where(clinics_of(scope, directory), C.c.state == written(ClinicState.OPEN), LIVE_VISIT, to_come(now))
    )


def fingerprint(uow: UnitOfWork, context: Context, scope: Scope) -> str:
    """Of whom and what it would concern at this moment: another one means that the preview is not true any more."""
    clinics = uow.connection.execute(
        select(C.c.id, C.c.state).where(clinics_of(scope, context.directory)).order_by(C.c.id)
    )
    visits = uow.connection.execute(affected(scope, context.directory, uow.now).order_by(A.c.id)).scalars()
    said = ";".join([*(f"{row.id}:{row.state}" for row in clinics), *map(str, visits)])
    return sha256(said.encode()).hexdigest()[:32]


def preview(uow: UnitOfWork, context: Context, scope: Scope) -> Preview:
    """Affected appointments by clinic and channel."""
    open_ones = and_(clinics_of(scope, context.directory), C.c.state == written(ClinicState.OPEN))
    found = uow.connection.execute(
        select(C.c.id, C.c.doctor_id, C.c.department_id, C.c.day, C.c.period).where(open_ones)
    ).fetchall()
    ids = select(C.c.id).where(open_ones)
    booked = uow.connection.execute(
        select(A.c.clinic_id, A.c.channel, func.count().label("n"))
        .join_from(A, S, S.c.id == A.c.slot_id)
        .where(A.c.clinic_id.in_(ids), LIVE_VISIT, to_come(uow.now))
        .group_by(A.c.clinic_id, A.c.channel)
    )
    channels: dict[int, Counter[str]] = {}
    for row in booked:
        channels.setdefault(row.clinic_id, Counter())[row.channel] += row.n
    free = uow.connection.execute(
        select(N.c.clinic_id, func.count().label("n"))
        .where(N.c.clinic_id.in_(ids), N.c.state == written(SeatState.FREE))
        .group_by(N.c.clinic_id)
    )
    left = {row.clinic_id: row.n for row in free}
    return Preview(tuple(_lines(found, channels, left, context)))


def _lines(
    clinics: Iterable[Record], channels: dict[int, Counter[str]], left: dict[int, int], context: Context
) -> Iterable[ClinicLine]:
    order = list(Period)
    for row in sorted(clinics, key=lambda r: (r.day, order.index(Period(r.period)), r.doctor_id)):
        doctor = context.directory.doctor(row.doctor_id, row.department_id)
        yield ClinicLine(
            row.id, doctor, row.day, Period(row.period), dict(channels.get(row.id, {})), left.get(row.id, 0)
        )
