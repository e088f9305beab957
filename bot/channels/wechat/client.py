"""The account's API by its functions: messages over every road, the menu, QR codes, media."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from redis import Redis
from redis.exceptions import RedisError

from bot.channels.base import Outbound, Receipt, SendError
from bot.channels.wechat.errors import ALREADY_SENT, errcode
from bot.channels.wechat.gateway import Gateway, Json
from bot.channels.wechat.outbound import number
from bot.channels.wechat.text import clean, split
from bot.domain.clock import Clock, SystemClock
from bot.settings import Settings

log = logging.getLogger(__name__)

Data = Mapping[str, Mapping[str, str]]
"""A template's fields: ``{"thing1": {"value": …}}``."""

CUSTOM = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/bizsend"
ASSISTANT = "/cityservice/sendchannelmsg"
BUSINESS = 150
"""就医助手's business_id."""

_SENT_FOR = 3 * 3600
"""Seconds a message is remembered as sent: longer than the longest wait between two tries."""


class WechatClient:
    """Calls in the account's name.  Safe to share between threads.

    ``key`` makes a repeated send one message: what went out is remembered in Redis, and for a while by the platform
    itself (client_msg_id, msg_id, 40241), so that neither a crash nor a failed last part repeats what arrived.
    """

    def __init__(
        self, settings: Settings, redis: "Redis | None", http: httpx.Client, clock: Clock | None = None
    ) -> None:
        self._app_id = settings.wechat_app_id
        self._redis = redis
        self._gateway = Gateway(settings, redis, http, clock or SystemClock())
        self.tokens = self._gateway.tokens

    def send(self, message: Outbound, *, key: str) -> Receipt:
        """Send as 客服消息, long text in parts."""
        *before, last = split(clean(message.text)) or [""]
        for index, text in enumerate(before):
            self._custom(Outbound(message.user, text), f"{key}.{index}")
        return self._custom(Outbound(message.user, last, message.taps), f"{key}.{len(before)}")

    def template(self, openid: str, template_id: str, data: Data, *, key: str, url: str = "") -> Receipt:
        """A template message, which opens ``url`` when it is tapped; the platform itself drops a ``client_msg_id`` it
        has seen within ten minutes."""
        body = {"touser": openid, "template_id": template_id, "data": data, "client_msg_id": key}
        body |= {"url": url} if url else {}
        return _receipt(self._gateway.call(TEMPLATE, body))

    def subscribe(self, openid: str, template_id: str, data: Data, *, key: str, url: str = "") -> Receipt:
        """A subscription notice (订阅通知), which opens ``url`` when it is tapped; uses up one consent."""
        body = {"touser": openid, "template_id": template_id, "data": data}
        body |= {"page": url} if url else {}
        return self._once(key, lambda: _receipt(self._gateway.call(SUBSCRIBE, body)))

    def assistant(
        self, openid: str, order: str, status: int, info: Mapping[str, str], *, key: str
    ) -> Receipt:
        """就医助手; one episode of care keeps one ``order``."""
        body = {
            "status": status, "open_id": openid, "order_id": order, "msg_id": key, "app_id": self._app_id,
            "business_id": BUSINESS, "business_info": info,
        }  # fmt: skip
        answer = self._gateway.call(ASSISTANT, body)
        return Receipt(key, already=errcode(answer) == ALREADY_SENT)

    def menu_create(self, menu: Json) -> None:
        """Publish the account's menu."""
        self._gateway.call("/cgi-bin/menu/create", menu)

    def menu_get(self) -> Json:
        """The published menu."""
        menu: Json = self._gateway.get("/cgi-bin/menu/get").get("menu", {})
        return menu

    def menu_delete(self) -> None:
        """Take the menu away."""
        self._gateway.get("/cgi-bin/menu/delete")

    def media_upload(self, name: str, data: bytes, mime: str, kind: str = "image") -> str:
        """Upload a picture for sending; its media_id, good for three days."""
        answer = self._gateway.upload("/cgi-bin/media/upload", name, data, mime, type=kind)
        return str(answer.get("media_id", ""))

    def qrcode_create(self, scene: str, *, expire_seconds: int | None = None) -> tuple[str, str]:
        """A QR code whose scan opens ``scene``: (ticket, url).  Without ``expire_seconds`` it is permanent."""
        body: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if expire_seconds is None:
            body["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            body |= {"action_name": "QR_STR_SCENE", "expire_seconds": expire_seconds}
        answer = self._gateway.call("/cgi-bin/qrcode/create", body)
        return str(answer.get("ticket", "")), str(answer.get("url", ""))

    def _custom(self, message: Outbound, key: str) -> Receipt:
        """One 客服消息: a text, or a msgmenu where there are options to tap."""
        body = {"touser": message.user, "client_msg_id": key, **_content(message)}
        return self._once(key, lambda: _receipt(self._gateway.call(CUSTOM, body)))

    def _once(self, key: str, send: Callable[[], Receipt]) -> Receipt:
        """Unless it has gone out under this key already."""
        sent = self._recall(key)
        if sent is None:
            sent = send()
            self._remember(key, sent)
        return sent

    def _recall(self, key: str) -> Receipt | None:
        if self._redis is None:
            return None
        try:
            known = self._redis.get(self._sent_key(key))
        except RedisError as error:
            raise SendError("redis", permanent=False) from error
        return None if known is None else Receipt(known.decode() if isinstance(known, bytes) else str(known))

    def _remember(self, key: str, sent: Receipt) -> None:
        if self._redis is None:
            return
        try:
            self._redis.set(self._sent_key(key), sent.message_id, ex=_SENT_FOR)
        except RedisError:
            log.warning("wechat.send unremembered")  # at worst it is sent twice

    def _sent_key(self, key: str) -> str:
        return f"wechat:{self._app_id}:sent:{key}"


def _receipt(answer: Json) -> Receipt:
    return Receipt(str(answer.get("msgid", "")), already=errcode(answer) == ALREADY_SENT)


def _content(message: Outbound) -> Json:
    text = clean(message.text)
    if not message.taps:
        return {"msgtype": "text", "text": {"content": text}}
    options = [{"id": tap.id, "content": f"{number(tap)}. {clean(tap.label)}"} for tap in message.taps]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": text, "list": options, "tail_content": ""}}
