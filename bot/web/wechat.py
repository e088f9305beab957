"""The webhook of the official account: GET is the platform's address check, POST a message or an event."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from bot.channels.base import Inbound, Kind, Outbound, Refusal, taps
from bot.channels.wechat.channel import WechatChannel
from bot.channels.wechat.outbound import SUCCESS, Rendered
from bot.domain.clock import Clock
from bot.domain.speech import Option, Reply
from bot.web.bodies import limited

log = logging.getLogger(__name__)

LIMIT = 64 * 1024
"""Bytes of a request; the platform's longest are a few thousand."""
STRANGERS = 4
"""Requests whose query is not signed and whose body is being read: each holds a thread until its sender is done."""
_SIGNED = ("signature", "timestamp", "nonce", "msg_signature", "echostr")

SILENT = (Kind.RECEIPT, Kind.NOTICE)
"""Never answered in words.  A receipt that got lost is asked for again: nobody sees the platform's excuse for it."""

Replies = tuple[Reply, ...]


class Answering(Protocol):
    """What the webhook needs of the pipeline."""

    def handle(self, inbound: Inbound) -> Replies | None:
        """The replies; ``()`` acknowledges, None: the answer comes later."""
        ...

    def more(self, inbound: Inbound, replies: Replies) -> None:
        """Send what did not fit into the passive reply; called again for a retry, it changes nothing."""
        ...


def blueprint(pipeline: Answering, channel: WechatChannel, *, clock: Clock, trouble: Reply) -> Blueprint:
    """``clock`` is the real one, by which requests are fresh or stale; ``trouble`` is said when we are broken."""
    routes = Blueprint("wechat", __name__)
    strangers = threading.BoundedSemaphore(STRANGERS)

    @routes.get("/wechat")
    def check() -> Response:
        return _refusing(lambda: _text(channel.inbound.check(_args(request.args), clock.now())))

    @routes.post("/wechat")
    def receive() -> Response:
        return _refusing(lambda: _answer(pipeline, channel, _message(), clock.now(), trouble))

    def _message() -> Inbound:
        args, now = _args(request.args), clock.now()
        if channel.inbound.introduced(args, now):
            return channel.inbound.receive(args, limited(request, LIMIT), now)
        if not strangers.acquire(blocking=False):
            raise Refusal("too many strangers", 429)
        try:
            body = limited(request, LIMIT)
        finally:
            strangers.release()
        return channel.inbound.receive(args, body, now)

    return routes


def _refusing(answer: Callable[[], Response]) -> Response:
    """The one place that turns a `Refusal` into a status and a log line."""
    try:
        return answer()
    except Refusal as refusal:
        log.warning("webhook.refused channel=wechat reason=%r status=%d", refusal.reason, refusal.status)
        return _text("refused", refusal.status)


def _answer(
    pipeline: Answering, channel: WechatChannel, inbound: Inbound, now: datetime, trouble: Reply
) -> Response:
    replies: Replies | None
    try:
        replies = pipeline.handle(inbound)
    except Exception:  # anything but XML or `success` shows the patient 「该公众号暂时无法提供服务」
        log.exception("webhook.failed channel=wechat kind=%s", inbound.kind)
        replies = (trouble,)
    if replies and inbound.kind in SILENT:  # we could not hear it: words would come out of the blue
        return _text("again", 503) if inbound.kind is Kind.RECEIPT else _text(SUCCESS)
    messages = [_outbound(inbound.user, reply) for reply in replies or ()]
    rendered = channel.outbound.render_passive(inbound, messages, now)
    _follow_up(pipeline, inbound, rendered)
    if rendered.body == SUCCESS:
        return _text(SUCCESS)
    return Response(rendered.body, content_type="application/xml; charset=utf-8")


def _follow_up(pipeline: Answering, inbound: Inbound, rendered: Rendered) -> None:
    if not rendered.rest:
        return
    try:
        pipeline.more(inbound, tuple(map(_reply, rendered.rest)))
    except Exception:  # the first part still goes out
        log.exception("webhook.more channel=wechat")


def _args(args: "MultiDict[str, str]") -> dict[str, str]:
    """What is signed may be there once: of two timestamps nobody knows which one was signed."""
    for name in _SIGNED:
        if len(args.getlist(name)) > 1:
            raise Refusal(f"{name} twice", 400)
    return args.to_dict()


def _outbound(user: str, reply: Reply) -> Outbound:
    return Outbound(user, reply.text, taps(reply.offer, [option.label for option in reply.options]))


def _reply(message: Outbound) -> Reply:
    """Back into what the outbox keeps; a tap's id is all that has to survive of an option."""
    offer = message.taps[0].id.rpartition(":")[0] if message.taps else ""
    return Reply(message.text, tuple(Option(tap.label, None) for tap in message.taps), offer)


def _text(text: str, status: int = 200) -> Response:
    """Plain, whatever ``echostr`` holds."""
    response = Response(text, status, content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
