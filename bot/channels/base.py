"""What every channel has in common: messages in, messages out, receipts, and how sending fails."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.accounts import AccountRef
from bot.domain.inbound import Inbound, Kind
from bot.pushes.notice import Notice

__all__ = [
    "Busy", "Inbound", "Kind", "Outbound", "Receipt", "Recipient", "Refusal", "Road", "SendError", "Sender", "Tap",
    "Unavailable", "taps",
]  # fmt: skip


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
    cost_fen: int = 0
    already: bool = False
    """The platform knew the message from an earlier try (40241)."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a push is for: by their account, where they have one, and by their phone."""

    account: AccountRef | None
    phone: str = ""


class SendError(Exception):
    """A send that failed.  ``permanent``: trying again cannot help.  ``retry_after`` in seconds, if known.

    ``fault`` is True where our own set-up is wrong (40013, 40164, 48001…): staff are told.  ``elsewhere``: this
    road is closed for now or for this user (45015, 43101, 45009…); a push goes on over the next rung of its ladder,
    a chat's answer has no other road.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool,
        fault: bool = False,
        retry_after: float | None = None,
        unknown_outcome: bool = False,
        elsewhere: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.fault = fault
        self.retry_after = retry_after
        self.unknown_outcome = unknown_outcome
        self.elsewhere = elsewhere


class Unavailable(SendError):
    """This road does not exist for this push: no template configured, no account, no consent, switched off.  The
    platform was not asked; the ladder passes over it, and no attempt is recorded."""

    def __init__(self, code: str) -> None:
        super().__init__(code, permanent=True, elsewhere=True)


class Busy(SendError):
    """Our own limit of calls is reached: the platform was not asked, no attempt is recorded, it goes a little later."""

    def __init__(self, seconds: float) -> None:
        super().__init__("busy", permanent=False, retry_after=seconds)


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


class Road(Protocol):
    """One rung: how a push reaches somebody.  Safe to call from many threads."""

    name: str
    """assistant | template | subscribe | custom | sms"""

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        """Send; `SendError` if it was not taken, with ``elsewhere`` where another road should be tried.  The same
        ``key`` again is the same message.  ``urgent``: may use the share that is kept for priorities 0 and 1."""
        ...


def taps(offer: str, labels: Iterable[str]) -> tuple[Tap, ...]:
    """The options of one offer as taps: the n-th comes back as ``offer:n``, or ``n`` where the offer has no id."""
    return tuple(Tap(f"{offer}:{n}" if offer else str(n), label) for n, label in enumerate(labels, 1))
