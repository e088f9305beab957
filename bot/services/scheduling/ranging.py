"""Clinics that somebody marked on the week's grid as one stretch of one doctor's time, to be suspended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.domain.states import ClinicState
from bot.domain.views import Period
from bot.services.clinics import C
from bot.services.context import Context
from bot.store.db import UnitOfWork
from bot.store.types import written


@dataclass(frozen=True, slots=True)
class Stretch:
    """One doctor, day by day; of one half-day, or of all (None)."""

    doctor_id: int
    since: date
    until: date
    period: Period | None


@dataclass(frozen=True, slots=True)
class NoStretch:
    why: str
    """none | doctors | gaps"""


def stretch(
    uow: UnitOfWork, context: Context, among: Collection[int], clinic_ids: Collection[int]
) -> Stretch | NoStretch:
    """The smallest that holds them all; refused where it would hold open clinics that are not marked."""
    open_ones = (C.c.state == written(ClinicState.OPEN), C.c.day >= context.today)
    ours = C.c.department_id.in_(sorted(among))
    query = select(C.c.id, C.c.doctor_id, C.c.day, C.c.period)
    rows = uow.connection.execute(query.where(C.c.id.in_(sorted(clinic_ids)), ours, *open_ones)).fetchall()
    if not rows:
        return NoStretch("none")
    if len({row.doctor_id for row in rows}) > 1:
        return NoStretch("doctors")
    since, until = min(row.day for row in rows), max(row.day for row in rows)
    periods = {row.period for row in rows}
    period = Period(next(iter(periods))) if len(periods) == 1 else None
    held = [C.c.doctor_id == rows[0].doctor_id, C.c.day >= since, C.c.day <= until, *open_ones]
    if period is not None:
        held.append(C.c.period == period.value)
    held_ids = {row.id for row in uow.connection.execute(query.where(*held))}
    if held_ids != {row.id for row in rows}:
        return NoStretch("gaps")
    return Stretch(rows[0].doctor_id, since, until, period)
