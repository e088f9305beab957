"""推送: what is stuck, faults to be mended, messages that did not go out and sending them again."""

from flask import url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.states import IllegalTransition
from bot.services import alerts, dead_letters
from bot.services import stuck as watching
from bot.web.console import asked, delivery_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere
from bot.web.console.render import render
from bot.web.console.views.today import STUCK

_P = Permission


def install(console: Console) -> None:
    @console.page("/pushes", _P.PUSHES_SEE, title="推送", section="沟通", position=40)
    def pushes(me: Viewer) -> ResponseReturnValue:
        with console.db.read() as uow:
            faults = alerts.listing(uow)
        return render(
            "pushes.html", stuck=watching.stuck(console.db), faults=faults, dead=dead_letters.dead_letters(console.db),
            titled=delivery_words.titles(console.hospital.kinds), words=delivery_words, what=STUCK,
        )  # fmt: skip

    @console.act("/pushes/resend", _P.PUSHES_ACT)
    def push_resend(me: Viewer) -> ResponseReturnValue:
        kind, number = asked.written("kind", 32), asked.whole(asked.written("id", 18))
        ids = [] if number is None else [number]
        if not ids and not kind:
            raise NotThere
        sent = dead_letters.resend(console.db, ids=ids, kind=None if ids else kind, actor=me.actor)
        where = url_for("console.pushes")
        if not sent:
            return console.go(where, "warn", "没有能再发的：已经发过，或者过了时候，再发没有意义。")
        return console.go(where, "good", f"{sent} 条已重新排队。")

    @console.act("/pushes/alerts/<int:alert_id>/acknowledge", _P.PUSHES_ACT)
    def alert_acknowledge(me: Viewer, alert_id: int) -> ResponseReturnValue:
        return _alert(me, alert_id, close=False)

    @console.act("/pushes/alerts/<int:alert_id>/close", _P.PUSHES_ACT)
    def alert_close(me: Viewer, alert_id: int) -> ResponseReturnValue:
        return _alert(me, alert_id, close=True)

    def _alert(me: Viewer, alert_id: int, *, close: bool) -> ResponseReturnValue:
        act = alerts.close if close else alerts.acknowledge
        try:
            found = console.db.run(lambda uow: act(uow, alert_id, me.staff_no))
        except IllegalTransition:
            raise Conflict("这个故障已经有人处理完了。") from None
        if found is None:
            raise NotThere
        return console.go(
            url_for("console.pushes"), "good", "已关闭。再出现会另报。" if close else "由您处理。"
        )
