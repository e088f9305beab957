"""The rungs of the ladder for messages about something else, doubtful or not understood at all."""

from bot.dialog import filling
from bot.dialog.filling import Learnt
from bot.dialog.frame import BESIDES, WITHIN, Frame, opens
from bot.dialog.session import FrameState
from bot.dialog.speech import Json, Option, Reply
from bot.dialog.talk import ASK, DEPTH, STOP, Step, Talk
from nlu.understood import Understood

SURE = 0.55
"""From here an intent is taken at its word."""
MAYBE = 0.3
"""Below, it is no better than unknown."""
CLOSE = 0.15
"""A runner-up this near makes it a question: A or B?"""
TWO = 8
"""Characters of the shortest message with two questions."""
NAME = 4
"""Characters of the longest usual name (欧阳晓梅)."""
RUNGS = 3
"""Of the repair ladder: again, with an example, with a human."""


def sure(heard: Understood, intent: str) -> bool:
    """Whether the message plainly has this intent."""
    return heard.intent == intent and heard.confidence >= SURE


def frame_of(talk: Talk, intent: str) -> Frame | None:
    """The frame that serves an intent."""
    return next((f for f in talk.frames.values() if intent in f.intents), None)


def target(talk: Talk, heard: Understood) -> Frame | None:
    """The frame a message plainly asks for.  A bare name is not a request, nor is what the open frame takes."""
    if heard.confidence < SURE or _bare_name(heard):
        return None
    if talk.top is not None and heard.intent in talk.frame(talk.top).takes_now(talk.world):
        return None
    return frame_of(talk, heard.intent)


def _bare_name(heard: Understood) -> bool:
    """「李晓梅」 may be a doctor, or the name of a patient who is being asked for it; 「张伟明」 is no doctor's, but
    begins with one."""
    said = heard.normalized
    if len(said) <= NAME and any(said.startswith(doctor) for doctor in heard.slots.doctors):
        return True
    return bool(said) and said in (heard.slots.department, heard.slots.doctor, *heard.slots.doctors)


def enter(talk: Talk, frame_id: str, told: Understood | dict[str, Json]) -> None:
    """Open a frame; it listens to the message that opened it."""
    if isinstance(told, dict):
        talk.open(frame_id, told)
        return
    state = talk.open(frame_id)
    if talk.frame(state).aside and len(talk.session.stack) > 1:
        state.values[WITHIN] = True
    learnt = Learnt()
    filling.hear(talk.frame(state), state, told, talk.world, learnt)
    for _, wrong in learnt.wrong:  # 骨科2月30号: the date is told off, the department is kept
        talk.say(wrong.text, glued=True)


def enter_intent(talk: Talk, heard: Understood) -> None:
    """Open what the intent asks for, if anything does; a task that is open already comes to the top."""
    frame = frame_of(talk, heard.intent)
    if frame is not None and not _return_to(talk, frame, heard):
        _enter_all(talk, frame, heard)


def another(talk: Talk, heard: Understood) -> Step | None:
    """给我也挂一个, in the middle of a booking: it waits below the one that is open, which stays as it is."""
    frame = None if heard.corrects else target(talk, heard)
    stack = talk.session.stack
    state = next((s for s in reversed(stack) if frame is not None and s.frame == frame.id), None)
    if frame is None or state is None or not frame.another(heard, state.values):
        return None
    room = len(stack) < DEPTH
    if room:
        filling.hear(frame, talk.insert(0, frame.id), heard, talk.world, Learnt())
    talk.say(talk.phrases.one_by_one(frame.title, room), glued=True)
    talk.late = False
    return ASK


def digression(talk: Talk, heard: Understood) -> Step | None:
    """Another task or question: answered, then back.  Without an open task: the task itself."""
    frame = target(talk, heard)
    if frame is None and talk.top is None and heard.confidence >= MAYBE:
        frame = None if _rivals(talk, heard) else frame_of(talk, heard.intent)
    if frame is None:
        return None
    if not _as_sub(talk, frame, heard) and not _return_to(talk, frame, heard):
        _enter_all(talk, frame, heard)
    return ASK


def _as_sub(talk: Talk, frame: Frame, heard: Understood) -> bool:
    """添加就诊人 while a booking asks for whom: the new patient is the answer."""
    state, name = talk.top, talk.question()
    if state is None or name is None:
        return False
    slot = talk.frame(state).slots[name]
    if slot.sub != frame.id:
        return False
    opened = talk.open(frame.id, slot.seed(talk.world, state.values), fills=name)
    filling.hear(frame, opened, heard, talk.world, Learnt())
    return True


def _return_to(talk: Talk, frame: Frame, heard: Understood) -> bool:
    """A task that is open already: side tracks above it end, frames it opened itself stay and go on."""
    stack = talk.session.stack
    at = next((i for i, state in enumerate(stack) if state.frame == frame.id), None)
    if at is None:
        return False
    keep = at + 1
    while keep < len(stack) and stack[keep].fills is not None:
        keep += 1
    del stack[keep:]
    learnt = Learnt()
    filling.hear(frame, stack[at], heard, talk.world, learnt)
    talk.late = False
    talk.say(talk.phrases.changed() if learnt.overwrote else talk.phrases.continuing(frame.title), glued=True)
    return True


