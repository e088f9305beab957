"""The precedence ladder: the one place that decides what a message is taken for.

Each rung looks at the message and takes it or passes it on (None).  One that took it says whether the dialog
goes on (`ASK`: the next question follows) or everything is said (`STOP`).
"""

from collections.abc import Callable
from datetime import timedelta

from bot.dialog import advance, digress, events, information, moves, nods, offers
from bot.dialog.desk import ALONE
from bot.dialog.frame import Known
from bot.dialog.talk import ASK, STOP, Step, Talk, action
from nlu.understood import Understood

LEAVE_DESK = "leave_desk"
DESK_EVERY = timedelta(minutes=10)
"""How often a patient who writes to the desk is told that a colleague reads along."""

Rung = Callable[[Talk, Understood], Step | None]


def climb(talk: Talk, heard: Understood) -> Step:
    """The first rung that takes the message decides."""
    for rung in RUNGS:
        step = rung(talk, heard)
        if step is not None:
            return step
    return digress.fallback(talk)


def emergency(talk: Talk, heard: Understood) -> Step | None:
    """A danger sign is answered first, always; what is open stays open."""
    danger = heard.red_flag is not None or digress.sure(heard, "emergency")
    if not danger or "emergency" not in talk.frames:
        return None
    information.keep(talk, heard)
    digress.enter(talk, "emergency", heard)
    talk.come_back = True
    return ASK


def desk(talk: Talk, heard: Understood) -> Step | None:
    """While the human desk has the conversation only the way back is ours; other words are kept for the desk."""
    if not talk.session.human:
        return None
    if heard.intent == "restart":
        talk.clear()
    elif talk.message.kind in events.EVENTS:
        digress.enter_intent(talk, heard)
    elif heard.intent != "back" and not _taps_away(talk):
        return _for_desk(talk)
    talk.late = False
    fresh = bool(talk.opened)
    talk.open(LEAVE_DESK, {advance.FRESH: fresh, ALONE: talk.top is None})
    return ASK


def _taps_away(talk: Talk) -> bool:
    """A tap on a choice that opens something leaves the desk for it."""
    choice = offers.tapped(talk.session.offer, talk.message.tap)
    picked = action(choice.option.value) if isinstance(choice, offers.Picked) else None
    chosen = picked or offers.pushed(talk.message.tap)
    if chosen is None:
        return False
    if chosen[0] in talk.frames and chosen[0] != LEAVE_DESK:
        digress.enter(talk, *chosen)
    return True


def _for_desk(talk: Talk) -> Step:
    talk.for_desk = True
    told = talk.session.desk_told_at
    if told is None or talk.world.now - told >= DESK_EVERY:
        talk.say(talk.phrases.with_desk())
        talk.session.desk_told_at = talk.world.now
    return STOP


def human(talk: Talk, heard: Understood) -> Step | None:
    """人工: the desk is called, whatever is open."""
    if not digress.sure(heard, "human") or "human" not in talk.frames:
        return None
    digress.enter(talk, "human", heard)
    return ASK


def nonverbal(talk: Talk, heard: Understood) -> Step | None:
    """A sticker or nothing at all: a friendly sentence and the question again, no failure."""
    if talk.message.kind != "text" and talk.message.kind not in events.EVENTS:
        own = talk.frame(talk.top).unreadable(talk.message.kind) if talk.top is not None else ""
        talk.say(own or talk.phrases.nonverbal(talk.message.kind), glued=talk.top is not None)
        return ASK
    if talk.message.kind == "text" and not talk.message.tap and not heard.text.strip():
        talk.say(talk.phrases.empty(), glued=talk.top is not None)
        return ASK
    return None


def leaving(talk: Talk, heard: Understood) -> Step | None:
    """算了 leaves the task, 返回 the last answer, 重来 everything."""
    if heard.intent == "restart" and heard.confidence >= digress.MAYBE:
        talk.clear()
        talk.say(talk.phrases.restarted())
        return STOP
    goes_back = heard.intent == "back" and heard.confidence >= digress.MAYBE
    gives_up = heard.gives_up and not heard.corrects
    if not goes_back and (not gives_up or _an_answer(talk, heard)):
        return None
    if talk.top is None:
        talk.session.offer = None
        talk.say(talk.phrases.nothing_open())
        return STOP
    if goes_back and not gives_up:
        talk.late = False
        moves.back(talk)
    else:
        moves.leave(talk)
    return ASK


def _an_answer(talk: Talk, heard: Understood) -> bool:
    """不看了, where giving up is one of the choices."""
    state = talk.top
    name = talk.frame(state).gives_up if state is not None else ""
    if state is None or not name or talk.question() != name:
        return False
    return isinstance(talk.frame(state).slots[name].hear(heard, talk.world, state.values), Known)


RUNGS: tuple[Rung, ...] = (
    emergency,
    desk,
    nonverbal,
    human,
    information.claim,
    leaving,
    digress.another,
    information.correction,
    information.choice,
    nods.go_on,
    information.extra,
    nods.nod,
    digress.digression,
    digress.asked,
    digress.doubt,
)
