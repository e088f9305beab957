"""What really happened, written down by the actors themselves: the checks believe this, not the house's rows."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.base import Receipt, Recipient, SendError
from bot.domain.clock import Clock
from bot.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Message:
    """A push that a platform took."""

    at: datetime
    kind: str
    account_id: int | None
    key: str
    road: str
    phone: str = ""


@dataclass
class Journal:
    """Moments by id of the follow-up, of the account, or number of the person."""

    messages: list[Message] = field(default_factory=list)
    tried: dict[int, datetime] = field(default_factory=dict)
    """The first call, or the first answer."""
    reached: dict[int, datetime] = field(default_factory=dict)
    completed: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    died: dict[int, datetime] = field(default_factory=dict)
    """When the house heard of it, by person."""
    opted_out: dict[int, datetime] = field(default_factory=dict)
    """By account."""
    calls: int = 0
    refusals: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """What the house said no to, by its reason."""

    def reach(self, followup_id: int, now: datetime) -> None:
        self.tried.setdefault(followup_id, now)
        self.reached.setdefault(followup_id, now)


class FastRoad:
    """A platform that takes everything at once, but for the few who cannot be reached that way."""

    def __init__(self, name: str, journal: Journal, clock: Clock, *, closed_to: int = 0) -> None:
        """``closed_to``: every so-manieth account has blocked it."""
        self.name, self._journal, self._clock, self._closed = name, journal, clock, closed_to

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        account = None if to.account is None else to.account.id
        if self._closed and (account is None or account % self._closed == 0):
            raise SendError("43101", permanent=True, elsewhere=True)
        self._journal.messages.append(
            Message(self._clock.now(), notice.kind, account, key, self.name, to.phone)
        )
        return Receipt(f"{self.name}-{key}")
