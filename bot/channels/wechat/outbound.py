"""The passive reply: one text message as XML, sealed where the mode asks; what does not fit goes another way."""

import secrets
from collections.abc import Callable, Iterable, Sequence
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
            return Rendered(SUCCESS)
        timestamp = int(now_real.timestamp())
        text = _TEXT.format(
            to=cdata(inbound.user), sender=cdata(inbound.app_id), now=timestamp, content=cdata(content)
        )
        if self._envelope is not None:
            text = self._envelope.seal(text, timestamp=timestamp, nonce=self._nonce())
        return Rendered(text, rest)

    def fit(self, messages: Sequence[Outbound]) -> tuple[str, tuple[Outbound, ...]]:
        """The passive text, and what is left over of ``messages``."""
        content = ""
        for index, message in enumerate(messages):
            gap = _GAP if content else ""
            room = LIMIT - size(content) - size(gap)
            words = gap + self.words(message)
            if size(words) - size(gap) <= room:
                content += words
                continue
            if not content:
                parts = list(self._parts(message))
                return self.words(parts[0]), (*parts[1:], *messages[index + 1 :])
            return content, tuple(messages[index:])
        return content, ()

    def words(self, message: Outbound) -> str:
        """A message with its options as numbered lines; tapping one sends it, typing its number does too."""
        text = clean(message.text)
        return "\n".join([*([text] if text else []), *map(self._line, message.taps)])

    def _line(self, tap: Tap) -> str:
        n = number(tap)
        label = f"{n}. {clean(tap.label)[:_LABEL]}".replace("\n", " ")
        if not self._links:
            return label
        sends = f"msgmenucontent={quote(n)}&msgmenuid={quote(tap.id, safe=':')}"
        return f'<a href="weixin://bizmsgmenu?{sends}">{label}</a>'

    def _parts(self, message: Outbound) -> Iterable[Outbound]:
        """``message`` as messages that each fit: the text cut between sentences, the options never cut."""
        texts = list(split(clean(message.text))) or [""]
        yield from (Outbound(message.user, text) for text in texts[:-1])
        text, taps = texts[-1], list(message.taps)
        while True:
            taken = self._fitting(text, taps)
            yield Outbound(message.user, text, tuple(taps[:taken]))
            text, taps = "", taps[taken:]
            if not taps:
                return

    def _fitting(self, text: str, taps: Sequence[Tap]) -> int:
        """How many options fit below ``text``; at least one where there is no text, so that it ends."""
        used = size(text)
        for count, tap in enumerate(taps):
            used += 1 + size(self._line(tap))
            if used > LIMIT:
                return count if text else max(count, 1)
        return len(taps)


def number(tap: Tap) -> str:
    """The number the patient sees before an option: the n of ``offer:n``."""
    return tap.id.rpartition(":")[2]
