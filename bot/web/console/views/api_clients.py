"""系统接口: which other systems may call us, each with a token of its own, given once and taken back."""

from datetime import datetime, time, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.api_clients import OFFERED, ClientConflict, ClientMade
from bot.domain.clock import HOSPITAL_TZ
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services import api_clients as service
from bot.services.api_clients import PER_MINUTE, Wish
from bot.web.console import asked
from bot.web.console.console import Console
from bot.web.console.problems import Conflict
from bot.web.console.render import render

_P = Permission
_REFUSED = {
    "name": "名称要用小写字母开头，2–24 个小写字母、数字或横线，例如 his 或 phone-center。",
    "taken": "这个名称用过了，审计里它指的是那个系统。请换一个，例如在后面加 -2。",
    "purpose": "用途最多 200 个字。",
    "permissions": "至少选一项它能做的事。",
    "per_minute": f"每分钟次数应在 {PER_MINUTE[0]} 到 {PER_MINUTE[1]} 之间。",
    "expires_at": "到期日要在今天或以后。",
}


def install(console: Console) -> None:
    @console.page("/systems", _P.API_SEE, title="系统接口", section="管理", position=25)
    def systems(me: Viewer) -> ResponseReturnValue:
        now = console.real.now()
        moment = timedelta(seconds=1)  # what ends at midnight is good until the day before
        return render(
            "systems.html", clients=service.listing(console.db), offered=OFFERED, real=now, moment=moment
        )

    @console.page("/systems/new", _P.API_EDIT, title="发放令牌", parent="systems")
    def system_new(me: Viewer) -> ResponseReturnValue:
        return _form()

    @console.act("/systems/new", _P.API_EDIT, dangerous=True)
    def system_make(me: Viewer) -> ResponseReturnValue:
        done = service.create(console.db, _wish(), actor=me.actor, now=console.real.now())
        if isinstance(done, ClientMade):  # the token is on this answer alone: no address or cookie carries it
            return render("systems/token.html", made=done)
        return _form(_REFUSED[done.why])

    @console.act("/systems/<name>/revoke", _P.API_EDIT, dangerous=True)
    def system_revoke(me: Viewer, name: str) -> ResponseReturnValue:
        done = service.revoke(console.db, name, asked.version(), actor=me.actor, now=console.real.now())
        if isinstance(done, ClientConflict):
            raise Conflict
        return console.go(url_for("console.systems"), "good", f"已收回 {name} 的令牌，它现在连接不上了。")


def _form(words: str = "") -> ResponseReturnValue:
    """What was typed stays."""
    return render(
        "systems/new.html", offered=OFFERED, words=words, given=request.form, most=PER_MINUTE[1],
        status=422 if words else 200,
    )  # fmt: skip


def _wish() -> Wish:
    known = {each.value for each in OFFERED}
    chosen = dict.fromkeys(request.form.getlist("permissions"))
    last = asked.written_day("expires")
    return Wish(
        name=asked.written("name", 32),
        permissions=tuple(Permission(name) for name in chosen if name in known),
        purpose=asked.written("purpose", 201),
        per_minute=asked.whole(asked.written("per_minute", 8)) or 0,
        expires_at=None if last is None else datetime.combine(last, time(), HOSPITAL_TZ) + timedelta(days=1),
    )
