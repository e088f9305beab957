"""回访率 (R30, R31): by ward, doctor, month or year, against the line and the target; every bar leads to its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.figures.overview import ANSWERS, KEYS, overview
from bot.services.figures.rate_tables import FORMULA, NUMBERS, verdict
from bot.services.figures.rates import Rate
from bot.services.figures.reasons import KINDS, LEVELS, title_of
from bot.services.followup import queue
from bot.settings import Settings
from bot.web.console import asked as addresses
from bot.web.console.console import Console
from bot.web.console.figures_asked import Asked, asked
from bot.web.console.render import render

_P = Permission
HEADS: Mapping[str, str] = {"ward": "病区", "doctor": "经管医生", "month": "月份", "year": "年份"}
MOST = 300
"""Rows on one screen."""
DRAWN = 40
"""Bars that can still be told apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, one bar of the chart."""

    name: str
    where: str
    """The rows behind it; empty: they cannot be asked for."""
    rate: Rate
    verdict: str

    @property
    def numbers(self) -> list[int]:
        return [getattr(self.rate, name) for name in NUMBERS]


def install(console: Console) -> None:
    @console.page("/rates", _P.REPORTS_SEE, title="回访率", section="统计", position=0)
    def rates(me: Viewer) -> ResponseReturnValue:
        today, scope = today_of(console.clock), me.scope(_P.REPORTS_SEE)
        wanted = asked(today.replace(day=1) - timedelta(days=1))  # of this month hardly anything is due yet
        by = addresses.word("by") if addresses.word("by") in KEYS else "ward"
        context, settings = console.hospital.acting(me.actor), console.settings
        with console.db.read() as uow:
            found = overview(uow, context, by, wanted.month, wanted.whose(scope))
            theirs = queue.wards(uow, scope)
        lines = [_line(rate, by, wanted, settings) for rate in found.rates]
        return render(
            "rates.html", asked=wanted, by=by, heads=HEADS, wards=theirs, found=found, lines=lines[:MOST],
            left_out=max(len(lines) - MOST, 0), drawn=DRAWN, numbers=NUMBERS, formula=FORMULA,
            line=settings.followup_line, target=settings.followup_target, most=ANSWERS,
            total=_line(found.total, "", wanted, settings) if found.total and found.total.discharged else None,
            title_of=title_of, levels=LEVELS, kinds=KINDS,
        )  # fmt: skip


def _line(rate: Rate, by: str, wanted: Asked, settings: Settings) -> Line:
    told = verdict(rate.on_time, rate.expected, settings.followup_line, settings.followup_target)
    return Line(_name(by, rate), _where(by, rate.key, wanted), rate, told)


def _name(by: str, rate: Rate) -> str:
    match by:
        case "":
            return "合计"
        case "month":
            return f"{rate.key[0][:4]}年{int(rate.key[0][4:])}月"
        case "year":
            return f"{rate.key[0]}年"
        case _:
            return " ".join(part or "未注明" for part in rate.key)


def _where(by: str, key: tuple[str, ...], wanted: Asked) -> str:
    """登记簿 of those discharged then; from a year to its months."""
    same = {name: said for name, said in wanted.query.items() if name != "by"}
    if by == "year":
        return _address("rates", same | {"by": "month", "month": f"{int(key[0]):04d}-01"})
    if not all(key):
        return ""
    match by:
        case "ward":
            same["ward"] = key[0]
        case "doctor":
            same["ward"], same["doctor"] = key
        case "month":
            same["month"] = f"{key[0][:4]}-{key[0][4:]}"
    return _address("register", same | {"by": "discharged"})


def _address(name: str, query: dict[str, str]) -> str:
    return url_for(f"console.{name}", **query)  # type: ignore[arg-type]
