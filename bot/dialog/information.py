"""The rungs of the ladder on which a message fills slots: a correction, a choice, anything else it tells."""

from bot.dialog import advance, digress, filling, moves, offers
from bot.dialog.filling import Learnt
from bot.dialog.frame import NEW, Confirm, Frame, Known
from bot.dialog.session import FrameState, Offer
from bot.dialog.speech import Json, Option, Reply
from bot.dialog.talk import ASK, STOP, Step, Talk, action
from nlu.understood import Understood

POLITE = ("greet", "thanks", "help")
"""Intents that never win over information in the same message (你好，我叫王芳)."""


def correction(talk: Talk, heard: Understood) -> Step | None:
    """不对，是下午: what it names is overwritten, also in the frame below (while a patient is being added)."""
    if not heard.corrects or _rather(talk, heard) is not None:
        return None
    asked = talk.question()
    for state in reversed(talk.session.stack):
        learnt = Learnt()
        filling.hear(talk.frame(state), state, heard, talk.world, learnt)
        if learnt.changed or learnt.wrong or (learnt.named and state is talk.top):
            return _learnt(talk, learnt, asked)
    return None


def claim(talk: Talk, heard: Understood) -> Step | None:
    """The answer to the question that was asked last, though it sounds like something else (头晕, 没有, 下周).

    Hours later a bare yes gets the question again, as everywhere.
    """
    state, name = talk.top, talk.question()
    if state is None or name is None or talk.session.asked != name or talk.message.tap:
        return None
    listen = talk.frame(state).slots[name].claim
    if listen is None or (talk.late and heard.intent == "confirm"):
        return None
    learnt, told = Learnt(), listen(heard, talk.world, state.values)
    filling.take(talk.frame(state), state, name, told, learnt)
    if not learnt.anything:
        return None
    _continuing(talk)
    if isinstance(told, Known) and told.besides:
        digress.afterwards(talk, heard)
    return _wrongs(talk, learnt)


def keep(talk: Talk, heard: Understood) -> None:
    """What of the words for a danger answers the question that was asked last."""
    state, name = talk.top, talk.question()
    if state is None or name is None or talk.session.asked != name or talk.session.human:
        return
    slot = talk.frame(state).slots[name]
    filling.take(talk.frame(state), state, name, slot.keeps(heard, talk.world, state.values), Learnt())


def choice(talk: Talk, heard: Understood) -> Step | None:
    """A tap, a number or a name picks from what was shown last."""
    opened = offers.pushed(talk.message.tap)
    if opened is not None:
        return _open(talk, *opened)
    offer = talk.session.offer
    picked = offers.tapped(offer, talk.message.tap)
    if picked is None and offer is not None:
        picked = offers.named(offer.options, heard, loosely=_loosely(talk, heard))
        picked = picked or _yes_or_no(offer, heard)
    if picked is None:
        offer = _open_question(talk, offer)
        picked = offers.named(offer.options, heard, loosely=False, numbered=False) if offer else None
    match picked:
        case offers.Picked(option, bare) if offer is not None:
            return _picked(talk, offer, option, heard, bare)
        case offers.Stale():
            talk.say(talk.phrases.stale(), glued=talk.top is not None)
            return ASK
        case offers.OutOfRange(count):
            return _not_offered(talk, heard, talk.phrases.no_such_choice(count))
        case offers.NoneOfThem():
            return extra(talk, heard) or _none_suits(talk)
        case _:
            return None


def _open_question(talk: Talk, shown: Offer | None) -> Offer | None:
    """The open question's choices where others were shown last (go on? what should change?): by name only."""
    state, name = talk.top, talk.question()
    if state is None or name is None or (shown is not None and shown.slot == name):
        return None
    question = talk.frame(state).slots[name].question(talk.world, state.values)
    return Offer("", name, list(question.options)) if question is not None and question.options else None


def _loosely(talk: Talk, heard: Understood) -> bool:
    """Whether a part of a name is enough: not where the message is plainly about something else, nor where it
    tells a day or a time of its own: 「周三」 is a wish, though only one choice on this page is on a Wednesday."""
    spoken = heard.intent in ("confirm", "deny", "back", "restart") or heard.corrects
    tells = bool(heard.slots.dates or heard.slots.period or heard.slots.time)
    return not spoken and not tells and digress.target(talk, heard) is None


def _yes_or_no(offer: Offer, heard: Understood) -> offers.Picked | None:
    """「好」 accepts the engine's own yes-or-no offers, which write nothing; a read-back is the frame's matter."""
    if offer.slot == advance.RESUME and heard.intent in ("confirm", "deny"):
        return offers.Picked(offer.options[0 if heard.intent == "confirm" else 1], bare=True)
    return None


