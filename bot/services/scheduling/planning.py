"""A clinic as somebody typed it, read by the rules of the office's table (`bot.services.import_clinics`)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from bot.services.clinics import C, ClinicPlan
from bot.services.context import Context
from bot.services.import_clinics import COLUMNS, Roll, plan_of
from bot.services.reshape import standing_of
from bot.services.scheduling.shaping import shape
from bot.services.sheets import Line
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Doctor

KINDS = ("普通号", "专家号", "特需号")
TYPED = ("kind", "seats", "minutes", "fee", "location", "starts")
"""What can be changed of a clinic; whose it is and when cannot."""
_BY_HEAD = {column.head: key for key, column in COLUMNS.items()}
_D = table(Doctor)
_KEPT = "号都不对外的时候不能改这一项，请先放出至少一个号"
Wrong = dict[str, str]
"""What is wrong with which field, in Chinese."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A clinic as the form shows it at first."""

    doctor_id: int
    place: Mapping[str, str]
    cells: Mapping[str, str]


def read(
    uow: UnitOfWork, context: Context, doctor_id: int | None, cells: Mapping[str, str]
) -> ClinicPlan | Wrong:
    """``cells`` by the keys of `COLUMNS`.  A half-day that is over cannot be planned any more."""
    staff_no = uow.connection.execute(select(_D.c.staff_no).where(_D.c.id == doctor_id)).scalar()
    if staff_no is None:
        return {"doctor": "请选医生"}
    line = Line(1, {**cells, "staff_no": str(staff_no)}, COLUMNS)
    plan = plan_of(line, Roll(uow))
    wrong = {_BY_HEAD[error.column]: error.reason for error in line.errors}
    if plan is None or wrong:
        return wrong
    last = plan.slots()[-1]
    if plan.day < context.today or last.starts_at + timedelta(minutes=last.minutes) <= context.now:
        return {"day": "这个半天已经过去了，不能再排"}
    return plan


def reread(uow: UnitOfWork, context: Context, there: Typed, said: Mapping[str, str]) -> ClinicPlan | Wrong:
    """What a clinic is to become.  One of which patients get no number stays so: its kind, fee and room may change,
    and how it is cut may not, for there is nothing to cut."""
    cells = {**there.place, **said}
    if not said["seats"] == there.cells["seats"] == "0":
        return read(uow, context, there.doctor_id, cells)
    if wrong := {name: _KEPT for name in ("minutes", "starts") if said[name] != there.cells[name]}:
        return wrong
    plan = read(uow, context, there.doctor_id, cells | {"seats": "1"})
    return replace(plan, seats=0) if isinstance(plan, ClinicPlan) else plan


def typed(uow: UnitOfWork, context: Context, among: Collection[int], clinic_id: int) -> Typed | None:
    """None: no such clinic of these departments."""
    which = (C.c.id == clinic_id) & C.c.department_id.in_(sorted(among))
    there = next(iter(standing_of(uow, which).values()), None)
    if there is None:
        return None
    row, cut = there.clinic, shape(there)
    place = {
        "department": context.directory.departments[row.department_id].name, "day": row.day.isoformat(),
        "period": row.period,
    }  # fmt: skip
    cells = {
        "kind": row.kind,
        "fee": f"{row.fee_fen / 100:.2f}".rstrip("0").rstrip("."),
        "location": row.location,
    }
    division = {"seats": "", "minutes": "", "starts": ""}
    if cut is not None:
        division = {"seats": str(cut.open), "minutes": str(cut.minutes), "starts": f"{cut.starts:%H:%M}"}
    return Typed(row.doctor_id, place, cells | division)
