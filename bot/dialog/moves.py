"""Moves on the stack that a patient asks for: leaving a frame, going back a step, asking what should change."""

import re

from bot.dialog import advance, filling
from bot.dialog.frame import Confirm
from bot.dialog.offers import SHORT, plain
from bot.dialog.session import FrameState
from bot.dialog.speech import Option, Reply
from bot.dialog.talk import Talk
from nlu.understood import Understood


def leave(talk: Talk) -> None:
    """Drop the top frame, and the one that opened it if it has nothing else to ask."""
    title = _drop(talk)
    talk.say(talk.phrases.gave_up(title), glued=talk.top is not None)
    talk.come_back = True


def _drop(talk: Talk) -> str:
    state = talk.pop()
    while state.fills is not None and talk.top is not None and _stuck(talk, state.fills):
        state = talk.pop()
    return talk.frame(state).title


def _stuck(talk: Talk, name: str) -> bool:
    """Whether asking ``name`` would only open the frame again that was just left."""
    below = talk.top
    if below is None or talk.question() != name:
        return False
    return not advance.choosable(talk, below, talk.frame(below).slots[name])


def back(talk: Talk) -> None:
    """Forget the answer given last, so that its question comes again; at the first question leave the frame."""
    state = talk.top
    if state is None:
        return
    if _step_back(talk, state):
        return
    if state.fills is not None and len(talk.session.stack) > 1:
        talk.pop()
        if _stuck(talk, state.fills):
            back(talk)
        return
    leave(talk)


def _step_back(talk: Talk, state: FrameState) -> bool:
    """Facets and values that come by themselves have no question to go back to: they go with the answer before."""
    before = talk.question()
    frame = talk.frame(state)
    while state.filled:
        name = state.filled[-1]
        filling.reopen(frame, state, name)
        if talk.question() != before:
            return True
    return False


def ask_change(talk: Talk, sentence: str, fields: tuple[tuple[str, str], ...]) -> None:
    """Which of these should be different?  Picking one asks it again."""
    options = tuple(Option(title, name, _words(title)) for name, title in fields)
    talk.say(Reply(sentence, options), slot=advance.CHANGE)


def field_named(talk: Talk, state: FrameState, name: str, heard: Understood) -> str | None:
    """The one field of a read-back that 「改一下科室」 names, without saying what it should be."""
    text = plain(heard.normalized or heard.text)
    among = changeable(talk, state, name) if len(text) <= SHORT else ()
    named = [field for field, title in among if any(plain(word) in text for word in _words(title))]
    return named[0] if len(named) == 1 else None


def _words(title: str) -> tuple[str, ...]:
    """医生和日期 is named by either."""
    return tuple(word for word in re.split("[和、或]", title) if len(word) > 1)


def changeable(talk: Talk, state: FrameState, name: str) -> tuple[tuple[str, str], ...]:
    """(slot, title) of what is known and may be named: of a read-back all that it builds on."""
    frame = talk.frame(state)
    among = filling.bases(frame, name) or set(frame.slots)
    return tuple(
        (n, slot.title)
        for n, slot in frame.slots.items()
        if n in among
        and slot.title
        and not isinstance(slot, Confirm)
        and filling.filled(frame, state, n)
        and slot.when(talk.world, state.values)
    )