def _picked(talk: Talk, offer: Offer, option: Option, heard: Understood, bare: bool) -> Step | None:
    opened = action(option.value)
    if opened is not None:
        return _open(talk, *opened)
    if offer.slot == advance.RESUME:
        return _resume(talk, option.value is True)
    state = talk.top
    if state is None:
        return None
    frame = talk.frame(state)
    if offer.slot == advance.CHANGE:
        return _give_anew(talk, state, str(option.value))
    if offer.slot not in frame.slots:
        return None
    if option.value == NEW:
        advance.enter_sub(talk, state, offer.slot)
        return _continuing(talk)
    if option.value is False and isinstance(frame.slots[offer.slot], Confirm):
        return denied(talk, state, offer.slot)
    learnt = Learnt()
    filling.choose(frame, state, offer.slot, option, learnt)
    if not bare:
        filling.hear(frame, state, heard, talk.world, learnt)
    _continuing(talk)
    return _wrongs(talk, learnt)


def _open(talk: Talk, frame_id: str, values: dict[str, Json]) -> Step | None:
    """An option that opens a frame; one that a release dropped is as stale as an old tap."""
    if frame_id not in talk.frames:
        talk.say(talk.phrases.stale(), glued=talk.top is not None)
        return ASK
    state = talk.top
    if state is not None and state.frame == frame_id:
        learnt = Learnt()
        for name, value in values.items():
            filling.put(talk.frame(state), state, name, value, learnt)
    else:
        talk.open(frame_id, values)
    return ASK


def _resume(talk: Talk, go_on: bool) -> Step:
    talk.late = False
    title = talk.frame(talk.session.stack[-1]).title if talk.session.stack else ""
    if go_on:
        talk.say(talk.phrases.continuing(title), glued=True)
        return ASK
    talk.clear()
    talk.say(talk.phrases.gave_up(title))
    return STOP


def _give_anew(talk: Talk, state: FrameState, name: str) -> Step:
    filling.reopen(talk.frame(state), state, name)
    return _continuing(talk)


def denied(talk: Talk, state: FrameState, name: str) -> Step:
    """No to a read-back, without saying what: ask, naming the fields, or leave where no means nothing at all."""
    talk.late = False
    slot = talk.frame(state).slots[name]
    if isinstance(slot, Confirm) and slot.leaves:
        moves.leave(talk)
        return ASK
    fields = moves.changeable(talk, state, name)
    sentence = talk.phrases.what_to_change(tuple(title for _, title in fields))
    moves.ask_change(talk, sentence, fields)
    return STOP


def _none_suits(talk: Talk) -> Step | None:
    state, name = talk.top, talk.question()
    if state is None or name is None or talk.frame(state).slots[name].claim is not None:
        return None  # what claims its answers knows what 都没有 is; else it was not understood
    ways = talk.frame(state).slots[name].otherwise(talk.world, state.values)
    if ways:
        labels = tuple(way.label for way in ways)
        talk.say(Reply(talk.phrases.none_suits(labels), ways), slot=name)
        return STOP
    fields = moves.changeable(talk, state, name)
    moves.ask_change(talk, talk.phrases.none_suits(tuple(title for _, title in fields)), fields)
    return STOP


def _not_offered(talk: Talk, heard: Understood, sentence: str) -> Step:
    """A number beyond the choices may still mean something else (a time, a phone number)."""
    step = extra(talk, heard)
    if step is None:
        talk.say(Reply(sentence), glued=talk.top is not None)
        step = ASK
    return step


def extra(talk: Talk, heard: Understood) -> Step | None:
    """Anything the message tells the top frame, asked or not; then the answer to the open question."""
    state = talk.top
    if state is None:
        return None
    target = digress.target(talk, heard)
    name = talk.question()
    frame = talk.frame(state)
    reading = name is not None and isinstance(frame.slots[name], Confirm)
    about_this = heard.intent in POLITE or (reading and heard.intent == "change")
    rather = _rather(talk, heard)
    if rather is not None:
        return _instead(talk, state, rather, heard)
    if target is not None and target.id != state.frame and not about_this:
        return None
    learnt = Learnt()
    filling.hear(frame, state, heard, talk.world, learnt)
    if name is not None and not (heard.intent in POLITE and target is not None):
        filling.answer(frame, state, name, heard, talk.world, learnt)
    new = next(
        (n for n in learnt.named if state.values.get(n) == NEW and frame.slots[n].sub is not None), None
    )
    if new is not None:  # 添加就诊人, whatever was asked
        return _somebody_new(talk, state, new)
    if name is not None and reading and not (learnt.changed or learnt.wrong):
        return _confirmed(talk, state, name, heard, learnt)
    own = target is not None and target.id == state.frame
    if own and not learnt.anything and (step := digress.known(talk, heard)) is not None:
        return step  # 你们会不会泄露我的信息, while registering
    if own or learnt.anything:
        step = _learnt(talk, learnt, name)
        if step is ASK:
            digress.besides(talk, heard)
        return step
    none = heard.intent == "deny" and talk.session.offer is not None and name == talk.session.offer.slot
    return (_none_suits(talk) if none else None) or _taken(talk, state, name, heard)


