"""One turn in the making: a working copy of the session, and what is said so far."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

import msgspec

from bot.dialog import filling
from bot.dialog.frame import Frame, Message, Values
from bot.dialog.repair import Phrases
from bot.dialog.session import FrameState, Offer, Session
from bot.dialog.speech import Json, Reply
from bot.domain.world import World


class Step(Enum):
    """What follows once a message is taken."""

    ASK = auto()
    """The dialog goes on: the next question, or the command."""
    STOP = auto()
    """Everything is said."""


ASK, STOP = Step.ASK, Step.STOP

DEPTH = 3
"""Frames that may be open at once; beyond, the oldest side track is let go."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something said; ``glued`` to the next part in one bubble."""

    reply: Reply
    glued: bool
    slot: str = ""
    """The slot its options fill; empty for options that open frames."""
    mark: str = ""
    """Names what was asked with its choices: another question's choices are another offer, even if they read alike."""


@dataclass
class Talk:
    """Mutable for the length of one turn only; the session in it is a copy."""

    frames: Mapping[str, Frame]
    phrases: Phrases
    session: Session
    world: World
    message: Message
    seed: str = ""
    """Makes keys of frames opened while settling differ from those of the turn itself."""
    late: bool = False
    """Hours have passed: an old frame is offered again instead of asked."""
    failed: bool = False
    """The message was not understood, or told something impossible."""
    for_desk: bool = False
    with_human: bool = False
    """The next question comes with a way out: a human, one tap away."""
    parts: list[Part] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    """Keys of the frames opened in this turn."""
    quiet: bool = False
    """Words that nothing should follow have been said."""
    in_full: bool = False
    """The patient asks for the question once more (继续): not its short form."""
    come_back: bool = False
    """A side track has ended: say what is gone on with."""

    @property
    def top(self) -> FrameState | None:
        return self.session.stack[-1] if self.session.stack else None

    def frame(self, state: FrameState) -> Frame:
        return self.frames[state.frame]

    def question(self) -> str | None:
        """Name of the open question; fills what needs none."""
        if self.top is None:
            return None
        frame = self.frame(self.top)
        filling.fill_auto(frame, self.top, self.world)
        return filling.open_slot(frame, self.top, self.world)

    def asked_last(self, name: str) -> bool:
        """Whether the choices shown last are those of this question."""
        return self.session.offer is not None and self.session.offer.slot == name

    def say(
        self, said: str | Reply, *, glued: bool = False, slot: str = "", stands_for: Reply | None = None
    ) -> None:
        """``stands_for``: the whole question that a shorter form of it repeats."""
        reply = Reply(said) if isinstance(said, str) else said
        if reply.text or reply.options:
            basis = Reply(stands_for.text, reply.options) if stands_for is not None else reply
            self.parts.append(Part(reply, glued, slot, self._mark(basis, slot) if reply.options else ""))

    def _mark(self, reply: Reply, slot: str) -> str:
        """The same question with the same choices keeps its mark: a tap on the earlier copy means the same.  The
        read-back of another time has another one, though its buttons read alike (确认)."""
        asker = self.top.key if slot and self.top is not None else ""
        basis = msgspec.json.encode((asker, slot, reply.text, reply.options))
        return hashlib.sha256(basis).hexdigest()[:10]

    def open(self, frame_id: str, values: Values | None = None, fills: str | None = None) -> FrameState:
        """A new frame on top; the stack stays bounded."""
        if len(self.session.stack) >= DEPTH and not self.frames[frame_id].aside:  # which is gone at once
            self._make_room(keep_top=fills is not None)
        return self.insert(len(self.session.stack), frame_id, values, fills)

    def insert(
        self, at: int, frame_id: str, values: Values | None = None, fills: str | None = None
    ) -> FrameState:
        """A new frame at that place of the stack, from below; nothing makes room for it."""
        frame = self.frames[frame_id]
        state = FrameState(frame_id, frame.version, self._key(frame_id), dict(values or {}), fills=fills)
        self.session.stack.insert(at, state)
        self.opened.append(state.key)
        return state

    def _make_room(self, *, keep_top: bool) -> None:
        """The last side track goes, with the frames it opened; the main task below stays."""
        stack = self.session.stack
        start = len(stack) - 1
        while start > 0 and stack[start].fills is not None:
            start -= 1
        if keep_top or start == 0:
            del stack[0]
            stack[0].fills = None
        else:
            del stack[start:]

    def _key(self, frame_id: str) -> str:
        """The same message replayed on the same session gives the same key, so that it books once."""
        basis = f"{self.seed}|{self.message.id}|{frame_id}|{len(self.opened)}"
        return hashlib.sha256(basis.encode()).hexdigest()[:24]

    def pop(self) -> FrameState:
        return self.session.stack.pop()

    def clear(self) -> None:
        """Forget everything that is open."""
        self.session.stack = []
        self.session.offer = None
        self.session.asked = ""

    def replies(self) -> tuple[Reply, ...]:
        """Few bubbles, and only the last choices keep their numbers: 「1」 can mean one thing."""
        if self.parts:
            self.session.asked = self.parts[-1].slot
        parts = _spoken(self.parts)
        last = max((i for i, p in enumerate(parts) if p.reply.options), default=None)
        self._offer(None if last is None else parts[last])
        offer_id = self.session.offer.id if last is not None and self.session.offer else ""
        return tuple(
            Reply(p.reply.text, p.reply.options, offer_id) if i == last else Reply(p.reply.text)
            for i, p in enumerate(parts)
        )

    def _offer(self, part: Part | None) -> None:
        before = self.session.offer
        if part is None:
            lasting = before is not None and before.slot == "" and not self.session.stack
            self.session.offer = before if lasting or self.quiet or not self.parts else None
            return
        self.session.offer = Offer(part.mark, part.slot, list(part.reply.options))


BUBBLES = 3
"""More than this at once is a wall of text, and a passive reply holds one."""


def _spoken(parts: list[Part]) -> list[Part]:
    """Glued parts joined, then the earliest until there are few enough."""
    bubbles: list[Part] = []
    join = False
    for part in parts:
        if join and bubbles:
            part = _joined(bubbles.pop(), part)
        bubbles.append(part)
        join = part.glued
    while len(bubbles) > BUBBLES:
        bubbles[:2] = [_joined(bubbles[0], bubbles[1])]
    return bubbles


def _joined(first: Part, second: Part) -> Part:
    chosen = second if second.reply.options else first
    text = "\n".join(t for t in (first.reply.text, second.reply.text) if t)
    return Part(Reply(text, chosen.reply.options), second.glued, chosen.slot, chosen.mark)


def action(value: Json) -> tuple[str, dict[str, Json]] | None:
    """What `frame.opens` made."""
    match value:
        case {"open": str(frame), "values": dict(values)}:
            return frame, values
    return None
