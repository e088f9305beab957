"""What every channel has in common: messages in, messages out, receipts, and how sending fails."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a patient sent.  Channels translate their own words into these."""

    TEXT = "text"
    VOICE = "voice"
    """A voice message without recognised text; with it, it is TEXT."""
    IMAGE = "image"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    STICKER = "sticker"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"
    """A QR code of ours; the scene is ``key``."""
    MENU = "menu"
    """A tap on the account's menu; the entry's key is ``key``."""
    RECEIPT = "receipt"
    """The platform reports what became of a push."""
    NOTICE = "notice"
    """Anything else the platform tells: recorded and acknowledged, never answered in words."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event, after signature, decryption and parsing."""

    channel: str
    """wechat | alipay"""
    app_id: str
    """The official account it was sent to (ToUserName / AppId)."""
    user: str
    """openid / user_id"""
    kind: Kind
    at: datetime
    """CreateTime, aware, UTC."""
    dedup: str
    """Unique per message, equal in every retry of it (facts/wechat.md)."""
    text: str = ""
    key: str = ""
    """Menu key or QR scene."""
    choice: str = ""
    """Id of the tapped option (bizmsgmenuid), where the platform tells it."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """The platform's other fields, for the log of receipts; never personal data."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A tappable option: what is shown, and the id that comes back."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to one user; the channel decides how it looks there."""

    user: str
    text: str
    taps: tuple[Tap, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform took the message."""

    message_id: str


class SendError(Exception):
    """A send that failed.  ``permanent``: trying again cannot help.  ``retry_after`` in seconds, if known.

    ``fault`` is True where our own set-up is wrong (40013, 40164, 48001…): staff are told.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool,
        fault: bool = False,
        retry_after: float | None = None,
        unknown_outcome: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.fault = fault
        self.retry_after = retry_after
        self.unknown_outcome = unknown_outcome


class Refusal(Exception):
    """A request that is not what it claims to be: answered with ``status`` (4xx), ``reason`` goes to the log."""

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Sender(Protocol):
    """How a channel sends outside of a reply.  Safe to call from many threads."""

    def send(self, message: Outbound, *, key: str) -> Receipt:
        """Send; `SendError` if the platform did not take it.  The same ``key`` again is the same message: where
        the platform can tell, it goes out once."""
        ...


def taps(offer: str, labels: Iterable[str]) -> tuple[Tap, ...]:
    """The options of one offer as taps: the n-th comes back as ``offer:n``, or ``n`` where the offer has no id."""
    return tuple(Tap(f"{offer}:{n}" if offer else str(n), label) for n, label in enumerate(labels, 1))
