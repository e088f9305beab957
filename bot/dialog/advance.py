"""Going on after a message: fill what needs no question, then ask, open what is missing, or commit."""

import logging

from bot.dialog.filling import Learnt, forget, put
from bot.dialog.frame import NEW, Confirm, Said, Slot, opens
from bot.dialog.session import FrameState
from bot.dialog.speech import Option, Reply
from bot.dialog.talk import Talk
from bot.domain.commands import Command
from bot.domain.outcomes import HumanLeft, HumanQueued, Outcome

log = logging.getLogger(__name__)

STEPS = 12
"""Frames entered in one turn; more is a frame that runs in circles."""
FRESH = "fresh"
"""A value of the way back from the desk: what follows has just been asked for, it is not gone back to."""
RESUME = ":resume"
CHANGE = ":change"


def advance(talk: Talk) -> Command | None:
    """Ask the next question, or return the command of the frame that has everything."""
    for _ in range(STEPS):
        state = talk.top
        if state is not None and talk.quiet and talk.question() is None:
            return ready(talk, state)  # nothing more is said, but what was told is carried out
        if state is None or not _may_speak(talk, state):
            return None
        name = talk.question()
        if name is not None and talk.frame(state).over(talk.world, state.values):
            settle(talk, state, None)
        elif name is None:
            command = ready(talk, state)
            if command is not None:
                return command
            settle(talk, state, None)
        elif not _open_sub(talk, state, name):
            _ask(talk, state, name)
            return None
    log.error("dialog.circles frame=%s", talk.top.frame if talk.top else "")
    talk.clear()
    return None


def ready(talk: Talk, state: FrameState) -> Command | None:
    """The command of a frame whose questions are all answered, under its idempotency key."""
    return talk.frame(state).commit(state.values, f"{state.key}:{state.commits}")


def _may_speak(talk: Talk, state: FrameState) -> bool:
    if talk.quiet:
        return False
    if state.key in talk.opened:
        return True
    if talk.session.human:
        return False
    if talk.late:
        title = talk.frame(state).title
        options = (
            Option(talk.phrases.resume_yes(title), True),
            Option(talk.phrases.resume_no(title), False),
        )
        talk.say(Reply(talk.phrases.offer_resume(title), options), slot=RESUME)
        return False
    return True


def _open_sub(talk: Talk, state: FrameState, name: str) -> bool:
    """Open the slot's own frame where there is nothing to choose from."""
    slot = talk.frame(state).slots[name]
    if slot.sub is None or choosable(talk, state, slot):
        return False
    enter_sub(talk, state, name)
    return True


def choosable(talk: Talk, state: FrameState, slot: Slot) -> bool:
    """Whether the question offers anything besides opening the sub frame."""
    question = slot.question(talk.world, state.values)
    return question is not None and any(o.value != NEW for o in question.options)


def enter_sub(talk: Talk, state: FrameState, name: str) -> FrameState:
    """Open the slot's sub frame; its result becomes the slot's value."""
    slot = talk.frame(state).slots[name]
    if slot.sub is None:
        raise ValueError(f"{state.frame}.{name} has no sub frame")
    return talk.open(slot.sub, slot.seed(talk.world, state.values), fills=name)


def _ask(talk: Talk, state: FrameState, name: str) -> None:
    frame = talk.frame(state)
    if talk.come_back and frame.title:
        talk.say(talk.phrases.continuing(frame.title), glued=True)
    question = full = frame.slots[name].question(talk.world, state.values) or Reply("")
    short = frame.slots[name].in_short(talk.world, state.values)
    if short and not talk.in_full and talk.asked_last(name):
        question = Reply(short, question.options)
    if talk.with_human and _counts(frame.slots[name], question):
        question = Reply("\n".join((question.text, talk.phrases.say_human())))
    elif talk.with_human and "human" in talk.frames:
        human = Option(talk.phrases.call_human(), opens("human"))
        question = Reply(question.text, (*question.options, human))
    talk.say(question, slot=name, stands_for=full)


def _counts(slot: Slot, question: Reply) -> bool:
    """A question whose answer may be a bare number: nothing numbered stands below it."""
    return slot.claim is not None and not question.options


def settle(talk: Talk, state: FrameState, outcome: Outcome | None) -> None:
    """Say what came of the top frame's command, and leave or clear the frame."""
    frame = talk.frame(state)
    said = frame.said(outcome, talk.world, state.values)
    in_passing = frame.aside and len(talk.session.stack) > 1
    talk.say(Reply(said.reply.text) if in_passing else said.reply)  # the open question's choices count
    talk.quiet = talk.quiet or said.quiet or said.shelves
    if isinstance(outcome, HumanQueued | HumanLeft):
        talk.session.human = isinstance(outcome, HumanQueued)
    if said.done or said.then:
        _finish(talk, said)
        if said.shelves or (said.holds and talk.top is not None):
            talk.quiet = True
            _shelve(talk)
        return
    confirms = [n for n, slot in frame.slots.items() if isinstance(slot, Confirm)]
    before = dict(state.values)
    forget(frame, state, [*said.clear, *confirms])
    state.commits += 1
    if talk.question() is None and state.values == before:  # it would commit the same for ever
        talk.pop()


def _shelve(talk: Talk) -> None:
    """One line instead of the open question; a read-back has to be seen again before a yes counts."""
    name = talk.question()
    if talk.top is not None and name and isinstance(talk.frame(talk.top).slots[name], Confirm):
        talk.session.offer = None
    talk.say(talk.phrases.go_on(talk.frame(talk.top).title if talk.top else ""))


def _finish(talk: Talk, said: Said) -> None:
    state = talk.pop()
    below = talk.top
    if said.then is not None:
        talk.open(said.then[0], said.then[1], fills=state.fills)
    elif state.fills is None or below is None:
        talk.come_back = talk.come_back or not (talk.frame(state).aside or state.values.get(FRESH))
    elif said.abandon:
        talk.pop()
        talk.come_back = True
    elif said.result is not None:
        put(talk.frame(below), below, state.fills, said.result, Learnt())
    elif talk.question() == state.fills and not choosable(talk, below, talk.frame(below).slots[state.fills]):
        talk.pop()  # without the result there is nothing to ask: it would open the same frame again
        talk.come_back = True
