"""红旗警报: the board that renews itself, one flag, and what is done to it."""

from typing import NoReturn

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import local
from bot.domain.flags import FlagLevel, FlagState
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import Context
from bot.services.flags import acting, looking
from bot.services.flags.acting import Acted, ClosedBy, Done, NoFlag, NotTaken, TakenBy
from bot.services.flags.duty import TIERS
from bot.services.flags.looking import FlagView, Which
from bot.services.flags.rows import LIVE
from bot.store.db import UnitOfWork
from bot.web.console import asked, care
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import piece, render

_P = Permission
_PAGE = 50
REASONS = {"act": "处理这条警报", "handover": "交接班", "complaint": "处理投诉", "check": "检查处理质量"}


def install(console: Console) -> None:
    @console.page("/flags", _P.FLAGS_SEE, title="红旗警报", section="随访", position=10)
    def flags(me: Viewer) -> ResponseReturnValue:
        query, which, number = _query(), _which(me), asked.page_number()
        shown = _states(query.get("state", ""))
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            rows = looking.listing(
                uow, context, which, states=shown, limit=_PAGE + 1, skipped=(number - 1) * _PAGE
            )
            counts = looking.how_many(uow, which.scope)
            wards = looking.wards(uow, which.scope)
        return render(
            "flags.html", part="flags/_rows.html", rows=rows[:_PAGE], more=len(rows) > _PAGE, number=number,
            query=query, counts=counts, wards=wards, tiers=TIERS, care=care, outcomes=console.hospital.duty.outcomes,
        )  # fmt: skip

    @console.page("/flags/<int:flag_id>", _P.FLAGS_SEE, title="警报", parent="flags")
    def flag(me: Viewer, flag_id: int) -> ResponseReturnValue:
        with console.db.read() as uow:
            row = _one(uow, me, flag_id, _P.FLAGS_SEE)
            who = looking.masked(uow, flag_id)
        return render(
            "flag.html", part="flags/_state.html", row=row, who=who, care=care, reasons=REASONS,
            outcomes=console.hospital.duty.outcomes,
        )  # fmt: skip

    @console.act("/flags/<int:flag_id>/reveal", _P.PATIENTS_REVEAL)
    def flag_reveal(me: Viewer, flag_id: int) -> ResponseReturnValue:
        reason = asked.written("reason", 20)
        if reason not in REASONS:
            raise Problem(400, "请先选查看理由。")
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            _one(uow, me, flag_id, _P.PATIENTS_REVEAL)
        opened = console.db.run(lambda uow: looking.open_flag(uow, context, flag_id, reason))
        return piece("flags/_opened.html", "原话、姓名和电话", opened=opened)

    @console.act("/flags/<int:flag_id>/take", _P.FLAGS_ACT)
    def flag_take(me: Viewer, flag_id: int) -> ResponseReturnValue:
        context = _acting(me, flag_id)
        done = console.db.run(lambda uow: acting.acknowledge(uow, context, flag_id))
        return _answered(done, flag_id, "由您接手了：请马上联系患者，处理完在这里办结。")

    @console.act("/flags/<int:flag_id>/give-back", _P.FLAGS_ACT)
    def flag_give_back(me: Viewer, flag_id: int) -> ResponseReturnValue:
        context = _acting(me, flag_id)
        done = console.db.run(lambda uow: acting.give_back(uow, context, flag_id))
        return _answered(done, flag_id, "已退回，病区会再收到通知。")

    @console.act("/flags/<int:flag_id>/close", _P.FLAGS_ACT)
    def flag_close(me: Viewer, flag_id: int) -> ResponseReturnValue:
        outcome, note = asked.written("outcome", 32), asked.written("note", 1000)
        if outcome not in console.hospital.duty.outcomes:
            raise Problem(400, "请选处理结果。")
        context = _acting(me, flag_id)
        done = console.db.run(lambda uow: acting.close(uow, context, flag_id, outcome, note))
        return _answered(done, flag_id, "已办结。")

    def _acting(me: Viewer, flag_id: int) -> Context:
        with console.db.read() as uow:
            _one(uow, me, flag_id, _P.FLAGS_ACT)
        return console.hospital.acting(me.actor)

    def _one(uow: UnitOfWork, me: Viewer, flag_id: int, permission: Permission) -> FlagView:
        row = looking.view(uow, console.hospital.acting(me.actor), flag_id)
        if row is None or not me.scope(permission).covers(ward=row.ward):
            raise NotThere
        return row

    def _answered(done: Acted, flag_id: int, words: str) -> ResponseReturnValue:
        if not isinstance(done, Done):
            _refuse(done)
        return console.go(url_for("console.flag", flag_id=flag_id), "good", words)

    def _refuse(done: Acted) -> NoReturn:
        match done:
            case TakenBy(by, at):
                raise Conflict(
                    f"工号 {by} 已经在 {local(at):%H:%M} 接手了，您不用再处理；有情况请告诉这位同事。"
                )
            case ClosedBy(by, at, outcome):
                told = console.hospital.duty.outcomes.get(outcome, outcome)
                raise Conflict(f"工号 {by} 已经在 {local(at):%H:%M} 办结：{told}。")
            case NotTaken():
                raise Conflict("这条警报现在没有人接手，不用退回。")
            case NoFlag():
                raise NotThere
            case _:
                raise Problem(400, "请选处理结果。")


def _states(state: str) -> tuple[FlagState, ...]:
    return (FlagState(state),) if state in set(FlagState) else LIVE


def _query() -> dict[str, str]:
    """What the address asks for, for links to other pages of the same list."""
    known: dict[str, set[str]] = {
        "state": set(FlagState), "level": set(FlagLevel), "tier": {str(tier) for tier in range(len(TIERS))},
    }  # fmt: skip
    found = {name: asked.word(name) for name, values in known.items() if asked.word(name) in values}
    if "ward" in request.args and asked.word("ward") != "*":
        found["ward"] = asked.word("ward")
    return found


def _which(me: Viewer) -> Which:
    query = _query()
    return Which(
        scope=me.scope(_P.FLAGS_SEE),
        ward=query.get("ward"),
        level=FlagLevel(query["level"]) if "level" in query else None,
        tier=int(query["tier"]) if "tier" in query else None,
    )
