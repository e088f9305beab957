"""出诊 from a table: a half-day a row, cut into slots of at most 30 minutes and numbered seats."""

from datetime import date, time

from sqlalchemy import select

from bot.domain.timetable import HOURS, room
from bot.domain.views import Period
from bot.services.clinics import ClinicPlan, Place, add_clinics
from bot.services.reshape import Standing, reshape, standing
from bot.services.sheets import Column, Columns, Line
from bot.store.db import UnitOfWork
from bot.store.models import Department, Doctor

COLUMNS: Columns = {
    "day": Column("日期", ("出诊日期", "date"), required=True),
    "period": Column("午别", ("上下午", "上/下午", "时段", "半天", "half"), required=True),
    "staff_no": Column("工号", ("医生工号",)),
    "doctor": Column("医生", ("姓名", "医生姓名", "name")),
    "department": Column("科室", ("出诊科室", "科室名称")),
    "seats": Column("号数", ("号源数", "限号", "限号数", "capacity"), required=True),
    "minutes": Column("每号分钟", ("每号时长", "分钟", "minutes each")),
    "fee": Column("费用", ("挂号费", "价格"), required=True),
    "kind": Column("号别", ("号类", "号种")),
    "location": Column("诊室", ("地点", "位置", "room")),
    "starts": Column("开始时间", ("开始", "start")),
}
_PERIODS = {
    "上午": Period.AM, "am": Period.AM, "早上": Period.AM,
    "下午": Period.PM, "pm": Period.PM,
    "晚上": Period.EVENING, "夜间": Period.EVENING, "夜": Period.EVENING, "evening": Period.EVENING,
}  # fmt: skip
_KINDS = ("普通号", "专家号", "特需号")


def write(
    uow: UnitOfWork, rows: list[Line], today: date, displaced: list[int] | None = None
) -> tuple[int, int]:
    """New clinics are inserted in bulk; those that are there are brought to what the row says.  ``displaced`` takes
    the appointments that lose their seats by it; without it such a row is refused."""
    roll = Roll(uow)
    plans = [(line, plan) for line in rows if (plan := plan_of(line, roll)) is not None]
    there = _standing(uow, [plan for _, plan in plans])
    seen: dict[Place, int] = {}
    fresh: list[ClinicPlan] = []
    changed = 0
    for line, plan in plans:
        if plan.place in seen:
            line.fail("day", f"与第 {seen[plan.place]} 行是同一位医生的同一个半天")
            continue
        seen[plan.place] = line.number
        if plan.place in there:
            changed += _reshaped(uow, line, there[plan.place], plan, displaced)
        elif plan.day < today:
            line.fail("day", "日期已过")
        else:
            fresh.append(plan)
    if any(line.errors for line in rows):
        return len(fresh), changed
    return add_clinics(uow, fresh), changed


def _standing(uow: UnitOfWork, plans: list[ClinicPlan]) -> dict[Place, Standing]:
    days = [plan.day for plan in plans]
    return standing(uow, min(days), max(days)) if days else {}


def _reshaped(
    uow: UnitOfWork, line: Line, there: Standing, plan: ClinicPlan, displaced: list[int] | None
) -> bool:
    result = reshape(uow, there, plan, told=line.cells.keys(), displaced=displaced)
    if isinstance(result, str):
        line.fail("seats", result)
        return False
    return result


class Roll:
    """Doctors by 工号 and by name, departments by name."""

    def __init__(self, uow: UnitOfWork) -> None:
        doctors = list(uow.session.scalars(select(Doctor).where(Doctor.active)))
        self.by_number = {doctor.staff_no: doctor for doctor in doctors}
        self.by_name: dict[str, list[Doctor]] = {}
        for doctor in doctors:
            self.by_name.setdefault(doctor.name, []).append(doctor)
        rows = uow.session.execute(select(Department.name, Department.id))
        self.departments: dict[str, int] = {row.name: row.id for row in rows}

    def doctor(self, line: Line, department_id: int | None) -> Doctor | None:
        """工号 decides; a name does where only one doctor, or only one of that department, has it."""
        number, name = line.text("staff_no"), line.text("doctor")
        if number:
            doctor = self.by_number.get(number)
            if doctor is None:
                line.fail("staff_no", f"没有工号为「{number}」的在岗医生")
            elif name and doctor.name != name:
                line.fail("doctor", f"工号 {number} 是「{doctor.name}」，不是「{name}」")
            return doctor
        named = self.by_name.get(name, [])
        some = [d for d in named if d.department_id == department_id] if len(named) > 1 else named
        if len(some) == 1:
            return some[0]
        if not name:
            line.fail("doctor", "工号和医生至少填一个")
        else:
            line.fail("doctor", f"有多位「{name}」，请填工号" if named else f"没有医生「{name}」")
        return None


def plan_of(line: Line, roll: Roll) -> ClinicPlan | None:
    """The clinic of a row; None, with its mistakes in the row, where it cannot be read."""
    department = line.text("department")
    department_id = roll.departments.get(department)
    if department and department_id is None:
        line.fail("department", f"没有科室「{department}」")
    doctor = roll.doctor(line, department_id)
    day, period, starts = line.day("day"), _period(line), line.moment("starts")
    minutes = line.integer("minutes", 2, 120, default=10)
    seats, fee, kind = line.integer("seats", 1, 500), line.fen("fee"), _kind(line)
    location = line.text("location", longest=128)
    if period and minutes and seats:
        _check_room(line, period, minutes, seats, starts)
    if line.errors or not (doctor and day and period and minutes and seats) or fee is None:
        return None
    return ClinicPlan(
        doctor_id=doctor.id,
        department_id=department_id or doctor.department_id,
        day=day,
        period=period,
        seats=seats,
        minutes_each=minutes,
        fee_fen=fee,
        kind=kind,
        location=location,
        starts=starts,
    )


def _period(line: Line) -> Period | None:
    text = line.text("period").lower()
    if text and text not in _PERIODS:
        line.fail("period", f"「{text}」应为 上午、下午 或 晚上")
    return _PERIODS.get(text)


def _kind(line: Line) -> str:
    text = line.text("kind", longest=16) or "普通号"
    kind = text if text.endswith("号") else text + "号"
    if kind not in _KINDS:
        line.fail("kind", f"「{text}」应为 {'、'.join(_KINDS)}")
    return kind


def _check_room(line: Line, period: Period, minutes: int, seats: int, starts: time | None) -> None:
    begin, end = HOURS[period]
    if starts is not None and not starts < end:
        line.fail("starts", f"{starts:%H:%M} 不在这个半天里（{end:%H:%M} 前）")
        return
    most = room(period, minutes, starts)
    if seats > most:
        span = f"{starts or begin:%H:%M}–{end:%H:%M}"
        line.fail("seats", f"{span} 每号 {minutes} 分钟最多 {most} 个号")
