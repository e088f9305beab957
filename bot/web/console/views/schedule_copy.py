"""复制一周: first what it would do, clinic by clinic; then that, and nothing else."""

from datetime import date, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import Context
from bot.services.scheduling import copying
from bot.services.scheduling.copying import Ask, Copied, Preview, What
from bot.web.console import asked, booking_words, picking, schedule_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render
from bot.web.console.whose import departments

_P = Permission
_FURTHEST = timedelta(days=366)
_MOST = 500
"""Lines of a preview: what is the same is only counted."""


def install(console: Console) -> None:
    @console.page("/schedule/copy", _P.SCHEDULE_EDIT, title="复制一周", parent="schedule")
    def schedule_copy(me: Viewer) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        source, target = asked.day("source"), asked.day("target")
        if source is None or target is None:
            return _page(me, context, source or context.today, target, None)
        ask, words = _ask(me, context, source, target), _wrong(context, source, target)
        if words:
            return _page(me, context, source, target, None, words)
        with console.db.read() as uow:
            return _page(me, context, source, target, copying.preview(uow, context, ask))

    @console.act("/schedule/copy", _P.SCHEDULE_EDIT)
    def schedule_copy_do(me: Viewer) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        source, target = asked.written_day("source"), asked.written_day("target")
        if source is None or target is None or _wrong(context, source, target):
            raise Problem(400)
        change, mark = request.form.get("change") == "yes", asked.written("mark", 16)
        ask = _ask(me, context, source, target)
        done = copying.carry_out(console.db, context, ask, mark, change=change)
        if not isinstance(done, Copied):
            raise Conflict("预览之后排班有了变化，什么都没有复制。请重新预览，看看再决定。")
        told = f"已复制：新增 {done.added} 次出诊" + (f"，修改 {done.changed} 次" if change else "") + "。"
        where = url_for("console.schedule", day=target.isoformat(), department=picking.number("department"))
        return console.go(where, "good", told)

    def _ask(me: Viewer, context: Context, source: date, target: date) -> Ask:
        among = departments(me, _P.SCHEDULE_EDIT, context)
        department, doctor = picking.number("department"), picking.number("doctor")
        if department is not None:
            if department not in among:
                raise NotThere
            among &= context.directory.within(department)
        if doctor is not None and doctor not in context.directory.doctors:
            raise NotThere
        return Ask(_monday(source), _monday(target), among, doctor)

    def _page(
        me: Viewer, context: Context, source: date, target: date | None, found: Preview | None, refused: str = ""
    ) -> ResponseReturnValue:  # fmt: skip
        among, known = departments(me, _P.SCHEDULE_EDIT, context), context.directory
        news = [] if found is None else [line for line in found.lines if line.what is not What.SAME]
        following = _monday(max(source, context.today)) + timedelta(days=7)
        return render(
            "schedule/copy.html", shown=news[:_MOST], more=len(news) > _MOST, source=source, found=found,
            target=target or following, refused=refused, copy=schedule_words,
            department=picking.number("department"), doctor=picking.number("doctor"), words=booking_words,
            departments=[view for view in known.listed_departments if view.id in among],
            doctors=[each for each in known.listed_doctors if each.department_id in among],
            monday=_monday, status=422 if refused else 200,
        )  # fmt: skip


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _wrong(context: Context, source: date, target: date) -> str:
    if _monday(source) == _monday(target):
        return "两个日期在同一周，请选不同的两周。"
    if _monday(target) + timedelta(days=6) < context.today:
        return "复制到的那一周已经过去了。"
    if target > context.today + _FURTHEST:
        return "复制到的那一周太远了，最远一年。"
    return ""
