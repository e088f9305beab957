"""排班: a department's week, and the 号 of one clinic.  Looks only."""

from datetime import timedelta

from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.views import Period
from bot.services.desk_booking import week, whom
from bot.web.console import asked, booking_words, picking
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render

_P = Permission


def install(console: Console) -> None:
    @console.page("/schedule", _P.SCHEDULE_SEE, title="排班", section="门诊", position=30)
    def schedule(me: Viewer) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        ours = whom.department_ids(me.scope(_P.SCHEDULE_SEE), context.directory)
        departments = [view for view in context.directory.listed_departments if view.id in ours]
        asked_for = picking.number("department")
        department = asked_for or (departments[0].id if departments else None)
        if asked_for is not None and asked_for not in ours:
            raise NotThere
        day = asked.day("day") or context.today
        monday = day - timedelta(days=day.weekday())
        with console.db.read() as uow:
            lines = [] if department is None else week.week(uow, context, department, monday)
        return render(
            "schedule.html", lines=lines, departments=departments, department=department, monday=monday, day=day,
            days=[monday + timedelta(days=n) for n in range(7)], periods=_periods(lines), today=context.today,
            week=timedelta(days=7), words=booking_words,
        )  # fmt: skip

    @console.page("/clinics/<int:clinic_id>", _P.SCHEDULE_SEE, title="号源", parent="schedule")
    def clinic(me: Viewer, clinic_id: int) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            cell = week.clinic(uow, context, me.scope(_P.SCHEDULE_SEE), clinic_id)
            seats = [] if cell is None else week.seats(uow, clinic_id)
        if cell is None:
            raise NotThere
        return render("schedule/clinic.html", cell=cell, seats=seats, words=booking_words)


def _periods(lines: list[week.Line]) -> list[Period]:
    """Evenings only where there are any."""
    evening = any(period is Period.EVENING for line in lines for _, period in line.cells)
    return [Period.AM, Period.PM, *([Period.EVENING] if evening else [])]
