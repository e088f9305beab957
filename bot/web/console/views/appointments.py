"""预约: a day's list by department, and the search for whoever is at the window or on the phone."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.domain.clock import local
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.states import AppointmentState
from bot.services.desk_booking import listing, whom
from bot.web.console import asked, booking_words, picking
from bot.web.console.console import Console
from bot.web.console.problems import NotThere, Problem
from bot.web.console.render import render

_P = Permission
_LONGEST = 60


def install(console: Console) -> None:
    @console.page("/appointments", _P.APPOINTMENTS_SEE, title="预约", section="门诊", position=10)
    def appointments(me: Viewer) -> ResponseReturnValue:
        context, scope = console.hospital.acting(me.actor), me.scope(_P.APPOINTMENTS_SEE)
        day = asked.day("day") or local(console.clock.now()).date()
        department, state, number = picking.number("department"), _state(), asked.page_number()
        known = context.directory.departments
        if department is not None and department not in known:
            raise NotThere
        with console.db.read() as uow:
            views, more = listing.day(uow, context, scope, day, department, state, number)
        ours = whom.department_ids(scope, context.directory)
        query = {"day": day.isoformat(), "department": department or "", "state": state or ""}
        return render(
            "appointments.html", part="appointments/_rows.html", views=views, more=more, number=number, day=day,
            department=department, state=state, words=booking_words, query=query, searched=False,
            departments=[view for view in known.values() if view.id in ours],
        )  # fmt: skip

    @console.search("/appointments/find", _P.APPOINTMENTS_SEE, title="查找预约", parent="appointments")
    def appointments_find(me: Viewer) -> ResponseReturnValue:
        """Whoever may see the list may search it: what is found is masked."""
        context, scope = console.hospital.acting(me.actor), me.scope(_P.APPOINTMENTS_SEE)
        text = asked.written("text", _LONGEST)
        with console.db.read() as uow:
            sought = whom.read(uow, context, text)
            views = listing.found(uow, context, scope, sought)
        return render(
            "appointments.html", views=views, more=False, number=1, words=booking_words, searched=True, text=text,
            unread=sought.nothing, day=None, departments=(), query={}, status=422 if sought.nothing else 200,
        )  # fmt: skip


def _state() -> AppointmentState | None:
    said = request.args.get("state", "")
    if said and said not in list(AppointmentState):
        raise Problem(400, "没有这样的状态。")
    return AppointmentState(said) if said else None
