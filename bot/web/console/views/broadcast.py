"""One 群发: its words on a phone, whom it would reach, confirmed, approved by somebody else, watched, stopped."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.channels.ready import open_roads
from bot.channels.sms.vendors import signature
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.states import CAMPAIGN, CampaignState
from bot.services.broadcast import campaigns
from bot.services.broadcast.audience import Audience, AudienceError
from bot.services.broadcast.campaigns import KIND, CampaignError, Confirmed
from bot.services.broadcast.dry_run import dry_run
from bot.services.broadcast.progress import progress, row_of
from bot.services.context import Context
from bot.store.db import UnitOfWork
from bot.web.console import broadcast_words, phones
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import STOP_ASKING, render

_P = Permission
_S = CampaignState
_OVER = (_S.DONE, _S.WITHDRAWN)
Work = Callable[[UnitOfWork, Context], Any]


def install(console: Console) -> None:
    templates = console.templates

    @console.page("/broadcasts/<int:campaign_id>", _P.BROADCAST_SEE, title="群发", parent="broadcasts")
    def broadcast(me: Viewer, campaign_id: int) -> ResponseReturnValue:
        return _show(me, campaign_id)

    @console.act("/broadcasts/<int:campaign_id>/confirm", _P.BROADCAST_DRAFT, dangerous=True)
    def broadcast_confirm(me: Viewer, campaign_id: int) -> ResponseReturnValue:
        """Confirming again changes nothing."""
        if "sure" not in request.form:
            return _show(me, campaign_id, "还没有发：请先勾选“我看过了”。", 422)
        above = console.settings.broadcast_approval_above
        done = _do(
            me, lambda uow, context: campaigns.confirm(uow, context, campaign_id, approval_above=above)
        )
        if isinstance(done, str):
            return _show(me, campaign_id, done, 409)
        assert isinstance(done, Confirmed)
        waits = f"超过 {above} 人，要等另一位同事批准才发。" if done.awaiting else "开始发送。"
        return _back(campaign_id, f"名单已定：{done.recipients} 人。{waits}")

    @console.act("/broadcasts/<int:campaign_id>/approve", _P.BROADCAST_APPROVE, dangerous=True)
    def broadcast_approve(me: Viewer, campaign_id: int) -> ResponseReturnValue:
        """By somebody other than who wrote it."""
        return _act(me, campaign_id, campaigns.approve, "已批准，开始发送。")

    @console.act("/broadcasts/<int:campaign_id>/pause", _P.BROADCAST_DRAFT)
    def broadcast_pause(me: Viewer, campaign_id: int) -> ResponseReturnValue:
        return _act(me, campaign_id, campaigns.pause, "已暂停。正在路上的几条会送到，其余的先不发。")

    @console.act("/broadcasts/<int:campaign_id>/resume", _P.BROADCAST_DRAFT)
    def broadcast_resume(me: Viewer, campaign_id: int) -> ResponseReturnValue:
        return _act(me, campaign_id, campaigns.resume, "接着发送。")

    @console.act("/broadcasts/<int:campaign_id>/withdraw", _P.BROADCAST_DRAFT)
    def broadcast_withdraw(me: Viewer, campaign_id: int) -> ResponseReturnValue:
        return _act(me, campaign_id, campaigns.withdraw, "已撤回，没发的都不再发。")

    def _act(
        me: Viewer, campaign_id: int, work: Callable[[UnitOfWork, Context, int], Any], words: str
    ) -> ResponseReturnValue:
        done = _do(me, lambda uow, context: work(uow, context, campaign_id))
        return _show(me, campaign_id, done, 409) if isinstance(done, str) else _back(campaign_id, words)

    def _do(me: Viewer, work: Work) -> Any:
        """What came of it, or why it cannot be done."""
        context = console.hospital.acting(me.actor)
        try:
            return console.db.run(lambda uow: work(uow, context))
        except (CampaignError, AudienceError) as why:
            return f"没有办成：{why}。"

    def _back(campaign_id: int, words: str) -> ResponseReturnValue:
        return console.go(url_for("console.broadcast", campaign_id=campaign_id), "good", words)

    def _show(me: Viewer, campaign_id: int, refused: str = "", status: int = 200) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        roads = open_roads(console.settings, templates, KIND)
        reach, nobody = None, ""
        with console.db.read() as uow:
            try:
                row, seen = row_of(uow, campaign_id), progress(uow, campaign_id)
            except CampaignError:
                raise NotThere from None
            words, audience = campaigns.words_of(uow, row), Audience.read(row.audience)
        if seen.state is _S.DRAFT:
            try:
                with console.db.read() as uow:
                    reach = dry_run(uow, context, audience, words, templates=templates, open_roads=roads)
            except AudienceError as why:
                nobody = f"{why}。"
        fields = broadcast_words.fields(console.settings, words)
        shown = phones.faces(templates, KIND, fields, roads=roads, signature=signature(console.settings))
        return render(
            "broadcasts/one.html", part="broadcasts/_progress.html", row=row, seen=seen, words=words,
            audience=audience, reach=reach, nobody=nobody, faces=shown, names=broadcast_words, refused=refused,
            own=row.created_by == me.actor, after=CAMPAIGN[seen.state], above=console.settings.broadcast_approval_above,
            status=STOP_ASKING if "HX-Request" in request.headers and seen.state in _OVER else status,
        )  # fmt: skip
