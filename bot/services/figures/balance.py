"""号源均衡 (R11, R21): what was offered, booked and used, and how evenly bookings lie on doctors and departments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from bot.domain.states import ClinicState, SeatState
from bot.services.appointments import C, N
from bot.services.figures import grouping
from bot.services.figures.among import FEW, Among, By, Counted
from bot.store.db import UnitOfWork

BOOKED = (SeatState.HELD, SeatState.BOOKED, SeatState.USED)
EVEN, UNEVEN = 0.2, 0.5
"""Coefficients of variation below and above which a spread is called even and uneven."""
SCREEN = 50


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the rates lie apart, and who is at either end."""

    n: int
    mean: float
    variation: float
    """Standard deviation ÷ mean: 0 where all are alike."""
    lowest: Counted
    highest: Counted

    @property
    def words(self) -> str:
        if self.variation < EVEN:
            return "均衡"
        return "有差别" if self.variation < UNEVEN else "很不均衡"


@dataclass(frozen=True, slots=True)
class Session:
    """One clinic, as a list shows it."""

    id: int
    day: date
    period: str
    kind: str
    department: str
    doctor: str
    offered: int
    booked: int
    used: int


def seats(uow: UnitOfWork, among: Among, by: By | None = None) -> list[Counted]:
    """Booked ÷ offered, by the day of the clinic; beside it what was used."""
    keys = grouping.columns(by, C.c.department_id, C.c.doctor_id, C.c.kind)
    query = (
        select(*keys, *_numbers())
        .join_from(C, N, N.c.clinic_id == C.c.id)
        .where(_those(among))
        .group_by(*keys)
    )
    return grouping.bars(uow.connection.execute(query), by, among)


def spread(bars: Sequence[Counted]) -> Spread | None:
    """Of bars with enough seats to be compared; None: fewer than two of them, or nothing is booked at all."""
    told = [(each.rate, each) for each in bars if each.whole >= FEW and each.rate is not None]
    if len(told) < 2:
        return None
    rates = [rate for rate, _ in told]
    mean = sum(rates) / len(rates)
    if not mean:
        return None
    deviation = sqrt(sum((rate - mean) ** 2 for rate in rates) / len(rates))
    ends = sorted(told, key=lambda each: (each[0], each[1].name))
    return Spread(len(told), mean, deviation / mean, ends[0][1], ends[-1][1])


def sessions(uow: UnitOfWork, among: Among, number: int, *, most: int = SCREEN) -> list[Session]:
    """Clinics, the newest first; one more than a screen holds where there are more."""
    page = (
        select(C.c.id)
        .where(_those(among))
        .order_by(C.c.day.desc(), C.c.id.desc())
        .limit(most + 1)
        .offset((number - 1) * most)
    )
    wanted = uow.connection.execute(page).scalars().all()
    query = (
        select(C.c.id, C.c.day, C.c.period, C.c.kind, C.c.department_id, C.c.doctor_id, *_numbers())
        .join_from(C, N, N.c.clinic_id == C.c.id)
        .where(C.c.id.in_(wanted))
        .group_by(C.c.id)
        .order_by(C.c.day.desc(), C.c.id.desc())
    )
    return [_session(row, among) for row in uow.connection.execute(query)]


def _numbers() -> list[ColumnElement[int]]:
    """Booked, offered, used: seats kept back or locked by a suspension were not offered."""
    return [
        grouping.count(N.c.state.in_(BOOKED)),
        grouping.count(N.c.state != SeatState.LOCKED),
        grouping.count(N.c.state == SeatState.USED),
    ]


def _session(row: Any, among: Among) -> Session:
    directory = among.directory
    booked, offered, used = (int(n or 0) for n in row[6:])
    return Session(
        row.id, row.day, row.period, row.kind, directory.departments[row.department_id].name,
        directory.doctors[row.doctor_id].name, offered, booked, used,
    )  # fmt: skip


def _those(among: Among) -> ColumnElement[bool]:
    days = and_(C.c.day >= among.term.since, C.c.day < among.term.until)
    return and_(days, C.c.state != ClinicState.CLOSED, among.clinics(C.c.department_id, C.c.doctor_id))
