"""The passive reply: one text message as XML, sealed where the mode asks; what does not fit goes another way."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from bot.channels.base import Inbound, Outbound, Tap
from bot.channels.wechat.crypto import Envelope
from bot.channels.wechat.inbound import envelope
from bot.channels.wechat.text import LIMIT, cdata, clean, size, split
from bot.settings import Settings

SUCCESS = "success"
"""「不回复」: the platform shows nothing and does not retry."""

_TEXT = (
    "<xml><ToUserName>{to}</ToUserName><FromUserName>{sender}</FromUserName><CreateTime>{now}</CreateTime>"
    "<MsgType><![CDATA[text]]></MsgType><Content>{content}</Content></xml>"
)
_GAP = "\n\n"
_LABEL = 120
"""Characters of an option that are shown; a longer one would be no option but a text."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The answer to the request, and the messages that have to follow it."""

    body: str
    rest: tuple[Outbound, ...] = ()


class WechatOutbound:
    """Renders replies for one account.  Safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        sealed: Envelope | None = None,
        *,
        nonce: Callable[[], str] = lambda: str(secrets.randbelow(10**10)),
    ) -> None:
        self._envelope = sealed or envelope(settings)
        self._links = settings.wechat_tap_links
        self._nonce = nonce

    def render_passive(self, inbound: Inbound, messages: Sequence[Outbound], now_real: datetime) -> Rendered:
        """``messages`` as one text while they fit, since it costs no quota; `success` where there is nothing."""
        content, rest = self.fit(messages)
        if not content.strip():
            return Rendered(SUCCESS, rest)
        timestamp = int(now_real.timestamp())
        text = _TEXT.format(
            to=cdata(inbound.user), sender=cdata(inbound.app_id), now=timestamp, content=cdata(content)
        )
        if self._envelope is not None:
            text = self._envelope.seal(text, timestamp=timestamp, nonce=self._nonce())
        return Rendered(text, rest)

    def fit(self, messages: Sequence[Outbound]) -> tuple[str, tuple[Outbound, ...]]:
        """The passive text, and what is left over of ``messages``."""
        for links in (self._links, False):  # tappable, or at least numbered: typing the number does the same
            content = _GAP.join(filter(None, (self._words(message, links) for message in messages)))
            if size(content) <= LIMIT:
                return content, ()
        return self._first(messages)

    def _first(self, messages: Sequence[Outbound]) -> tuple[str, tuple[Outbound, ...]]:
        """As many whole messages as fit; where not even the first does, its first part."""
        content = ""
        for index, message in enumerate(messages):
            more = content + (_GAP if content else "") + self._words(message, False)
            if size(more) > LIMIT:
                if content:
                    return content, tuple(messages[index:])
                first, *rest = self._parts(message)
                return first.text, (*rest, *messages[index + 1 :])
            content = more
        return content, ()

    def _parts(self, message: Outbound) -> Iterator[Outbound]:
        """``message`` in texts that fit, the options whole below the last one, or as lines if they are the bulk."""
        *before, last = split(clean(message.text)) or [""]
        if before:
            yield from (Outbound(message.user, text) for text in before)
            yield Outbound(message.user, last, message.taps)
        else:
            yield from (Outbound(message.user, text) for text in split(self._words(message, False)))

    def _words(self, message: Outbound, links: bool) -> str:
        """A message with its options as numbered lines."""
        text = clean(message.text)
        return "\n".join([*([text] if text else []), *(_line(tap, links) for tap in message.taps)])


def _line(tap: Tap, links: bool) -> str:
    n = number(tap)
    label = f"{n}. {clean(tap.label)[:_LABEL]}".replace("\n", " ")
    if not links:
        return label
    sends = f"msgmenucontent={quote(n)}&msgmenuid={quote(tap.id, safe=':')}"
    return f'<a href="weixin://bizmsgmenu?{sends}">{label}</a>'


def number(tap: Tap) -> str:
    """The number the patient sees before an option: the n of ``offer:n``."""
    return tap.id.rpartition(":")[2]
