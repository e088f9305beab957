"""考核依据 (R20, R22): a period's figures, whose they are, and the numbers of the rows each was counted from.

No patient's name or phone; colleagues as 工号, doctors of a ward by the name their register has.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from sqlalchemy import select

from bot.domain.clock import local
from bot.services.context import Context
from bot.services.figures import attendance, demand, evidence_rows, kpi, rates
from bot.services.figures.among import Among, By, Counted
from bot.services.figures.kpi import Figure
from bot.services.figures.rate_tables import rate_table
from bot.services.figures.table import Column, Row, Share, Table
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Doctor

IDS = 100
"""Numbers of rows in one cell; the sheets of single rows hold all of them."""
_COLUMNS = (
    Column("指标", 16), Column("结果", 10), Column("分子", 10), Column("分母", 10), Column("分子、分母是什么", 40),
    Column("未达到的记录编号", 60),
)  # fmt: skip
Ids = Mapping[tuple[str, ...], list[int]]


def tables(uow: UnitOfWork, context: Context, among: Among, hospital: str) -> Iterator[Table]:
    """One sheet each."""
    about = f"统计期：{among.term}　生成：{local(context.now):%Y-%m-%d %H:%M}"
    formulas: list[Row] = [
        (figure.title, f"{each}。") for figure in kpi.FIGURES.values() for each in figure.formula
    ]
    yield Table(
        "说明", f"{hospital}考核依据", (Column("指标", 16), Column("怎么算", 100)), formulas, (about,)
    )
    ids = _ids(uow, among)
    numbers = {row.id: row.staff_no for row in uow.connection.execute(select(_D.c.id, _D.c.staff_no))}
    for by in (By.DEPARTMENT, By.DOCTOR, By.CHANNEL):
        rows = _figures(uow, context, among, by, ids, numbers)
        columns = (Column("工号" if by is By.DOCTOR else kpi.BY_TITLES[by], 24), *_COLUMNS)
        yield Table(f"按{kpi.BY_TITLES[by]}", f"各{kpi.BY_TITLES[by]}指标", columns, rows, (about,))
    line, target = context.settings.followup_line, context.settings.followup_target
    for keys, names in ((("ward",), ("病区",)), (("ward", "doctor"), ("病区", "经管医生"))):
        found = rates.rates(uow, among.term, context.today, by=keys, whose=among.whose)
        name = f"回访率（{'、'.join(names)}）"
        yield rate_table(name, map(asdict, found), names, line, target, f"出院日期：{among.term}")
    yield from evidence_rows.tables(uow, context, among, about)


_D = table(Doctor)


def _ids(uow: UnitOfWork, among: Among) -> dict[str, Ids]:
    """By figure, and by department or doctor, the rows that were not reached."""
    directory = among.directory
    wished: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for department, doctor, number in demand.unmet_ids(uow, among):
        if department is not None:
            _put(wished, directory.departments[department].name, doctor, number)
    missed: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for department, doctor, number in attendance.ids(uow, among):
        _put(missed, directory.departments[department].name, doctor, number)
    return {kpi.SUCCESS.name: wished, kpi.NO_SHOW.name: missed}


def _put(ids: dict[tuple[str, ...], list[int]], department: str, doctor: int | None, number: int) -> None:
    ids[department,].append(number)
    if doctor is not None:
        ids[department, str(doctor)].append(number)


def _figures(
    uow: UnitOfWork, context: Context, among: Among, by: By, ids: Mapping[str, Ids], numbers: Mapping[int, str]
) -> list[Row]:  # fmt: skip
    rows: list[Row] = []
    for figure in kpi.FIGURES.values():
        if by not in figure.by or kpi.too_many(uow, context, figure, among):
            continue
        mine = ids.get(figure.name, {})
        for bar in figure.count(uow, context, among, by):
            told = told_ids(mine.get(bar.key, ()))
            rows.append(
                (
                    _who(figure, by, bar, numbers), figure.title, Share(bar.part, bar.whole), bar.part, bar.whole,
                    f"{figure.part}÷{figure.divisor}", told,
                )
            )  # fmt: skip
    return rows


def _who(figure: Figure, by: By, bar: Counted, numbers: Mapping[int, str]) -> str:
    """A clinic's doctor by 工号; a ward's has none in what the hospital imports."""
    if by is not By.DOCTOR or By.WARD in figure.by or len(bar.key) < 2:
        return bar.name
    return numbers[int(bar.key[1])]


def told_ids(ids: Iterable[int]) -> str:
    """#1、#2 …"""
    found = list(ids)
    told = "、".join(f"#{each}" for each in found[:IDS])
    return told if len(found) <= IDS else f"{told} …共 {len(found)} 个，全部见明细表"
