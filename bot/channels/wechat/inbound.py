"""From a webhook request to an `Inbound`, or to a `Refusal` that says why; nothing else comes out of here."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from bot.channels.base import Inbound, Refusal
from bot.channels.wechat import kinds, xml
from bot.channels.wechat.crypto import Envelope, verify
from bot.settings import BadSettings, Settings

Args = Mapping[str, str]

_DIGITS = re.compile(r"[0-9]{1,10}")
_MSG_ID = re.compile(r"[0-9]{1,20}")
_NONCE = re.compile(r"[\x21-\x7e]{1,128}")
_ECHO = re.compile(r"[\x20-\x7e]{1,512}")
_USER = re.compile(r"[A-Za-z0-9_.@\-]{1,64}")


def envelope(settings: Settings) -> Envelope | None:
    """The account's envelope; None in plain mode and for an account that is not set up."""
    if settings.wechat_mode == "plain" or not settings.wechat_token.get_secret_value():
        return None
    if not settings.wechat_aes_key:
        raise BadSettings(f"WECHAT_AES_KEY: needed in {settings.wechat_mode} mode")
    if not settings.wechat_app_id:
        raise BadSettings(f"WECHAT_APP_ID: needed in {settings.wechat_mode} mode")
    return Envelope(settings.wechat_token.get_secret_value(), settings.wechat_aes_key, settings.wechat_app_id)


class WechatInbound:
    """Verifies, decrypts and parses.  The mode comes from the settings, never from the request: a plain message
    to an account in safe mode is somebody's downgrade, however well it is signed."""

    def __init__(self, settings: Settings, sealed: Envelope | None = None) -> None:
        self._token = settings.wechat_token.get_secret_value()
        self._account = settings.wechat_account_id
        self._skew = settings.max_skew_seconds
        self._envelope = sealed or envelope(settings)

    def check(self, args: Args, now_real: datetime) -> str:
        """The platform's test of the server address: ``echostr`` if it is signed."""
        self._fresh(args, now_real)
        verify(_arg(args, "signature"), self._token, args["timestamp"], args["nonce"])
        return _matching(_ECHO, _arg(args, "echostr"), "echostr")

    def introduced(self, args: Args, now_real: datetime) -> bool:
        """Whether the query alone shows that the platform asks: ``signature``, which it sends in every mode.

        For what must be decided before the body is there; what the message says is believed by `receive` only.
        """
        self._fresh(args, now_real)
        try:
            verify(_arg(args, "signature"), self._token, args["timestamp"], args["nonce"])
        except Refusal:
            if self._envelope is None:
                raise
            return False
        return True

    def receive(self, args: Args, body: bytes, now_real: datetime) -> Inbound:
        """The message in a POST."""
        self._fresh(args, now_real)
        root = self._plain(args, body) if self._envelope is None else self._sealed(self._envelope, args, body)
        fields = xml.fields(root)
        for name in ("ToUserName", "FromUserName", "CreateTime", "MsgType"):
            if not fields.get(name):
                raise Refusal(f"no {name}", 400)
        _matching(_USER, fields["FromUserName"], "FromUserName")
        _matching(_USER, fields["ToUserName"], "ToUserName")
        if self._account and fields["ToUserName"] != self._account:
            raise Refusal("another account")
        if fields.get("MsgId"):
            _matching(_MSG_ID, fields["MsgId"], "MsgId")
        return self._inbound(fields, root)

    def _inbound(self, fields: Mapping[str, str], root: Element) -> Inbound:
        means = kinds.meaning(fields)
        return Inbound(
            channel="wechat",
            app_id=fields["ToUserName"],
            user=fields["FromUserName"],
            kind=means.kind,
            at=_moment(fields["CreateTime"]),
            dedup=kinds.dedup(fields),
            text=means.text,
            key=means.key,
            choice=means.choice,
            extra=kinds.extra(fields, root),
        )

    def _plain(self, args: Args, body: bytes) -> Element:
        """Plain mode: the signature does not cover the body, which is why the platform advises safe mode."""
        verify(_arg(args, "signature"), self._token, args["timestamp"], args["nonce"])
        return xml.read(body)

    def _sealed(self, sealed: Envelope, args: Args, body: bytes) -> Element:
        """Safe and compatible mode: only what is inside ``Encrypt`` counts, whatever else the body says."""
        outside = xml.fields(xml.read(body))
        encrypt = outside.get("Encrypt", "").strip()
        if not encrypt:
            raise Refusal("downgrade")
        verify(_arg(args, "msg_signature"), self._token, args["timestamp"], args["nonce"], encrypt)
        return xml.read(sealed.open(encrypt))

    def _fresh(self, args: Args, now_real: datetime) -> None:
        """By the real clock, in both directions: an old request is a replay, a future one waits to be one."""
        if not self._token:
            raise Refusal("not set up")
        stamp = int(_matching(_DIGITS, _arg(args, "timestamp"), "timestamp"))
        _matching(_NONCE, _arg(args, "nonce"), "nonce")
        if abs(now_real.timestamp() - stamp) > self._skew:
            raise Refusal("stale")


def _arg(args: Args, name: str) -> str:
    value = args.get(name, "")
    if not value:
        raise Refusal(f"no {name}")
    return value


def _matching(pattern: re.Pattern[str], value: str, name: str) -> str:
    if pattern.fullmatch(value) is None:
        raise Refusal(f"bad {name}", 400)
    return value


def _moment(created: str) -> datetime:
    """CreateTime: seconds since 1970.  By the platform's clock; retries repeat it, so it is not judged."""
    if _DIGITS.fullmatch(created) is None or int(created) == 0:
        raise Refusal("bad CreateTime", 400)
    return datetime.fromtimestamp(int(created), UTC)
