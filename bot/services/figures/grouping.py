"""Groups of a clinic's rows as bars: by department, doctor or channel, with the names staff know them by."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func

from bot.domain.demand import channel_name
from bot.services.figures.among import Among, By, Counted

UNNAMED = "没说科室"
NO_DOCTOR = "没指定医生"


def columns(
    by: By | None, department: ColumnElement[Any], doctor: ColumnElement[Any], channel: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    """What to group by; nothing: one total."""
    match by:
        case By.DEPARTMENT:
            return [department]
        case By.DOCTOR:
            return [department, doctor]
        case By.CHANNEL:
            return [channel]
        case _:
            return []


def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def bars(rows: Iterable[Sequence[Any]], by: By | None, among: Among) -> list[Counted]:
    """Rows of the grouped columns, then part, whole and more; the most cases first."""
    width = {None: 0, By.DOCTOR: 2}.get(by, 1)
    found = []
    for row in rows:
        group, (part, whole, *more) = tuple(row[:width]), (int(n or 0) for n in row[width:])
        key, name = named(by, group, among)
        found.append(Counted(key, name, part, whole, tuple(more)))
    return sorted(found, key=lambda each: (-each.whole, each.name))


def named(by: By | None, group: tuple[Any, ...], among: Among) -> tuple[tuple[str, ...], str]:
    """Where a bar leads to, and what it is called."""
    directory = among.directory
    match by:
        case By.DEPARTMENT:
            name = directory.departments[group[0]].name if group[0] is not None else ""
            return (name or UNNAMED,), name or UNNAMED
        case By.DOCTOR:
            where = directory.departments[group[0]].name if group[0] is not None else ""
            who = directory.doctors[group[1]].name if group[1] is not None else NO_DOCTOR
            key = (where, str(group[1])) if where and group[1] is not None else ()
            return key, f"{where or UNNAMED} {who}"
        case By.CHANNEL:
            return (str(group[0]),), channel_name(str(group[0]))
        case _:
            return (), "合计"
