"""报表 (R32): every week's, month's and year's report, read, printed, taken away; whose signature is missing (R41)."""

from datetime import timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import audit
from bot.services.figures import periods
from bot.services.figures import reports as keeping
from bot.services.figures.periods import ReportKind
from bot.services.figures.report_tables import TITLES, tables, title_of_report
from bot.services.figures.reports import Kept
from bot.services.followup import queue, signing
from bot.web.console import asked as addresses
from bot.web.console import downloads
from bot.web.console.console import Console
from bot.web.console.figures_asked import written_day
from bot.web.console.problems import NotThere
from bot.web.console.render import render

_P = Permission


def install(console: Console) -> None:
    hospital = console.settings.hospital_name

    @console.page("/reports", _P.REPORTS_SEE, title="报表", section="统计", position=30)
    def reports(me: Viewer) -> ResponseReturnValue:
        return _list(me, addresses.page_number())

    @console.page("/reports/<int:report_id>", _P.REPORTS_SEE, title="报表内容", parent="reports")
    def report(me: Viewer, report_id: int) -> ResponseReturnValue:
        with console.db.read() as uow:
            waiting = keeping.awaited(uow, report_id)
        if waiting is not None:
            return render(
                "reports/waiting.html", part="reports/_waiting.html", waiting=waiting, titles=TITLES
            )
        kept = _kept(report_id)
        if request.headers.get("HX-Request") == "true":  # the page that waited for it
            return console.go(url_for("console.report", report_id=report_id))
        return render("report.html", report=kept, title=title_of_report(kept), tables=tables(kept, hospital))

    @console.act("/reports/<int:report_id>/export", _P.REPORTS_EXPORT, costly=True)
    def report_export(me: Viewer, report_id: int) -> ResponseReturnValue:
        kept, context = _kept(report_id), console.hospital.acting(me.actor)
        console.db.run(lambda uow: audit(uow, context, "report.exported", f"report:{report_id}"))
        return downloads.workbook(tables(kept, hospital), f"{TITLES[kept.kind]}-{kept.term.since}")

    @console.act("/reports/make", _P.REPORTS_EXPORT)
    def report_make(me: Viewer) -> ResponseReturnValue:
        """Of a period that is over; it is made once and stays as it is."""
        kind, day = request.form.get("kind", ""), written_day("day")
        if kind not in set(ReportKind) or day is None:
            return _list(me, refused="请选哪种报表，并填那一周、那个月或那一年里的任意一天。")
        if not me.scope(_P.REPORTS_EXPORT).everything:
            return _list(me, refused="报表是全院的，由医务科、护理部或数据分析师生成。", status=403)
        context = console.hospital.acting(me.actor)
        term = periods.period(ReportKind(kind), day)
        if not keeping.finished(term, context.now):
            return _list(me, refused=f"{term.words}还没有结束，结束后第二天早上 7 点才能生成。")
        with console.db.read() as uow:
            first = keeping.begun(uow)
        if first is None or first >= term.until:
            return _list(me, refused=f"{term.words}没有出院记录，没有可统计的内容。")
        number, new = console.db.run(lambda uow: keeping.ask(uow, context, ReportKind(kind), term))
        words = "开始生成。" if new else "这一期早已生成，生成后不再改动。"
        return console.go(url_for("console.report", report_id=number), "good", words)

    def _list(me: Viewer, number: int = 1, refused: str = "", status: int = 422) -> ResponseReturnValue:
        """What was asked for stays in the form, where it could not be made."""
        scope = me.scope(_P.REPORTS_SEE)
        last = today_of(console.clock).replace(day=1) - timedelta(days=1)
        with console.db.read() as uow:
            lines, more = keeping.page(uow, number)
            wards = queue.wards(uow, scope)
            unsigned = [each for each in signing.missing(uow, last, wards) if each.roles] if wards else []
        return render(
            "reports.html", lines=lines, more=more, number=number, titles=TITLES, last=last, unsigned=unsigned,
            roles=signing.ROLES, everything=scope.everything, refused=refused, given=request.form,
            status=status if refused else 200,
        )  # fmt: skip

    def _kept(report_id: int) -> Kept:
        with console.db.read() as uow:
            found = keeping.kept(uow, report_id)
        if found is None:
            raise NotThere
        return found
