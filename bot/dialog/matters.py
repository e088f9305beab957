"""What has to be said before anything else (a suspended visit): it comes on top of whatever is open, once.

A message is always taken for an answer to what the patient saw last.  Where that was the push that told of the matter,
the message answers it; else the message does what it says first, and the matter is raised right after it.
"""

from datetime import datetime

from bot.dialog.frame import WITHIN
from bot.dialog.session import FrameState, Offer
from bot.dialog.talk import Talk
from bot.domain.world import Matter

REMEMBERED = 20
"""Matters raised, as the session remembers them."""
_COMES_FIRST = ("emergency", "human", "leave_desk")
"""Frames after which nothing else is said in the same turn."""


def answered(talk: Talk, seen_at: datetime | None) -> None:
    """The newest push came after the last word of the dialog (``seen_at``): its question is the open one now."""
    if talk.session.human or talk.message.kind != "text" or talk.message.tap:
        return
    told = [
        matter
        for matter in _unraised(talk)
        if matter.told_at is not None and (seen_at is None or matter.told_at > seen_at)
    ]
    if not told:
        return
    matter = max(told, key=lambda each: (each.told_at, each.id))
    talk.late = False
    _raise(talk, matter)
    name = talk.question()
    if name is None or talk.top is None:
        return
    question = talk.frame(talk.top).slots[name].question(talk.world, talk.top.values)
    if question is not None and question.options:
        talk.session.offer = Offer(matter.id, name, list(question.options))
        talk.session.asked = name


def withdraw(talk: Talk) -> None:
    """A message that was about something else answered no invitation: that waits for another day."""
    waiting = [matter for matter in talk.world.matters() if matter.waits]
    raised = [s for s in talk.session.stack if s.key in talk.opened and any(_tells(s, m) for m in waiting)]
    if len(talk.opened) > len(raised):
        talk.session.stack = [s for s in talk.session.stack if s not in raised or s.filled]
        if len(talk.session.stack) == 1:
            talk.session.stack[0].values.pop(WITHIN, None)  # nothing is open below any more


def interrupt(talk: Talk) -> bool:
    """Raise the first matter that has not been; False where there is none, or where it has to wait for its turn."""
    if talk.session.human or talk.quiet or _busy(talk):
        return False
    matter = next((each for each in _unraised(talk) if not each.done and not each.waits), None)
    if matter is None:
        return False
    if talk.failed and len(talk.session.stack) == 0:  # what was not understood may well have been about this
        talk.parts.clear()
    talk.session.offer = None  # what was asked last was about another matter
    _raise(talk, matter)
    return True


def keep_one(talk: Talk) -> None:
    """A matter opened anew (by a tap on its push) is not open below as well; nor has it to be raised again."""
    top = talk.top
    if top is None:
        return
    for matter in talk.world.matters():
        if _tells(top, matter):
            below = talk.session.stack[:-1]
            talk.session.stack = [*(state for state in below if not _tells(state, matter)), top]
            _remember(talk, matter)


def _tells(state: FrameState, matter: Matter) -> bool:
    return state.frame == matter.frame and matter.values.items() <= state.values.items()


def _busy(talk: Talk) -> bool:
    """Danger and the desk come first; a command under way is carried out first; two questions at once are none."""
    state = talk.top
    if any(s.frame in _COMES_FIRST and s.key in talk.opened for s in talk.session.stack):
        return True
    if any(part.reply.options for part in talk.parts):
        return True
    return state is not None and not talk.frame(state).aside and talk.question() is None


def _unraised(talk: Talk) -> list[Matter]:
    raised = set(talk.session.told)
    return [m for m in talk.world.matters() if m.id not in raised and m.frame in talk.frames]


def _raise(talk: Talk, matter: Matter) -> None:
    """Below what is answered at once in this turn (a greeting, a FAQ), above everything else."""
    _remember(talk, matter)
    stack = talk.session.stack
    stack[:] = [state for state in stack if not _tells(state, matter)]
    at = len(stack)
    while at and stack[at - 1].key in talk.opened and talk.frame(stack[at - 1]).aside:
        at -= 1
    talk.insert(at, matter.frame, dict(matter.values))
    talk.come_back = False


def _remember(talk: Talk, matter: Matter) -> None:
    if matter.id not in talk.session.told:
        talk.session.told = [*talk.session.told, matter.id][-REMEMBERED:]
