"""One clinic made, or brought to what somebody says now.  What is sold is not taken away unless they saw from how many
patients, and said yes: those are told and offered others, as by a suspension (R12)."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.domain.states import ClinicState
from bot.services.clinics import C, ClinicPlan, add_clinics, alone
from bot.services.context import Context, audit
from bot.services.reshape import Standing, reshape, standing_of
from bot.services.scheduling.shaping import difference
from bot.services.suspension.new_clinics import close_new
from bot.services.suspension.schedule_change import displace
from bot.services.tables import Record
from bot.store.db import Database, UnitOfWork

_SAID = ("department", "kind", "fee", "location")


@dataclass(frozen=True, slots=True)
class Added:
    clinic_id: int
    closed: bool
    """It lies within days that are suspended: nobody can book it."""


@dataclass(frozen=True, slots=True)
class There:
    """The doctor has a clinic on that half-day."""

    clinic_id: int


@dataclass(frozen=True, slots=True)
class Changed:
    displaced: int = 0
    suspension_id: int | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """It is so already."""


@dataclass(frozen=True, slots=True)
class Affects:
    """So many patients would lose their seats; nothing was written."""

    visits: int


@dataclass(frozen=True, slots=True)
class Cannot:
    why: str
    """gone | stale | closed"""


Edited = Changed | Unchanged | Affects | Cannot


class _Back(Exception):
    """Takes the transaction back, and what came of it out."""

    def __init__(self, outcome: Edited) -> None:
        super().__init__()
        self.outcome = outcome


def add(uow: UnitOfWork, context: Context, plan: ClinicPlan) -> Added | There:
    """Open from the start, unless its day is suspended."""
    alone(uow)
    known = _at(uow, plan)
    if known is not None:
        return There(known.id)
    add_clinics(uow, [plan])
    close_new(uow)
    made = _at(uow, plan)
    assert made is not None  # added in this very transaction
    audit(uow, context, "clinic.added", f"clinic:{made.id}", seats=str(plan.seats))
    return Added(made.id, made.state != ClinicState.OPEN)


def edit(
    db: Database, context: Context, among: Collection[int], clinic_id: int, version: int, plan: ClinicPlan,
    agreed: int = 0,
) -> Edited:  # fmt: skip
    """``among``: whose departments; ``agreed``: how many patients may lose their seats, as the page told it."""

    def work(uow: UnitOfWork) -> Edited:
        alone(uow)
        there = _seen(uow, among, clinic_id, version)
        return there if isinstance(there, Cannot) else _brought(uow, context, there, plan, agreed)

    try:
        return db.run(work)
    except _Back as back:
        return back.outcome


def _seen(uow: UnitOfWork, among: Collection[int], clinic_id: int, version: int) -> Standing | Cannot:
    """Locked, as the page showed it."""
    query = select(C).where(C.c.id == clinic_id, C.c.department_id.in_(sorted(among))).with_for_update()
    row = uow.connection.execute(query).first()
    if row is None:
        return Cannot("gone")
    if row.version != version:
        return Cannot("stale")
    if row.state != ClinicState.OPEN:
        return Cannot("closed")
    return next(iter(standing_of(uow, C.c.id == clinic_id).values()))


def _brought(uow: UnitOfWork, context: Context, there: Standing, plan: ClinicPlan, agreed: int) -> Edited:
    differs, displaced = difference(there, plan), list[int]()
    if differs is None:
        return Unchanged()
    reshape(uow, there, replace(plan, locked=0), told=_SAID, displaced=displaced)
    if len(displaced) != agreed:
        raise _Back(Affects(len(displaced)))
    suspension_id = displace(uow, context, displaced) if displaced else None
    close_new(uow)
    audit(
        uow, context, "clinic.changed", f"clinic:{there.clinic.id}", fields=",".join(differs.fields),
        displaced=str(len(displaced)),
    )  # fmt: skip
    return Changed(len(displaced), suspension_id)


def _at(uow: UnitOfWork, plan: ClinicPlan) -> Record | None:
    doctor_id, day, period = plan.place
    query = select(C.c.id, C.c.state).where(C.c.doctor_id == doctor_id, C.c.day == day, C.c.period == period)
    return uow.connection.execute(query).first()