def _enter_all(talk: Talk, frame: Frame, heard: Understood) -> None:
    """The first request on top, further ones of the same message below it: they follow in order."""
    further = [(f, h) for h in heard.also if (f := frame_of(talk, h.intent)) and not f.aside]
    room = max(0, 2 - len(talk.session.stack))
    for later, part in reversed(further[:room]):
        enter(talk, later.id, part)
    enter(talk, frame.id, heard)
    if not frame.aside:
        besides(talk, heard)


def _rivals(talk: Talk, heard: Understood) -> tuple[Frame, Frame] | None:
    """Two tasks a doubtful message may mean."""
    if not MAYBE <= heard.confidence < SURE:
        return None
    first = frame_of(talk, heard.intent)
    for intent, confidence in heard.alternatives:
        second = frame_of(talk, intent)
        near = heard.confidence - confidence <= CLOSE
        if first is not None and second is not None and first is not second and near:
            told_apart = first.title and second.title and intent not in first.takes
            return (first, second) if told_apart else None
    return None


def doubt(talk: Talk, heard: Understood) -> Step | None:
    """您是想 A，还是 B？  Each choice remembers what the message told it."""
    if talk.top is None and heard.intent in ("confirm", "thanks"):
        talk.say(talk.phrases.anything_else())
        return STOP
    if talk.top is None and heard.slots.choice is not None and heard.intent == "unknown":
        talk.say(talk.phrases.nothing_to_choose())
        return STOP
    if talk.top is None and heard.intent == "deny":
        talk.say(talk.phrases.nothing_open())
        return STOP
    rivals = _rivals(talk, heard)
    if rivals is None:
        return None
    options = tuple(Option(f.title, opens(f.id, _told(talk, f, heard))) for f in rivals)
    talk.say(Reply(talk.phrases.which_intent(tuple(o.label for o in options)), options))
    return STOP


def _told(talk: Talk, frame: Frame, heard: Understood) -> dict[str, Json]:
    state = FrameState(frame.id, frame.version, "")
    filling.hear(frame, state, heard, talk.world, Learnt())
    return state.values


def asked(talk: Talk, heard: Understood) -> Step | None:
    """A question that the editable answers know, though the message was taken for nothing else."""
    if (heard.confidence >= SURE and heard.intent != "unknown") or heard.corrects:
        return None
    return known(talk, heard)


def known(talk: Talk, heard: Understood) -> Step | None:
    """The editable answer, if there is one."""
    frame = talk.frames.get("faq")
    if frame is None or not heard.text:
        return None
    state = FrameState(frame.id, frame.version, "")
    learnt = Learnt()
    filling.hear(frame, state, heard, talk.world, learnt)
    if not learnt.named:
        return None
    enter(talk, frame.id, heard)
    return ASK


def besides(talk: Talk, heard: Understood) -> None:
    """骨科有号吗？在几楼？  The second question is answered first, then the first one is gone on with."""
    frame = talk.frames.get("faq")
    if frame is None or len(talk.session.stack) >= DEPTH or len(heard.text) < TWO:
        return
    state, learnt = FrameState(frame.id, frame.version, "", {BESIDES: True, WITHIN: True}), Learnt()
    filling.hear(frame, state, heard, talk.world, learnt)
    if learnt.named:
        talk.open(frame.id, state.values)


def afterwards(talk: Talk, heard: Understood) -> None:
    """头晕，想挂个号, in a questionnaire: the answer counts, and the other thing waits below until this is done."""
    frame = target(talk, heard)
    if frame is None or frame.aside or len(talk.session.stack) >= DEPTH:
        return
    if all(state.frame != frame.id for state in talk.session.stack):
        filling.hear(frame, talk.insert(0, frame.id), heard, talk.world, Learnt())
        talk.say(talk.phrases.one_by_one(frame.title, True), glued=True)


def fallback(talk: Talk) -> Step:
    """Not understood: the question again, then with an example, then with a human one tap away."""
    talk.failed = True
    if talk.late and talk.top is not None:
        return ASK
    talk.session.failures += 1
    failures = min(talk.session.failures, RUNGS)
    name = talk.question()
    if talk.top is not None and name is None:
        return ASK  # everything is known: its command was left over by a crash
    sentence = talk.phrases.not_understood(failures, name is not None)
    if failures >= RUNGS:
        talk.with_human = True
    if name is None or talk.top is None:
        human = (Option(talk.phrases.call_human(), opens("human")),) if _can_call(talk, failures) else ()
        talk.say(Reply(sentence, human))
        return STOP
    talk.say(sentence, glued=True)
    slot = talk.frame(talk.top).slots[name]
    hint = slot.example(talk.world, talk.top.values)
    if hint and (failures == 2 or (failures == 1 and slot.claim is not None)):
        talk.say(talk.phrases.hint(hint), glued=True)
    return ASK


def _can_call(talk: Talk, failures: int) -> bool:
    return failures >= RUNGS and "human" in talk.frames
