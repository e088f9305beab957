"""What is remembered of a conversation: what is known, never where we are.

The next question is always the first unfilled slot of the top frame, so a release that adds, drops or
reorders questions breaks no conversation.  Stored as JSON with a version; `upgrade` brings old ones forward.
"""

from datetime import datetime
from typing import Protocol

import msgspec

from bot.dialog.speech import Json, Option, Reply

VERSION = 1


class FrameState(msgspec.Struct):
    """One thing the patient is doing."""

    frame: str
    """Frame id."""
    version: int
    key: str
    """Idempotency key of its command: derived from the message that opened it, so that a retried turn books once."""
    values: dict[str, Json] = {}
    filled: list[str] = []
    """Slots in the order in which the patient gave them, for 「返回」."""
    manual: list[str] = []
    """Slots the patient asked to give anew (返回, 修改): not filled by themselves until given."""
    commits: int = 0
    """Commits tried so far: each has its own key (a seat that vanished, then another)."""
    fills: str | None = None
    """The slot of the frame below that this frame's result goes into."""


class Offer(msgspec.Struct):
    """The choices the patient saw last; 「1」 means the first of these, whatever the world looks like now."""

    id: str
    slot: str
    """Slot the choice fills; one of the engine's own offers starts with ``:`` (``:resume``, ``:intent``…)."""
    options: list[Option]


class Noted(msgspec.Struct):
    """What has been written down of a wish for an appointment (`bot.services.wishes`)."""

    department: int | None = None
    doctor: int | None = None
    hindrance: str = ""


class Session(msgspec.Struct):
    """One account's conversation on one channel."""

    version: int = VERSION
    revision: int = 0
    """Of the stored copy this one was loaded from; saving is compare-and-set on it."""
    stack: list[FrameState] = []
    offer: Offer | None = None
    asked: str = ""
    """The slot whose question was what was said last; empty: something else was."""
    failures: int = 0
    """Messages in a row that were not understood: the rung of the repair ladder."""
    touched_at: datetime | None = None
    human: bool = False
    """The human desk has the conversation; the bot only answers emergencies and 「返回」."""
    desk_told_at: datetime | None = None
    """When the patient was last told that a colleague reads along: said once in a while, not every time."""
    told: list[str] = []
    """Matters that were raised on their own (`bot.dialog.matters`), so that each interrupts once."""
    wishes: dict[str, Noted] = {}
    """By the key of the frame that is about it; written by the host, after the turn."""
    pending: list[Reply] = []
    """Said in this turn before its command; `settle` puts it first and empties it."""
    last_message: str = ""
    """Dedup key of the last message that changed this session …"""
    last_replies: list[Reply] = []
    """… and what was answered, so that a retry after a crash is replayed, not processed twice."""


class SessionStore(Protocol):
    """Where sessions live.  One contract suite runs over every implementation."""

    def load(self, user: str) -> Session:
        """The stored session, upgraded; a new one if there is none or it cannot be read (which is logged)."""
        ...

    def save(self, user: str, session: Session) -> bool:
        """Store if the stored revision is still ``session.revision`` (compare-and-set); on success the stored
        copy's revision is one higher.  False if somebody else was faster."""
        ...
