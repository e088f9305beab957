"""The dialog engine: (session, message) → (session, replies, command).  Pure: it stores, sends and books nothing."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from bot.dialog import advance, codec, events, ladder, matters, offers
from bot.dialog.desk import LeaveDesk
from bot.dialog.frame import Confirm, Frame, Message, Turn
from bot.dialog.repair import Phrases
from bot.dialog.session import FrameState, Session
from bot.dialog.speech import Reply
from bot.dialog.talk import ASK, Talk
from bot.domain.commands import Command
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from nlu.understood import Understood

log = logging.getLogger(__name__)

Replies = tuple[Reply, ...]


class Engine:
    """Made once a process; keeps nothing between turns."""

    def __init__(
        self,
        frames: Iterable[Frame],
        phrases: Phrases,
        *,
        resume_after: timedelta = timedelta(hours=2),
        forget_after: timedelta = timedelta(hours=24),
    ) -> None:
        known = {frame.id: frame for frame in frames}
        self.frames = {ladder.LEAVE_DESK: LeaveDesk(phrases), **known}
        self.phrases = phrases
        self.resume_after, self.forget_after = resume_after, forget_after

    def turn(
        self, session: Session, understood: Understood, world: World, message: Message
    ) -> tuple[Session, Turn]:
        """One message.  With a command in the turn, execute it and call `settle`; else the turn is complete."""
        if message.id and message.id == session.last_message:
            return session, Turn(tuple(session.last_replies))
        understood = _meant(message, understood)
        talk = self._talk(session, world, message)
        seen_at = session.touched_at
        self._look_at_the_clock(talk)
        matters.answered(talk, seen_at)
        step = ladder.climb(talk, understood)
        matters.withdraw(talk)
        matters.keep_one(talk)
        command = advance.advance(talk) if matters.interrupt(talk) or step is ASK else None
        if command is None and talk.top is None and matters.interrupt(talk):
            command = advance.advance(talk)
        if not talk.failed and _speaks(message, understood):
            talk.session.failures = 0
        if command is not None:
            talk.session.pending = [Reply(r.text) for r in talk.replies()]
            return talk.session, Turn((), command)
        if not talk.parts and not talk.for_desk:
            talk.say(self.phrases.anything_else())
        return talk.session, Turn(_closed(talk, ()), for_desk=talk.for_desk)

    def settle(
        self, session: Session, outcome: Outcome, world: World, message: Message
    ) -> tuple[Session, Replies]:
        """What came of the command: said, and the dialog goes on.  `due` tells if another command follows."""
        talk = self._talk(session, world, message)
        state = talk.top
        if state is None:
            return session, ()
        talk.seed = f"{state.key}:{state.commits}"
        earlier = tuple(session.last_replies) if session.last_message == message.id else ()
        for reply in talk.session.pending:
            talk.say(reply, glued=True)
        talk.session.pending = []
        advance.settle(talk, state, outcome)
        matters.interrupt(talk)
        advance.advance(talk)
        replies = _closed(talk, earlier)
        return talk.session, replies

    def due(self, session: Session, world: World) -> Command | None:
        """Right after `settle`: the command of a frame that became complete by it; execute and settle it too."""
        talk = self.look(session, world)
        if talk.top is None or talk.session.human:
            return None
        return advance.ready(talk, talk.top) if talk.question() is None else None

    def expecting(self, session: Session, world: World) -> tuple[str, ...]:
        """What the open question is about, for the NLU: the slot's name, ``confirm``, ``choice``."""
        talk = self.look(session, world)
        matters.answered(talk, session.touched_at)
        name, offer = talk.question(), talk.session.offer
        found = [name] if name is not None else []
        asks_yes = offer is not None and offer.slot == advance.RESUME
        if asks_yes or (name and talk.top and isinstance(talk.frame(talk.top).slots[name], Confirm)):
            found.append("confirm")
        if offer is not None and found:  # a menu that stays below a finished task is no open question
            found.append("choice")
        return tuple(dict.fromkeys(found))

    def look(self, session: Session, world: World) -> Talk:
        """Where a conversation stands, without a message: a working copy to read from."""
        return self._talk(session, world, Message(""))

    def _talk(self, session: Session, world: World, message: Message) -> Talk:
        talk = Talk(self.frames, self.phrases, codec.copy(session), world, message)
        talk.session.stack = [s for s in talk.session.stack if self._known(s)]
        offer, top = talk.session.offer, talk.top
        own = offer is not None and (offer.slot == "" or offer.slot.startswith(":"))
        if offer is not None and not own and (top is None or offer.slot not in talk.frame(top).slots):
            talk.session.offer = None
        return talk

    def _known(self, state: FrameState) -> bool:
        """Bring the frame's values forward; False, and logged, where a release has dropped the frame."""
        frame = self.frames.get(state.frame)
        if frame is None:
            log.warning("dialog.dropped frame=%s", state.frame)
            return False
        if state.version < frame.version:
            try:
                state.values = frame.upgrade(dict(state.values), state.version)
            except (LookupError, TypeError, ValueError) as error:
                log.warning("dialog.not_upgraded frame=%s error=%s", state.frame, type(error).__name__)
                return False
            state.version = frame.version
        state.filled = [n for n in state.filled if n in frame.slots and n in state.values]
        return True

    def _look_at_the_clock(self, talk: Talk) -> None:
        """After hours an open task is offered again, after a day it is forgotten in silence."""
        session, now = talk.session, talk.world.now
        idle = now - session.touched_at if session.touched_at else timedelta()
        if idle > self.forget_after:
            talk.clear()
            session.failures, session.human = 0, False
        elif idle > self.resume_after:
            session.stack = [s for s in session.stack if not talk.frame(s).aside]
            session.failures = 0
            talk.late = bool(session.stack)
        session.touched_at = now


def _meant(message: Message, understood: Understood) -> Understood:
    """A tap below a push means what it opens, whatever its label would mean as words (重新挂号)."""
    if offers.pushed(message.tap) is not None:
        return Understood(text="", normalized="", intent="unknown", confidence=0.0)
    return events.tapped(message.tap) or understood


def _speaks(message: Message, understood: Understood) -> bool:
    """A sticker neither fails nor succeeds."""
    return bool(message.tap or understood.text.strip()) or message.kind in events.EVENTS


def _closed(talk: Talk, earlier: Replies) -> Replies:
    replies = talk.replies()
    talk.session.last_message = talk.message.id
    talk.session.last_replies = [*earlier, *replies]
    return replies
