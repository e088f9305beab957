"""The rungs for a bare yes: 继续 repeats the question, 好 where there is something to choose gets a kind word."""

from bot.dialog import digress, filling
from bot.dialog.filling import Learnt
from bot.dialog.frame import NEW, Confirm
from bot.dialog.session import Offer
from bot.dialog.speech import Option
from bot.dialog.talk import ASK, Step, Talk, action
from nlu.understood import Understood


def go_on(talk: Talk, heard: Understood) -> Step | None:
    """继续: the open question once more, in full; never a yes to a read-back."""
    if not heard.goes_on or heard.corrects:
        return None
    if talk.top is None:
        return _begun(talk)
    talk.late, talk.in_full = False, True
    return ASK


def _begun(talk: Talk) -> Step | None:
    """What was begun is not in the session any more, but the hospital knows of it."""
    for frame in talk.frames.values():
        values = frame.unfinished(talk.world)
        if values is not None:
            talk.open(frame.id, values)
            return ASK
    return None


def nod(talk: Talk, heard: Understood) -> Step | None:
    """好 to a question that yes does not answer: the only choice there is, else which one?

    The first time it is no failure: people say 好 to everything.
    """
    state, name = talk.top, talk.question()
    if state is None or name is None or talk.late or not digress.sure(heard, "confirm"):
        return None
    frame = talk.frame(state)
    if isinstance(frame.slots[name], Confirm):
        return None
    only = _only(talk.session.offer) if talk.asked_last(name) else None
    if only is not None:
        filling.choose(frame, state, name, only, Learnt())
        return ASK
    question = frame.slots[name].question(talk.world, state.values)
    sentence = talk.phrases.pick(len(question.options) if question is not None else 0)
    if any(reply.text.startswith(sentence) for reply in talk.session.last_replies):
        talk.failed = True
        talk.session.failures += 1
        talk.with_human = talk.session.failures >= digress.RUNGS
    talk.say(sentence, glued=True)
    return ASK


def _only(offer: Offer | None) -> Option | None:
    """The one choice that answers; ways to other choices are none, and somebody to be added is another answer."""
    if offer is None or any(o.value == NEW for o in offer.options):
        return None
    answers = [o for o in offer.options if o.value is not None and action(o.value) is None]
    return answers[0] if len(answers) == 1 else None
