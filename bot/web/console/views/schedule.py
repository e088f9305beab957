"""排班: a department's week; clinics marked on it as one stretch lead to the suspension of that stretch."""

from datetime import timedelta

from flask import redirect, request
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.views import Period
from bot.services.desk_booking import week
from bot.services.scheduling.ranging import Stretch, stretch
from bot.web.console import asked, booking_words, pages, picking, schedule_words
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render
from bot.web.console.whose import departments

_P = Permission
_MOST = 500
"""Cells one request marks."""


def install(console: Console) -> None:
    @console.page("/schedule", _P.SCHEDULE_SEE, title="排班", section="门诊", position=30)
    def schedule(me: Viewer) -> ResponseReturnValue:
        return _page(me)

    @console.page("/schedule/suspend", _P.SUSPENSION_START, title="停诊所选", parent="schedule")
    def schedule_suspend(me: Viewer) -> ResponseReturnValue:
        """The boxes of the grid as doctor, days and half-day; then the wizard decides."""
        context = console.hospital.acting(me.actor)
        among = departments(me, _P.SUSPENSION_START, context)
        cells = (asked.whole(each) for each in request.args.getlist("cell")[:_MOST])
        marked = {each for each in cells if each is not None}
        with console.db.read() as uow:
            found = stretch(uow, context, among, marked)
        if not isinstance(found, Stretch):
            return _page(me, schedule_words.NO_STRETCH[found.why], marked)
        where = _wizard(console, me, found)
        return redirect(where, 303) if where else _page(me, schedule_words.NO_STRETCH["nowhere"], marked)

    def _page(me: Viewer, refused: str = "", marked: set[int] | None = None) -> ResponseReturnValue:
        if not me.may(_P.SCHEDULE_SEE):
            raise NotThere
        context = console.hospital.acting(me.actor)
        ours = departments(me, _P.SCHEDULE_SEE, context)
        listed = [view for view in context.directory.listed_departments if view.id in ours]
        asked_for = picking.number("department")
        department = asked_for or (listed[0].id if listed else None)
        if asked_for is not None and asked_for not in ours:
            raise NotThere
        day = asked.day("day") or context.today
        monday = day - timedelta(days=day.weekday())
        with console.db.read() as uow:
            lines = [] if department is None else week.week(uow, context, department, monday)
        return render(
            "schedule.html", lines=lines, departments=listed, department=department, monday=monday, day=day,
            days=[monday + timedelta(days=n) for n in range(7)], periods=_periods(lines), today=context.today,
            week=timedelta(days=7), words=booking_words, refused=refused, marked=marked or set(),
            status=422 if refused and marked else 200,
        )  # fmt: skip


def _wizard(console: Console, me: Viewer, found: Stretch) -> str:
    """Empty while there is no such page."""
    period = {} if found.period is None else {"period": found.period.value}
    days = {"since": found.since.isoformat(), "until": found.until.isoformat()}
    return pages.address(console.pages, me, "suspension_new", doctor_id=found.doctor_id, **days, **period)


def _periods(lines: list[week.Line]) -> list[Period]:
    """Evenings only where there are any."""
    evening = any(period is Period.EVENING for line in lines for _, period in line.cells)
    return [Period.AM, Period.PM, *([Period.EVENING] if evening else [])]
