"""One clinic made or changed: what is sold is taken from nobody before the page has said from how many (R12)."""

from collections.abc import Mapping

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.views import Period
from bot.services.clinics import ClinicPlan
from bot.services.context import Context
from bot.services.desk_booking import week
from bot.services.desk_booking.week import Cell
from bot.services.scheduling import editing, planning
from bot.services.scheduling.editing import Affects, Cannot, Changed, There, Unchanged
from bot.services.scheduling.planning import Typed
from bot.web.console import asked, booking_words, picking, schedule_words
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render
from bot.web.console.whose import departments

_P = Permission
_EMPTY = {"kind": planning.KINDS[0], "seats": "20", "minutes": "10", "fee": "", "location": "", "starts": ""}
_LONGEST = 130
_DISPLACED = "已修改。受影响的 {n} 位患者会收到通知，可以改约或退费；联系不上的会出现在“待打电话”里。"


def install(console: Console) -> None:
    @console.page("/schedule/new", _P.SCHEDULE_EDIT, title="加出诊", parent="schedule")
    def clinic_new(me: Viewer) -> ResponseReturnValue:
        return _new(me)

    @console.act("/schedule/new", _P.SCHEDULE_EDIT)
    def clinic_add(me: Viewer) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        said = _said("department", "day", "period", *planning.TYPED)
        with console.db.read() as uow:
            plan = planning.read(uow, context, picking.number("doctor"), said)
        if not isinstance(plan, ClinicPlan):
            return _new(me, wrong=plan)
        if plan.department_id not in departments(me, _P.SCHEDULE_EDIT, context):
            return _new(me, wrong={"department": "不在您能排班的科室里"})
        done = console.db.run(lambda uow: editing.add(uow, context, plan))
        where = url_for("console.clinic", clinic_id=done.clinic_id)
        if isinstance(done, There):
            return console.go(where, "bad", "这位医生这个半天已经有出诊了，没有重复加。这是已有的出诊。")
        if done.closed:
            return console.go(
                where, "bad", "已加。这一天正在停诊，所以这次出诊现在也是停诊，撤销停诊后才能约。"
            )
        return console.go(where, "good", f"已加出诊，{plan.seats} 个号，患者现在就能约。")

    @console.page("/clinics/<int:clinic_id>/edit", _P.SCHEDULE_EDIT, title="修改出诊", parent="schedule")
    def clinic_edit(me: Viewer, clinic_id: int) -> ResponseReturnValue:
        return _form(me, clinic_id)

    @console.act("/clinics/<int:clinic_id>/edit", _P.SCHEDULE_EDIT)
    def clinic_change(me: Viewer, clinic_id: int) -> ResponseReturnValue:
        return _change(me, clinic_id)

    @console.act("/clinics/<int:clinic_id>/displace", _P.SUSPENSION_START, dangerous=True)
    def clinic_displace(me: Viewer, clinic_id: int) -> ResponseReturnValue:
        """The same, though patients lose their seats: as many as the page said."""
        agreed = picking.number("agreed")
        if not agreed or not me.may(_P.SCHEDULE_EDIT):
            raise NotThere
        return _change(me, clinic_id, agreed)

    def _change(me: Viewer, clinic_id: int, agreed: int = 0) -> ResponseReturnValue:
        context, version = console.hospital.acting(me.actor), asked.version()
        among = departments(me, _P.SCHEDULE_EDIT, context)
        with console.db.read() as uow:
            there = planning.typed(uow, context, among, clinic_id)
            if there is None:
                raise NotThere
            plan = planning.reread(uow, context, there, _said(*planning.TYPED))
        if not isinstance(plan, ClinicPlan):
            return _form(me, clinic_id, wrong=plan)
        where = url_for("console.clinic", clinic_id=clinic_id)
        match editing.edit(console.db, context, among, clinic_id, version, plan, agreed):
            case Changed(displaced=0):
                return console.go(where, "good", "已修改。")
            case Changed(displaced=displaced):
                return console.go(where, "good", _DISPLACED.format(n=displaced))
            case Unchanged():
                return console.go(where, "good", "和原来一样，没有改动。")
            case Affects(visits=visits):
                return _form(me, clinic_id, affects=visits)
            case Cannot("gone"):
                raise NotThere
            case Cannot(why):
                return _form(me, clinic_id, refused=schedule_words.CANNOT[why], status=409)

    def _new(me: Viewer, wrong: Mapping[str, str] | None = None) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        among, known = departments(me, _P.SCHEDULE_EDIT, context), context.directory
        doctors = [each for each in known.listed_doctors if each.department_id in among]
        day = request.values.get("day", "") or context.today.isoformat()
        given = {"department": "", "day": day, "period": Period.AM.value, **_EMPTY}
        given |= {
            name: request.values.get(name, value) for name, value in given.items() if name in request.values
        }
        return render(
            "schedule/new.html", given=given, doctor=picking.number("doctor"), doctors=doctors, wrong=wrong or {},
            kinds=planning.KINDS, words=booking_words, today=context.today, status=422 if wrong else 200,
            departments=[view for view in known.listed_departments if view.id in among],
        )  # fmt: skip

    def _form(
        me: Viewer, clinic_id: int, *, wrong: Mapping[str, str] | None = None, refused: str = "", affects: int = 0,
        status: int = 0,
    ) -> ResponseReturnValue:  # fmt: skip
        """With whatever was typed; the version is the one of now, so that who sends it again has seen this page."""
        context = console.hospital.acting(me.actor)
        cell, typed = _seen(me, context, clinic_id)
        given = {name: request.form.get(name, value) for name, value in typed.cells.items()}
        usual = 422 if wrong else 409 if affects else 200
        return render(
            "schedule/edit.html", cell=cell, given=given, now_is=typed.cells, wrong=wrong or {}, refused=refused,
            affects=affects, kinds=planning.KINDS, words=booking_words, status=status or usual,
        )  # fmt: skip

    def _seen(me: Viewer, context: Context, clinic_id: int) -> tuple[Cell, Typed]:
        with console.db.read() as uow:
            cell = week.clinic(uow, context, me.scope(_P.SCHEDULE_EDIT), clinic_id)
            typed = planning.typed(uow, context, departments(me, _P.SCHEDULE_EDIT, context), clinic_id)
        if cell is None or typed is None:
            raise NotThere
        return cell, typed


def _said(*names: str) -> dict[str, str]:
    return {name: asked.written(name, _LONGEST) for name in names}
