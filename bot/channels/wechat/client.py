"""The account's API: 客服消息, the menu, QR codes.  Own client, since wechatpy's has no time-outs and no lock."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import httpx
from redis import Redis
from redis.exceptions import RedisError

from bot.channels.base import Outbound, Receipt, SendError
from bot.channels.wechat.errors import ALREADY_SENT, STALE_TOKEN, errcode, failure
from bot.channels.wechat.outbound import number
from bot.channels.wechat.text import clean, split
from bot.channels.wechat.tokens import OwnTokens, SharedTokens, Tokens
from bot.settings import Settings

log = logging.getLogger(__name__)

Json = Mapping[str, Any]

_SENT_FOR = 3 * 3600
"""Seconds a message is remembered as sent: longer than the longest wait between two tries."""


class WechatClient:
    """Calls in the account's name.  Safe to share between threads; one connection pool, explicit time-outs."""

    def __init__(self, settings: Settings, redis: "Redis | None", http: httpx.Client) -> None:
        self._base = settings.wechat_api_base.rstrip("/")
        self._app_id = settings.wechat_app_id
        self._secret = settings.wechat_secret.get_secret_value()
        self._redis, self._http = redis, http
        self._tokens: Tokens = (
            OwnTokens(self._fetch_token)
            if redis is None
            else SharedTokens(redis, self._app_id, self._fetch_token)
        )

    def send(self, message: Outbound, *, key: str) -> Receipt:
        """Send as 客服消息, long text in parts.

        ``key`` makes a repeated send one message: what went out is remembered in Redis, and for 60 s by the
        platform itself (40241), so that neither a crash nor a failed last part repeats the first ones.
        """
        *before, last = split(clean(message.text)) or [""]
        for index, text in enumerate(before):
            self._once(Outbound(message.user, text), f"{key}.{index}")
        return self._once(Outbound(message.user, last, message.taps), f"{key}.{len(before)}")

    def _once(self, message: Outbound, key: str) -> Receipt:
        sent = self._recall(key)
        if sent is None:
            sent = self.send_custom(message, key)
            self._remember(key, sent)
        return sent

    def send_custom(self, message: Outbound, key: str) -> Receipt:
        """One 客服消息: a text, or a msgmenu where there are options to tap."""
        body = {"touser": message.user, "client_msg_id": key, **_content(message)}
        answer = self.call("/cgi-bin/message/custom/send", body)
        return Receipt(str(answer.get("msgid", "")))

    def menu_create(self, menu: Json) -> None:
        """Publish the account's menu."""
        self.call("/cgi-bin/menu/create", menu)

    def qrcode_create(self, scene: str, *, expire_seconds: int | None = None) -> tuple[str, str]:
        """A QR code whose scan opens ``scene``: (ticket, url).  Without ``expire_seconds`` it is permanent."""
        body: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if expire_seconds is None:
            body["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            body |= {"action_name": "QR_STR_SCENE", "expire_seconds": expire_seconds}
        answer = self.call("/cgi-bin/qrcode/create", body)
        return str(answer.get("ticket", "")), str(answer.get("url", ""))

    def call(self, path: str, body: Json) -> Json:
        """POST with the token; a token found stale is replaced and the call made once more, no oftener."""
        token = self._tokens.get()
        answer = self._post(path, body, token)
        if errcode(answer) in STALE_TOKEN:
            self._tokens.drop(token)
            answer = self._post(path, body, self._tokens.get())
        return _checked(answer)

    def _fetch_token(self, force: bool) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": force,
        }
        answer = _checked(self._post("/cgi-bin/stable_token", body))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise SendError("no token", permanent=False)
        log.info("wechat.token forced=%s", force)
        return token, int(answer.get("expires_in", 7200))

    def _post(self, path: str, body: Json, token: str = "") -> Json:
        """UTF-8 as it is: the platform shows a ``\\u`` escape as typed."""
        try:
            response = self._http.post(
                self._base + path,
                params={"access_token": token} if token else None,
                content=json.dumps(body, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json"},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SendError(type(error).__name__, permanent=False) from None
        except httpx.RequestError as error:  # after the request was written: it may have arrived
            raise SendError(type(error).__name__, permanent=False, unknown_outcome=True) from None
        return _json(response)

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


def _content(message: Outbound) -> Json:
    text = clean(message.text)
    if not message.taps:
        return {"msgtype": "text", "text": {"content": text}}
    options = [{"id": tap.id, "content": f"{number(tap)}. {clean(tap.label)}"} for tap in message.taps]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": text, "list": options, "tail_content": ""}}


def _checked(answer: Json) -> Json:
    code = errcode(answer)
    if code not in (0, ALREADY_SENT):
        raise failure(code)
    return answer


def _json(response: httpx.Response) -> Json:
    if response.status_code != 200:
        raise SendError(f"http {response.status_code}", permanent=False, unknown_outcome=True)
    try:
        answer = response.json()
    except ValueError:
        raise SendError("no json", permanent=False, unknown_outcome=True) from None
    if not isinstance(answer, dict):
        raise SendError("no json", permanent=False, unknown_outcome=True)
    return answer
