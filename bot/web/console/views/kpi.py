"""指标 (R21, R11, R20): each figure with its formula and numbers, by department, doctor or channel, and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import audit
from bot.services.figures import balance, behind, demand, evidence, kpi
from bot.services.figures.among import FEW, Among, By, Counted
from bot.services.figures.kpi import Figure
from bot.services.followup import queue
from bot.web.console import asked as addresses
from bot.web.console import downloads, kpi_asked
from bot.web.console.console import Console
from bot.web.console.kpi_asked import Asked
from bot.web.console.problems import NotThere, Problem
from bot.web.console.render import render

_P = Permission
DRAWN = 40
"""Bars that can still be told apart."""
MOST = 300
"""Rows of one table."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, one bar of the chart."""

    bar: Counted
    where: str
    """The rows behind it; empty: they cannot be asked for."""


def install(console: Console) -> None:
    @console.page("/kpi", _P.REPORTS_SEE, title="指标", section="统计", position=5)
    def kpis(me: Viewer) -> ResponseReturnValue:
        wanted, among = _asked(me)
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            tiles = [
                (figure, answers := kpi.too_many(uow, context, figure, among),
                 None if answers else kpi.total(uow, context, figure, among))
                for figure in kpi.FIGURES.values()
            ]  # fmt: skip
        return render("kpi.html", asked=wanted, among=among, tiles=tiles, **_choices(among, me, None))

    @console.page("/kpi/<name>", _P.REPORTS_SEE, title="指标明细", parent="kpis")
    def kpi_figure(me: Viewer, name: str) -> ResponseReturnValue:
        figure, (wanted, among) = _figure(name), _asked(me)
        by, context = kpi_asked.by_of(figure), console.hospital.acting(me.actor)
        with console.db.read() as uow:
            answers = kpi.too_many(uow, context, figure, among)
            bars = () if answers else figure.count(uow, context, among, by)
            total = None if answers else kpi.total_of(uow, context, figure, among, bars)
            reasons = demand.outcomes(uow, among) if figure is kpi.SUCCESS else {}
            wards = queue.wards(uow, me.scope(_P.REPORTS_SEE)) if By.WARD in figure.by else ()
        return render(
            "kpi/figure.html", figure=figure, asked=wanted, among=among, by=by, total=total, answers=answers,
            lines=[Line(bar, _behind(figure, wanted, by, bar)) for bar in bars[:MOST]], drawn=DRAWN,
            left_out=max(len(bars) - MOST, 0), reasons=reasons, few=FEW, uncounted=demand.UNCOUNTED, most=kpi.ANSWERS,
            outcomes=behind.OUTCOMES, titles=kpi.BY_TITLES, wards=wards,
            spread=balance.spread(bars) if figure is kpi.BALANCE else None, **_choices(among, me, figure),
        )  # fmt: skip

    @console.page("/kpi/<name>/rows", _P.REPORTS_SEE, title="明细记录", parent="kpis")
    def kpi_rows(me: Viewer, name: str) -> ResponseReturnValue:
        figure, (wanted, among), number = _figure(name), _asked(me), addresses.page_number()
        outcome = addresses.word("outcome", 24)
        if outcome and outcome not in behind.OUTCOMES:
            raise Problem(400, "没有这种结果。请从指标页点进来。")
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            found = behind.listing(uow, context, figure, among, number, outcome)
        query = wanted.query | ({"outcome": outcome} if outcome else {}) | {"name": name}
        return render(
            "kpi/rows.html", figure=figure, asked=wanted, among=among, found=found, number=number, query=query,
            outcome=outcome, outcomes=behind.OUTCOMES,
        )  # fmt: skip

    @console.act("/kpi/evidence", _P.REPORTS_EXPORT, costly=True)
    def kpi_evidence(me: Viewer) -> ResponseReturnValue:
        """考核依据 of the period: everybody's within the scope, whatever the page was narrowed to."""
        _, among = _asked(me, exporting=True)
        if request.form.get("as") != "xlsx":
            raise Problem(400, "请从指标页点“下载考核依据”。")
        among = Among(among.term, among.directory, among.scope)
        context = console.hospital.acting(me.actor)
        console.db.run(lambda uow: audit(uow, context, "evidence.exported", "evidence", term=str(among.term)))
        with console.db.read() as uow:
            sheets = evidence.tables(uow, context, among, console.settings.hospital_name)
            return downloads.workbook(sheets, f"考核依据-{among.term.since}")

    @console.act("/kpi/<name>/export", _P.REPORTS_EXPORT, costly=True)
    def kpi_export(me: Viewer, name: str) -> ResponseReturnValue:
        """As a workbook, or as a page for the printer."""
        figure, (_, among) = _figure(name), _asked(me, exporting=True)
        by, kind, context = (
            kpi_asked.by_of(figure),
            request.form.get("as", ""),
            console.hospital.acting(me.actor),
        )
        if kind not in ("xlsx", "print"):
            raise Problem(400, "请选下载还是打印。")
        with console.db.read() as uow:
            if answers := kpi.too_many(uow, context, figure, among):
                raise Problem(400, f"这段时间有 {answers:,} 份问卷，太多了。请把期间改短，或选一个病区。")
            bars = figure.count(uow, context, among, by)
            total = kpi.total_of(uow, context, figure, among, bars)
        about = {"term": str(among.term), "by": by.value, "kind": kind}
        console.db.run(lambda uow: audit(uow, context, "kpi.exported", f"kpi:{figure.name}", **about))
        table = kpi.table_of(figure, bars, total, by, f"{console.settings.hospital_name}　{_about(among)}")
        if kind == "print":
            return render("registers/print.html", table=table, landscape=True, full=False)
        return downloads.workbook([table], f"{figure.title}-{among.term.since}")

    def _figure(name: str) -> Figure:
        if name not in kpi.FIGURES:
            raise NotThere
        return kpi.FIGURES[name]

    def _asked(me: Viewer, *, exporting: bool = False) -> tuple[Asked, Among]:
        directory = console.hospital.acting(me.actor).directory
        wanted = kpi_asked.asked(today_of(console.clock), directory)
        more = (_P.REPORTS_EXPORT,) if exporting else ()
        return wanted, wanted.among(me.scope(_P.REPORTS_SEE, *more), directory)

    def _choices(among: Among, me: Viewer, figure: Figure | None) -> dict[str, Any]:
        """Departments of theirs, and the doctors of the one that was chosen."""
        directory, mine = (
            among.directory,
            Among(among.term, among.directory, me.scope(_P.REPORTS_SEE)).departments,
        )
        doctors = [each for each in directory.doctors.values() if each.department_id in among.departments]
        return {
            "spans": kpi_asked.SPANS,
            "channels": kpi_asked.channels(figure),
            "departments": [each.name for each in directory.listed_departments if each.id in mine],
            "doctors": sorted(doctors, key=lambda each: each.id) if among.department else (),
            "by_clinics": bool(mine),
            "demo": console.settings.demo,
        }


def _behind(figure: Figure, wanted: Asked, by: By, bar: Counted) -> str:
    if not bar.key:
        return ""
    query = wanted.query | kpi_asked.leads_to(by, bar.key, figure) | {"name": figure.name}
    return url_for("console.kpi_rows", **query)  # type: ignore[arg-type]


def _about(among: Among) -> str:
    """Period and filter, for the head of a printed table."""
    directory = among.directory
    doctor = "" if among.doctor is None else directory.doctors[among.doctor].name
    parts: Sequence[str] = (
        f"统计期：{among.term}", among.department, doctor, among.channel, among.ward, among.attending,
    )  # fmt: skip
    return "　".join(part for part in parts if part)