def _rather(talk: Talk, heard: Understood) -> Frame | None:
    """The frame that changes, where the read-back is of something else that no leaves (cancelling)."""
    state, name = talk.top, talk.question()
    slot = talk.frame(state).slots[name] if state is not None and name is not None else None
    if state is None or not isinstance(slot, Confirm) or not slot.leaves or not _changes(heard):
        return None
    frame = digress.frame_of(talk, "change")
    return frame if frame is not None and frame.id != state.frame else None


def _changes(heard: Understood) -> bool:
    """改到下周一; alone it is no certain request."""
    hints = [intent for intent, _ in heard.alternatives] if heard.intent == "unknown" else []
    return heard.intent == "change" or "change" in hints


def _instead(talk: Talk, state: FrameState, frame: Frame, heard: Understood) -> Step:
    """改到下周一, where cancelling is read back: it is changed, not cancelled; what it is about stays known."""
    known = {name: value for name, value in state.values.items() if name in frame.slots and name != "page"}
    talk.pop()
    talk.session.stack = [below for below in talk.session.stack if below.frame != frame.id]
    opened = talk.open(frame.id, known)
    filling.hear(frame, opened, heard, talk.world, Learnt())
    return ASK


def _somebody_new(talk: Talk, state: FrameState, name: str) -> Step:
    """The answer is nobody of those offered: the slot's own frame, with what the message told."""
    filling.forget(talk.frame(state), state, [name])
    advance.enter_sub(talk, state, name)
    return _continuing(talk)


def _taken(talk: Talk, state: FrameState, name: str | None, heard: Understood) -> Step | None:
    """An intent that the frame takes for information, without any: the question again, or what it would open."""
    frame = talk.frame(state)
    if heard.intent not in frame.takes_now(talk.world) or not digress.sure(heard, heard.intent):
        return None
    sub = frame.slots[name].sub if name is not None else None
    if name is not None and sub is not None and heard.intent in talk.frames[sub].intents:
        advance.enter_sub(talk, state, name)
    return _continuing(talk)


def _confirmed(talk: Talk, state: FrameState, name: str, heard: Understood, learnt: Learnt) -> Step | None:
    """Yes or no to the read-back.  A bare yes hours later, or to anything said since (what to do in an emergency),
    gets the read-back again: only a yes to what was just read counts (R8)."""
    if heard.intent != "confirm":
        field = moves.field_named(talk, state, name, heard)
        if field is not None:
            return _give_anew(talk, state, field)
    if heard.intent == "deny" or _changes(heard):
        return denied(talk, state, name)
    if heard.intent == "confirm":
        if not talk.late and talk.asked_last(name):
            state.values[name] = True
        return _continuing(talk)
    target = digress.target(talk, heard)
    if learnt.named or (target is not None and target.id == state.frame):
        return _continuing(talk)
    return None


def _learnt(talk: Talk, learnt: Learnt, asked: str | None = None) -> Step:
    """``asked`` is the question that was open; where it still is, what it was told instead is acknowledged."""
    _continuing(talk)
    if learnt.overwrote:
        talk.say(talk.phrases.changed(), glued=True)
    elif learnt.named and not learnt.wrong and (not learnt.changed or talk.question() == asked):
        talk.say(talk.phrases.already(), glued=True)
    return _wrongs(talk, learnt)


def _wrongs(talk: Talk, learnt: Learnt) -> Step:
    """What cannot be is said; its own choices take the place of the question's.  Three in a row: a human."""
    if not learnt.wrong:
        return ASK
    talk.session.failures += 1
    talk.with_human = talk.session.failures >= digress.RUNGS
    talk.failed = True
    for name, wrong in learnt.wrong:
        talk.say(Reply(wrong.text, wrong.options), glued=not wrong.options, slot=name)
        if wrong.options:
            return STOP
    return ASK


def _continuing(talk: Talk) -> Step:
    """Hours later, say what is gone on with."""
    if talk.late and talk.top is not None:
        talk.say(talk.phrases.continuing(talk.frame(talk.top).title), glued=True)
    talk.late = False
    return ASK
