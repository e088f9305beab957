"""医生 from a table."""

from datetime import date
from typing import Any

from sqlalchemy import select

from bot.services.sheets import Column, Columns, Line
from bot.store.db import UnitOfWork
from bot.store.models import Department, Doctor

COLUMNS: Columns = {
    "staff_no": Column("工号", ("医生工号", "职工号"), required=True),
    "name": Column("姓名", ("医生", "医生姓名", "doctor"), required=True),
    "title": Column("职称", ("专业技术职务",), required=True),
    "department": Column("科室", ("科室名称", "所属科室"), required=True),
    "specialty": Column("擅长", ("专长", "特长", "简介")),
    "aliases": Column("别名", ("alias",)),
    "active": Column("在岗", ("启用", "是否在岗")),
}


def write(uow: UnitOfWork, rows: list[Line], today: date) -> tuple[int, int]:
    """Known by 工号: two doctors may share a name."""
    doctors = {doctor.staff_no: doctor for doctor in uow.session.scalars(select(Doctor))}
    departments: dict[str, int] = {
        name: key for key, name in uow.session.execute(select(Department.id, Department.name))
    }
    added = changed = 0
    seen: dict[str, int] = {}
    for line in rows:
        values = _values(line, departments)
        number = values["staff_no"]
        if number in seen:
            line.fail("staff_no", f"与第 {seen[number]} 行重复")
        if line.errors:
            continue
        seen[number] = line.number
        if number in doctors:
            changed += _apply(line, doctors[number], values)
        else:
            uow.session.add(Doctor(**values))
            added += 1
    if not any(line.errors for line in rows):
        uow.session.flush()
    return added, changed


def _values(line: Line, departments: dict[str, int]) -> dict[str, Any]:
    department = line.text("department")
    if department and department not in departments:
        line.fail("department", f"没有科室「{department}」")
    return {
        "staff_no": line.text("staff_no", longest=32),
        "name": line.text("name"),
        "title": line.text("title", longest=32),
        "department_id": departments.get(department),
        "specialty": line.text("specialty", longest=500),
        "aliases": line.words("aliases"),
        "active": line.flag("active", default=True),
    }


def _apply(line: Line, doctor: Doctor, values: dict[str, Any]) -> bool:
    """A column that is not in the file leaves its values alone."""
    absent = COLUMNS.keys() - line.cells.keys()
    different = [
        name for name, value in values.items() if name not in absent and getattr(doctor, name) != value
    ]
    for name in different:
        setattr(doctor, name, values[name])
    return bool(different)
