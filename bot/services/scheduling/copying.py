"""A week's clinics onto another week: first what it would do, clinic by clinic, then that and nothing else (R12)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, select

from bot.domain.states import ClinicState
from bot.domain.suspension import ACTIVE
from bot.domain.views import DoctorView, Period
from bot.services.clinics import C, ClinicPlan, Place, S, add_clinics, alone
from bot.services.context import Context, audit
from bot.services.reshape import E, Standing, reshape, standing_of
from bot.services.scheduling.shaping import difference, shape
from bot.services.suspension.new_clinics import close_new
from bot.services.suspension.rows import U
from bot.services.tables import Record
from bot.store.db import Database, UnitOfWork
from bot.store.types import written

_WEEK = timedelta(days=7)
_SAID = ("department", "kind", "fee", "location")


class What(StrEnum):
    """What would become of one clinic."""

    NEW = "new"
    SAME = "same"
    CHANGE = "change"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Ask:
    """From which week to which (their Mondays), and of whom."""

    source: date
    target: date
    among: Collection[int]
    """Departments."""
    doctor_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One clinic of the week that is copied."""

    what: What
    plan: ClinicPlan
    doctor: DoctorView
    why: str = ""
    """Of a conflict: source_closed | past | left | odd | suspended | closed | sold | divided"""
    fields: tuple[str, ...] = ()
    """Of a change: in what it differs."""
    sold: int = 0
    there: Standing | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    lines: tuple[Line, ...]

    def count(self, what: str) -> int:
        return sum(line.what == what for line in self.lines)

    @property
    def mark(self) -> str:
        """Whether the same was seen that is to be done."""
        told = [(line.what, line.why, line.fields, line.plan) for line in self.lines]
        return sha256(repr(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Copied:
    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Stale:
    """What was seen is not what there is now; nothing was written."""


class _Back(Exception):
    """Takes the transaction back."""


def preview(uow: UnitOfWork, context: Context, ask: Ask) -> Preview:
    """A few queries, however many clinics."""
    ours: list[ColumnElement[bool]] = [C.c.department_id.in_(sorted(ask.among))]
    if ask.doctor_id is not None:
        ours.append(C.c.doctor_id == ask.doctor_id)
    sources = standing_of(uow, and_(*_days(ask.source), *ours))
    doctors = {place[0] for place in sources}
    targets = standing_of(uow, and_(*_days(ask.target), C.c.doctor_id.in_(sorted(doctors))))
    judge = _Judge(uow, context, ask.target - ask.source, targets)
    lines = [judge.line(source) for source in sources.values()]
    order = list(Period)
    lines.sort(key=lambda line: (line.plan.day, order.index(line.plan.period), line.plan.doctor_id))
    return Preview(tuple(lines))


def carry_out(db: Database, context: Context, ask: Ask, mark: str, *, change: bool) -> Copied | Stale:
    """What the preview with this mark told; ``change``: also where there is a clinic that differs.  Twice does no
    more than once: then all is the same, or the mark is another."""

    def work(uow: UnitOfWork) -> Copied | Stale:
        alone(uow)
        seen = preview(uow, context, ask)
        if seen.mark != mark:
            return Stale()
        added = add_clinics(uow, [line.plan for line in seen.lines if line.what is What.NEW])
        changed = sum(_changed(uow, line) for line in seen.lines if change and line.what is What.CHANGE)
        close_new(uow)
        audit(
            uow, context, "clinic.week_copied", "hospital", source=ask.source.isoformat(), added=str(added),
            target=ask.target.isoformat(), changed=str(changed), doctor=str(ask.doctor_id or ""),
        )  # fmt: skip
        return Copied(added, changed)

    try:
        return db.run(work)
    except _Back:
        return Stale()


def _changed(uow: UnitOfWork, line: Line) -> bool:
    assert line.there is not None  # there is something to change
    plan = replace(line.plan, seats=line.plan.seats - line.plan.locked, locked=0)
    done = reshape(uow, line.there, plan, told=_SAID)
    if isinstance(done, str):  # somebody has booked since
        raise _Back
    return done


class _Judge:
    """What there is on the week that is copied to."""

    def __init__(
        self, uow: UnitOfWork, context: Context, shift: timedelta, targets: Mapping[Place, Standing]
    ) -> None:
        self.uow, self.context, self.shift, self.targets = uow, context, shift, targets
        self.staying = {doctor.id for doctor in context.directory.listed_doctors}
        standing = U.c.state.in_([written(state) for state in ACTIVE]), U.c.kind != "schedule"
        self.suspensions = uow.connection.execute(
            select(U).where(*standing, U.c.ends_at > context.now)
        ).fetchall()

    def line(self, source: Standing) -> Line:
        plan, why = self._plan(source)
        there = self.targets.get(plan.place)
        doctor = self.context.directory.doctor(plan.doctor_id, plan.department_id)
        if why:
            return Line(What.CONFLICT, plan, doctor, why)
        if there is None:
            return Line(What.NEW, plan, doctor)
        if there.clinic.state != ClinicState.OPEN:
            return Line(What.CONFLICT, plan, doctor, str(there.clinic.state.value))
        differs = difference(there, plan)
        if differs is None:
            return Line(What.SAME, plan, doctor)
        if differs.sold:
            return Line(What.CONFLICT, plan, doctor, "sold", sold=differs.sold)
        if "division" in differs.fields and self._booked_ever(there):
            return Line(What.CONFLICT, plan, doctor, "divided")
        return Line(What.CHANGE, plan, doctor, fields=differs.fields, there=there)

    def _plan(self, source: Standing) -> tuple[ClinicPlan, str]:
        row, cut = source.clinic, shape(source)
        plan = ClinicPlan(
            row.doctor_id, row.department_id, row.day + self.shift, Period(row.period), cut.total if cut else 0,
            cut.minutes if cut else 10, row.fee_fen, row.kind, row.location, cut.starts if cut else None,
            cut.kept if cut else 0,
        )  # fmt: skip
        if row.state != ClinicState.OPEN:
            return plan, "source_closed"
        if plan.doctor_id not in self.staying:
            return plan, "left"
        if cut is None:
            return plan, "odd"
        if plan.day < self.context.today or plan.slots()[-1].starts_at < self.context.now:
            return plan, "past"
        if plan.place not in self.targets and any(self._lies_in(plan, each) for each in self.suspensions):
            return plan, "suspended"
        return plan, ""

    def _lies_in(self, plan: ClinicPlan, row: Record) -> bool:
        """A suspension that is going on would close it at once."""
        if row.doctor_id is not None and row.doctor_id != plan.doctor_id:
            return False
        within = row.department_id is None or plan.department_id in self.context.directory.within(
            row.department_id
        )
        half = row.period is None or row.period == plan.period.value
        slots = plan.slots()
        ends = slots[-1].starts_at + timedelta(minutes=slots[-1].minutes)
        return within and half and slots[0].starts_at < row.ends_at and ends > row.starts_at

    def _booked_ever(self, there: Standing) -> bool:
        """Then it cannot be cut anew without moving somebody."""
        ever = select(S.c.id).where(S.c.clinic_id == there.clinic.id, S.c.id.in_(select(E.c.to_slot_id)))
        return self.uow.connection.execute(ever.limit(1)).first() is not None


def _days(monday: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return C.c.day >= monday, C.c.day < monday + _WEEK
