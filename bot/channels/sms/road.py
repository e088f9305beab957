"""SMS as a rung of the ladder: renders the push, sends it with an approved template, counts its cost."""

import logging
from collections.abc import Mapping

from redis import Redis
from redis.exceptions import RedisError

from bot.channels.base import Receipt, Recipient, SendError, Unavailable
from bot.channels.sms.gateway import Message, SmsGateway
from bot.domain.notice import Notice
from bot.pushes.limits import BadField
from bot.pushes.preview import parts
from bot.pushes.shapes import Sms
from bot.pushes.templates import Templates

log = logging.getLogger(__name__)

_SENT_FOR = 3 * 3600
"""Seconds an SMS is remembered as sent: longer than the longest wait between two tries."""


class SmsRoad:
    """A kind without an approved template, and a patient without a phone, are passed over."""

    name = "sms"

    def __init__(
        self, gateway: SmsGateway | None, templates: Templates, codes: Mapping[str, str], redis: "Redis | None",
        *, signature: str, fen_per_part: int,
    ) -> None:  # fmt: skip
        """``codes``: the vendor's code of each kind's approved template.  No ``gateway``: SMS is switched off."""
        self._gateway, self._templates, self._codes, self._redis = gateway, templates, dict(codes), redis
        self._signature, self._fen = signature, fen_per_part

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        """Send once: vendors do not know a key they have seen, so what was sent is remembered in Redis."""
        if self._gateway is None:
            raise Unavailable("switched_off")
        code = self._codes.get(notice.kind, "")
        if not code or not self._templates.has(notice.kind, self.name):
            raise Unavailable("no_template")
        if not to.phone:
            raise Unavailable("no_phone")
        sms = self._rendered(notice)
        cost = parts(f"【{self._signature}】{sms.text}") * self._fen
        if known := self._recall(key):
            return Receipt(known, cost, already=True)
        sent = self._gateway.send(Message(to.phone, code, sms.params, key))
        self._remember(key, sent)
        return Receipt(sent, cost)

    def _rendered(self, notice: Notice) -> Sms:
        try:
            shape = self._templates.render(notice.kind, self.name, notice.fields)
        except BadField as error:
            raise SendError(f"template {error}"[:64], permanent=True, fault=True, elsewhere=True) from None
        assert isinstance(shape, Sms)  # that is what the road renders
        return shape

    def _recall(self, key: str) -> str:
        if self._redis is None:
            return ""
        try:
            known = self._redis.get(_sent_key(key))
        except RedisError as error:
            raise SendError("redis", permanent=False) from error
        return known.decode() if isinstance(known, bytes) else str(known or "")

    def _remember(self, key: str, sent: str) -> None:
        if self._redis is None:
            return
        try:
            self._redis.set(_sent_key(key), sent, ex=_SENT_FOR)
        except RedisError:
            log.warning("sms.send unremembered")  # at worst it is sent twice


def _sent_key(key: str) -> str:
    return f"sms:sent:{key}"
