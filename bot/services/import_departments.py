"""科室 from a table."""

from datetime import date
from typing import Any

from sqlalchemy import select

from bot.services.sheets import Column, Columns, Line
from bot.store.db import UnitOfWork
from bot.store.models import Department

COLUMNS: Columns = {
    "name": Column("科室名称", ("科室", "名称", "department"), required=True),
    "code": Column("科室编码", ("编码", "代码", "科室代码")),
    "parent": Column("上级科室", ("上级", "所属科室")),
    "aliases": Column("别名", ("俗称", "alias")),
    "location": Column("位置", ("地点", "楼层")),
    "notes": Column("就诊须知", ("须知", "备注")),
    "active": Column("启用", ("是否启用",)),
}


def write(uow: UnitOfWork, rows: list[Line], today: date) -> tuple[int, int]:
    """Known by code, else by name.  Parents may come later in the file than their children."""
    there = list(uow.session.scalars(select(Department).order_by(Department.id)))
    by_code, by_name = {d.code: d for d in there}, {d.name: d for d in there}
    added = 0
    wanted: list[tuple[Line, Department, bool, dict[str, Any]]] = []
    seen: dict[str, int] = {}
    for line in rows:
        values = _values(line)
        if values["name"] in seen:
            line.fail("name", f"与第 {seen[values['name']]} 行重复")
        if line.errors:
            continue
        seen[values["name"]] = line.number
        department = by_code.get(values["code"]) or by_name.get(values["name"])
        fresh = department is None
        if department is None:
            department = Department(position=len(by_code), **values)
            uow.session.add(department)
            added += 1
        by_code[values["code"]] = by_name[values["name"]] = department
        wanted.append((line, department, fresh, values))
    _check_aliases(wanted, there)
    if any(line.errors for line in rows):
        return added, 0
    changed = sum(_apply(line, department, values) for line, department, fresh, values in wanted if not fresh)
    uow.session.flush()
    moved = _link_parents(uow, wanted, by_name)
    return added, changed + moved


def _values(line: Line) -> dict[str, Any]:
    name = line.text("name")
    return {
        "name": name,
        "code": line.text("code", longest=32) or name[:32],
        "aliases": line.words("aliases"),
        "location": line.text("location", longest=128),
        "notes": line.text("notes", longest=1000),
        "active": line.flag("active", default=True),
    }


def _apply(line: Line, department: Department, values: dict[str, Any]) -> bool:
    """A column that is not in the file leaves its values alone, an empty code the code."""
    told = {name for name in line.cells if name != "code" or line.cells[name]}
    different = [
        name for name, value in values.items() if name in told and getattr(department, name) != value
    ]
    for name in different:
        setattr(department, name, values[name])
    return bool(different)


def _check_aliases(
    wanted: list[tuple[Line, Department, bool, dict[str, Any]]], there: list[Department]
) -> None:
    """A word that means two departments means none."""
    touched = {id(department) for _, department, _, _ in wanted}
    owners = {word: d.name for d in there if id(d) not in touched for word in (d.name, *d.aliases)}
    owners |= {values["name"]: values["name"] for _, _, _, values in wanted}
    for line, _, _, values in wanted:
        for word in values["aliases"]:
            if owners.setdefault(word, values["name"]) != values["name"]:
                line.fail("aliases", f"「{word}」已经是 {owners[word]} 的名称或别名")


def _link_parents(
    uow: UnitOfWork,
    wanted: list[tuple[Line, Department, bool, dict[str, Any]]],
    by_name: dict[str, Department],
) -> int:
    moved = 0
    for line, department, fresh, _ in wanted:
        if "parent" not in line.cells:
            continue
        name = line.cells["parent"]
        parent = by_name.get(name) if name else None
        if name and (parent is None or _above(parent, department, by_name)):
            line.fail("parent", f"没有科室「{name}」" if parent is None else "科室不能是自己的上级")
            continue
        parent_id = parent.id if parent else None
        if department.parent_id != parent_id:
            department.parent_id = parent_id
            moved += not fresh
    uow.session.flush()
    return moved


def _above(parent: Department, child: Department, by_name: dict[str, Department]) -> bool:
    """Whether ``child`` stands somewhere above ``parent``: that would be a circle."""
    by_id = {d.id: d for d in by_name.values()}
    step: Department | None = parent
    for _ in range(len(by_id) + 1):
        if step is None or step is child:
            break
        step = by_id.get(step.parent_id) if step.parent_id is not None else None
    return step is child
