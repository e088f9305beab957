"""What goes into the outbox, what a worker takes out of it, and what it says became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.accounts import AccountRef
from bot.domain.notice import Notice
from bot.domain.speech import Reply
from bot.domain.states import OutboxState

PRIORITIES = (0, 1, 2, 3)
"""Suspension; payment, booking and chat; reminder; survey."""
URGENT = 1
"""Up to this priority a share of everything is kept free: send slots, and the buckets' tokens."""
SURVEY = 3
"""From this priority on nothing is sent again after an unknown outcome: asked twice is worse than not asked."""
KEEP = timedelta(hours=48)
"""WeChat takes no 客服消息 later than this after the patient's last message (45015)."""
_GROUPS = 16
"""Its square is more than one worker has under way."""
_START = timedelta(seconds=4)
"""More than a worker needs to start: while none is there, what was taken apart would come together again."""
ROUND = 16
"""More rungs than any ladder has.  Each time staff resend a dead letter a new round begins: ``rung`` goes on at the
next multiple, so that no client_msg_id of the new round is one that the platform has seen."""


def apart(row_id: int, losses: int) -> timedelta:
    """How long a message waits whose worker died for the n-th time.  The first time not at all; then those that died
    together are taken apart, by one digit of their numbers after the other, so that the one that kills its worker
    is soon alone and takes no other with it."""
    if losses < 2:
        return timedelta(0)
    digit: int = row_id // _GROUPS ** (losses % 2) % _GROUPS
    return digit * _START


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent: a chat's replies, or a push's notice."""

    key: str
    kind: str
    account_id: int | None
    replies: tuple[Reply, ...] = ()
    notice: Notice | None = None
    priority: int = 1
    due_at: datetime | None = None
    """None: now."""
    expires_at: datetime | None = None
    push_id: int | None = None
    campaign_id: int | None = None
    patient_id: str | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that is ours to send until the lease ends."""

    id: int
    token: str
    key: str
    account: AccountRef | None
    """None where staff booked for a caller: nothing but SMS and the phone reaches them."""
    kind: str
    priority: int
    replies: tuple[Reply, ...]
    """What is said in a chat; empty for a push."""
    attempts: int
    """Tries on this rung, this one included; pauses the platform asked for do not count."""
    expires_at: datetime
    notice: Notice | None = None
    rung: int = 0
    push_id: int | None = None
    campaign_id: int | None = None
    patient_id: str | None = None
    receipt: str = ""
    """failed: an earlier rung's message was taken, and did not arrive."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One try over one road, as it is kept in ``attempts``."""

    road: str
    client_id: str
    at: datetime
    code: str = ""
    """Empty: the platform took it."""
    platform_id: str = ""
    cost_fen: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a leased message."""

    leased: Leased
    state: OutboxState
    """sent | pending (again at ``due_at``) | dead | void | staff (with a phone task)"""
    error: str = ""
    due_at: datetime | None = None
    rung: int = 0
    attempts: int = 0
    platform_id: str = ""
    road: str = ""
    tried: tuple[Tried, ...] = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """For the metrics."""

    by_state: dict[str, int]
    oldest_due: datetime | None
    """Since when the longest-waiting message has been due; None if none is."""
