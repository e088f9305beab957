"""待打电话: people whom no message reached, called by staff."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import Context
from bot.services.desk import calls as desk
from bot.services.desk import phones
from bot.services.desk.queue import Busy, Done, Over, Step
from bot.services.desk_booking import whom
from bot.store.db import UnitOfWork
from bot.web.console import asked, delivery_words, picking
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import piece, render

_P = Permission
_FILTERS = ("kind", "mine", "suspension")
_UNDECIDED = (
    "已记下结果。这位患者还没有选改约还是退号，仍在这次停诊的“没有答复”里；患者定了以后，请在那里点“办理”。"
)
Work = Callable[[UnitOfWork, Context, int], Step]


def install(console: Console) -> None:
    @console.page("/calls", _P.PUSHES_SEE, title="待打电话", section="沟通", position=30)
    def calls(me: Viewer) -> ResponseReturnValue:
        number, kind, mine = asked.page_number(), asked.word("kind"), bool(asked.word("mine"))
        suspension = picking.number("suspension")
        with console.db.read() as uow:
            rows, more = desk.page(
                uow, number, kind=kind, staff_no=me.staff_no if mine else "", suspension=suspension
            )
            kinds = desk.kinds(uow)
        wanted = {"kind": kind, "mine": "1" if mine else "", "suspension": suspension or ""}
        query = {name: value for name, value in wanted.items() if value}
        return render(
            "calls.html", part="calls/_rows.html", rows=rows, more=more, number=number, kinds=kinds, asked=query,
            titled=delivery_words.titles(console.hospital.kinds), words=delivery_words,
        )  # fmt: skip

    @console.act("/calls/<int:task_id>/take", _P.PUSHES_ACT)
    def call_take(me: Viewer, task_id: int) -> ResponseReturnValue:
        return _do(me, task_id, desk.take, "由您来打。")

    @console.act("/calls/<int:task_id>/back", _P.PUSHES_ACT)
    def call_back(me: Viewer, task_id: int) -> ResponseReturnValue:
        return _do(me, task_id, desk.give_back, "已放回，等同事来打。")

    @console.act("/calls/<int:task_id>/finish", _P.PUSHES_ACT)
    def call_finish(me: Viewer, task_id: int) -> ResponseReturnValue:
        outcome = request.form.get("outcome", "")
        if outcome == "again":
            return _do(me, task_id, desk.again, "已记下没人接，两小时后再打。")
        if outcome not in desk.OUTCOMES:
            raise Problem(400, "请先选电话的结果。")
        done = _do(
            me, task_id, lambda uow, context, task: desk.finish(uow, context, task, outcome), "已记下结果。"
        )
        with console.db.read() as uow:
            undecided = desk.awaits_answer(uow, task_id)
        return console.go(_list(), "warn", _UNDECIDED) if undecided else done

    @console.act("/calls/<int:task_id>/phone", _P.PATIENTS_REVEAL)
    def call_phone(me: Viewer, task_id: int) -> ResponseReturnValue:
        """Only for who sees the list, and of whom they may reveal: of their own wards, where that is all."""
        if not me.may(_P.PUSHES_SEE):
            raise NotThere
        context, reason = console.hospital.acting(me.actor), asked.reason(phones.REASONS)

        def work(uow: UnitOfWork) -> phones.Number | None:
            patient = desk.patient_of(uow, task_id)
            if patient is None or not whom.patient(uow, context, me.scope(_P.PATIENTS_REVEAL), patient):
                return None
            return phones.reveal(uow, context, patient, reason=reason, about=f"phone_task:{task_id}")

        found = console.db.run(work)
        if found is None:
            raise NotThere
        return piece("calls/_number.html", "姓名和电话", number=found)

    def _do(me: Viewer, task_id: int, work: Work, words: str) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        match console.db.run(lambda uow: work(uow, context, task_id)):
            case Done():
                return console.go(_list(), "good", words)
            case Busy(staff_no):
                raise Conflict(f"工号 {staff_no} 正在打这个电话，刚才没有做任何改动。")
            case Over():
                raise Conflict("这个电话已经打过，或者不用打了。")


def _list() -> str:
    """As it was looked at."""
    narrowed: dict[str, Any] = {name: said for name in _FILTERS if (said := asked.written(name, 32))}
    return url_for("console.calls", **narrowed)
