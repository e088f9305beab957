"""What goes into the outbox, what a worker takes out of it, and what it says became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

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
_FIRST, _MOST = timedelta(seconds=4), timedelta(seconds=60)
"""How far those whose worker died are spread: after the first time, and at most."""
ROUND = 16
"""More rungs than any ladder has.  Each time staff resend a dead letter a new round begins: ``rung`` goes on at the
next multiple, so that no client_msg_id of the new round is one that the platform has seen."""


def apart(row_id: int, losses: int) -> timedelta:
    """How long a message waits whose worker died for the n-th time: somewhere in 4 s, in 8 s … in a minute.

    Who died together is so taken apart, and one that kills its worker soon takes no other with it.  Its number decides,
    which is as good as chance and can be tested.
    """
    spread = min(_FIRST * (1 << losses - 1), _MOST)
    return spread * Random(f"{row_id}.{losses}").random()


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
