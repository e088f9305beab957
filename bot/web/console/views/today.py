"""今天: what waits, most urgent first; renews itself."""

from typing import Any

from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services import stuck as watching
from bot.services import today as waits
from bot.services.context import Context
from bot.services.shifts import hours, overview
from bot.services.stuck import Stuck
from bot.store.db import UnitOfWork
from bot.web.console import broadcast_words
from bot.web.console.console import Console
from bot.web.console.render import render

_P = Permission
STUCK = {
    "flag_overdue": "超时的红旗",
    "planned_overdue": "到点还没排队的通知",
    "outbox_overdue": "排队太久的消息",
    "lease_lost": "发送中断的消息",
    "dead": "各种方式都没发出去",
    "no_receipt": "发出后没有回执",
    "campaign_waits": "等待审批或暂停的群发",
    "task_overdue": "超时未打的电话",
    "alert": "未处理的故障提醒",
    "inbox_open": "没有回复完的患者消息",
    "handoff_waits": "等人工超过 15 分钟的患者",
}


def install(console: Console) -> None:
    rota = hours.load(console.settings.data_dir)

    @console.page("/", _P.TODAY_SEE, title="今天", section="", parent="")
    def today(me: Viewer) -> ResponseReturnValue:
        with console.db.read() as uow:
            known = _gathered(uow, console.hospital.acting(me.actor), me)
            known["shifts"] = overview.waiting(uow, rota, overview.writes(me), console.clock.now())
            known["load"] = waits.day_of(uow, today_of(console.clock), me.scope(_P.FOLLOWUP_SEE))
        return render(
            "today.html",
            part="today/_waiting.html",
            campaigns=broadcast_words,
            **known,
            **_stuck(console, me),
        )


def _gathered(uow: UnitOfWork, context: Context, me: Viewer) -> dict[str, Any]:
    """Only what this person may see is asked for."""
    known: dict[str, Any] = {"today": uow.now}
    if me.may(_P.FLAGS_SEE):
        known["flag_count"], known["flags"] = waits.flags(uow, me.scope(_P.FLAGS_SEE))
    if me.may(_P.TICKETS_SEE):
        known["tickets"] = waits.tickets(uow, me.scope(_P.TICKETS_SEE))
    if me.may(_P.FOLLOWUP_SEE):
        known["followups"] = waits.followups(uow, me.scope(_P.FOLLOWUP_SEE))
    if me.may(_P.CONVERSATIONS_SEE):
        known["conversations"] = waits.conversations(uow)
    if me.may(_P.SUSPENSION_SEE):
        known["suspensions"] = waits.suspensions(uow, context, me.scope(_P.SUSPENSION_SEE))
    if me.may(_P.BROADCAST_SEE):
        known["broadcasts"] = waits.broadcasts(uow)
    if me.may(_P.PUSHES_SEE):
        known["calls"] = waits.calls(uow)
    return known


def _stuck(console: Console, me: Viewer) -> dict[str, Any]:
    if not me.may(_P.PUSHES_SEE):
        return {}
    found: dict[str, Stuck] = {}
    for each in watching.stuck(console.db):  # by detail: here one line a kind is enough
        known = found.get(each.what)
        since = min(each.since, known.since) if known else each.since
        found[each.what] = Stuck(each.what, "", each.count + (known.count if known else 0), since, ())
    return {"stuck": [(STUCK.get(each.what, each.what), each) for each in found.values()]}
