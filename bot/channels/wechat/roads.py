"""The roads of a push over WeChat: 就医助手, template message, subscription notice, 客服消息 in its window.

What is known beforehand to lead nowhere (no template, no consent, no follower, no window) is `Unavailable` and costs
no call; what the platform refuses is a `SendError` by its errcode, and told to ``on_error``.
"""

import logging
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.channels.base import Outbound, Receipt, Recipient, Road, SendError, Tap, Unavailable
from bot.channels.wechat.client import ASSISTANT, CUSTOM, SUBSCRIBE, TEMPLATE, WechatClient
from bot.channels.wechat.errors import failure
from bot.channels.wechat.template_ids import TemplateIds
from bot.domain.accounts import AccountRef
from bot.domain.clock import Clock
from bot.domain.notice import Notice, taps
from bot.pushes.limits import BadField
from bot.pushes.shapes import Assistant, Card, Shape, Words
from bot.pushes.templates import Templates
from bot.services.accounts import unbound

log = logging.getLogger(__name__)

WINDOW = timedelta(hours=48)
"""After the patient's last message 客服消息 may be sent (45015)."""
BAD_DATA = 47003

OnError = Callable[[SendError, AccountRef, str, str], None]
"""(error, account, template id or "", key): what follows besides the message's fate.  Never raises."""
Pace = Callable[[str, bool], None]
"""(API, urgent): returns when it may be called; `SendError` with ``retry_after`` where that takes too long."""


class Consents(Protocol):
    """The ledger of subscription consents."""

    def left(self, account_id: int, template: str, key: str) -> bool: ...
    def used(self, account_id: int, template: str, key: str) -> None: ...


@dataclass(frozen=True)
class Ways:
    """What the roads share.  Safe to use from many threads."""

    client: WechatClient
    templates: Templates
    ids: TemplateIds
    clock: Clock
    disabled: Container[str] = ()
    """``road:kind`` of templates that are banned or wrong (43116, 40037)."""
    on_error: OnError = lambda error, account, template, key: None
    pace: Pace = lambda api, urgent: None

    def account(self, to: Recipient, *, follower: bool = False) -> AccountRef:
        """Whom it goes to; ``follower``: the road leads to followers only (43004)."""
        account = to.account
        if account is None or account.channel != "wechat" or unbound(account):
            raise Unavailable("no_account")
        if follower and not account.following:
            raise Unavailable("no_follower")
        return account

    def shape(self, road: str, notice: Notice) -> Shape:
        """What the push says over ``road``; what the platform would refuse (47003) it is not asked."""
        if not self.templates.has(notice.kind, road):
            raise Unavailable("no_template")
        if f"{road}:{notice.kind}" in self.disabled:
            raise Unavailable("template_disabled")
        try:
            return self.templates.render(notice.kind, road, notice.fields)
        except BadField as why:
            log.error("push.bad_field kind=%s road=%s", notice.kind, road)
            raise failure(BAD_DATA, self.clock.now()) from why

    def send(
        self,
        api: str,
        urgent: bool,
        account: AccountRef,
        template: str,
        key: str,
        call: Callable[[], Receipt],
    ) -> Receipt:
        """At the API's pace; an error's consequences are seen to."""
        self.pace(api, urgent)
        try:
            return call()
        except SendError as error:
            self.on_error(error, account, template, key)
            raise


class AssistantRoad:
    """就医助手: a card in the patient's 服务通知, one order for each episode of care."""

    name = "assistant"

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        ways, account = self._ways, self._ways.account(to)
        if not notice.order:
            raise Unavailable("no_order")
        shape = ways.shape(self.name, notice)
        assert isinstance(shape, Assistant)
        return ways.send(ASSISTANT, urgent, account, "", key, lambda: ways.client.assistant(
            account.openid, notice.order, shape.status, shape.business_info, key=key
        ))  # fmt: skip


class TemplateRoad:
    """A template message; TEMPLATESENDJOBFINISH tells later whether it arrived."""

    name = "template"

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        ways, account = self._ways, self._ways.account(to, follower=True)
        template = _configured(ways.ids.template.get(notice.kind))
        shape = ways.shape(self.name, notice)
        assert isinstance(shape, Card)
        return ways.send(TEMPLATE, urgent, account, template, key, lambda: ways.client.template(
            account.openid, template, shape.data(), url=notice.url, key=key
        ))  # fmt: skip


class SubscribeRoad:
    """A subscription notice: only while a consent is left, and each uses one up."""

    name = "subscribe"

    def __init__(self, ways: Ways, consents: Consents) -> None:
        self._ways, self._consents = ways, consents

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        ways, account = self._ways, self._ways.account(to)
        template = _configured(ways.ids.subscribe.get(notice.kind))
        shape = ways.shape(self.name, notice)
        assert isinstance(shape, Card)
        if not self._consents.left(account.id, template, key):
            raise Unavailable("no_consent")
        receipt = ways.send(SUBSCRIBE, urgent, account, template, key, lambda: ways.client.subscribe(
            account.openid, template, shape.data(), url=notice.url, key=key
        ))  # fmt: skip
        self._count(account, template, key)
        return receipt

    def _count(self, account: AccountRef, template: str, key: str) -> None:
        """It is sent, whether or not we can write that down: at worst the next one meets 43101."""
        try:
            self._consents.used(account.id, template, key)
        except Exception:
            log.exception("push.consent_uncounted account=%s", account.id)


class CustomRoad:
    """客服消息, with tappable options: only within 48 hours of the patient's last message."""

    name = "custom"

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        ways, account = self._ways, self._ways.account(to, follower=True)
        if account.last_message_at is None or ways.clock.now() - account.last_message_at >= WINDOW:
            raise Unavailable("no_window")
        shape = ways.shape(self.name, notice)
        assert isinstance(shape, Words)
        options = tuple(Tap(id, label) for id, label in taps(notice))
        message = Outbound(account.openid, shape.text, options)
        return ways.send(CUSTOM, urgent, account, "", key, lambda: ways.client.send(message, key=key))


def roads(ways: Ways, consents: Consents, *, assistant: bool) -> dict[str, Road]:
    """By name; ``assistant``: the account has 就医助手."""
    found: list[Road] = [TemplateRoad(ways), SubscribeRoad(ways, consents), CustomRoad(ways)]
    if assistant:
        found.append(AssistantRoad(ways))
    return {road.name: road for road in found}


def _configured(template: str | None) -> str:
    if not template:
        raise Unavailable("no_template")
    return template
