"""How a dialog is declared: a frame of slots, a command, and what is said of its outcome.

    class Cancel(Frame, id="cancel", version=1, title="退号", intents=("cancel",)):
        appointment = Slot(ask=which_appointment, hear=heard_appointment, auto=only_one)
        sure = Confirm(read_back, after=("appointment",))

        def commit(self, values, key): return Cancel(key, values["appointment"])
        def said(self, outcome, world, values): ...

Everything here is data and pure functions of (world, values); the engine decides what happens when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Command
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from nlu.understood import Understood

Values = Mapping[str, Json]
"""What is known so far, by slot name."""


@dataclass(frozen=True, slots=True)
class Known:
    """The message says this about the slot.  None: forget what was known (换个医生)."""

    value: Json
    sets: Mapping[str, Json] = field(default_factory=dict)
    """Other slots that are settled by it, as an option's ``sets``."""
    adds: bool = False
    """It goes on with what is known (more digits of a number): nothing is overwritten."""
    besides: bool = False
    """Of a claim: the message plainly asks for something else as well (头晕，想挂个号), which follows."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The message says something about the slot that cannot be: the patient is told.

    The slot stays as it was, or is forgotten (``forget``) where the old value is plainly not meant any more:
    after 「2月30号」 nobody wants the day said before.
    """

    text: str
    options: tuple[Option, ...] = ()
    forget: bool = False


Heard = Known | Wrong | None


def _never_heard(understood: Understood, world: World, values: Values) -> Heard:
    return None


def _no_auto(world: World, values: Values) -> Json:
    return None


def _no_seed(world: World, values: Values) -> dict[str, Json]:
    return {}


def _no_options(world: World, values: Values) -> tuple[Option, ...]:
    return ()


def _always(world: World, values: Values) -> bool:
    return True


@dataclass(frozen=True)
class Slot:
    """One thing a frame has to know.

    ask      The question, as text or as a function giving a `Reply` whose options become the offer.  None: a
             facet that is never asked for, only heard (a doctor's name, a half-day).
    after    Slots this one depends on: when one of them changes, this one is forgotten and asked again.
    hear     What any message says about it, asked or not.  A value that differs overwrites (改主意).
    answer   What a message says as the answer to this very question, tried only while it is open, after `hear`
             (a bare name, a bare number).
    claim    What a message is for this very question before it is taken for leaving, a choice or another request:
             for questions whose answers sound like requests (不疼, 头晕, 没有).  Tried only where the question was
             what was said last, and after danger, the desk and 人工.  A bare number is the claim's, too: where it
             is meant as one of the choices shown, the claim passes.
    keeps    As ``claim``, for words that are answered as a danger first: what of them is kept as the answer.
    auto     A value that needs no question (the only match, the only patient); None: ask.  Not tried while a
             question in ``after`` is open.
    when     Whether it is needed at all; asked only if true.
    sub      Frame id opened instead of asking while `auto` gives None and `ask` would offer nothing, or when the
             patient picks the option whose value is ``NEW``; its result becomes this slot's value.
    seed     What the ``sub`` frame starts with, from what is known here (给我妈挂 → the relation is known).
    title    What the patient calls it (日期): it is named when a read-back is denied.  None of these: not named.
    hint     An example of an answer (比如：明天下午), said when the question was not understood twice; of one that
             claims, at once.
    again    The question in one line, for when it is asked once more right after it was asked (after a FAQ).
    otherwise  The ways on where none of the choices suits (都不要): another day, another doctor.
    """

    ask: str | Callable[[World, Values], Reply] | None = None
    after: tuple[str, ...] = ()
    hear: Callable[[Understood, World, Values], Heard] = _never_heard
    answer: Callable[[Understood, World, Values], Heard] = _never_heard
    claim: Callable[[Understood, World, Values], Heard] | None = None
    keeps: Callable[[Understood, World, Values], Heard] = _never_heard
    auto: Callable[[World, Values], Json] = _no_auto
    when: Callable[[World, Values], bool] = _always
    sub: str | None = None
    seed: Callable[[World, Values], dict[str, Json]] = _no_seed
    title: str = ""
    hint: str | Callable[[World, Values], str] = ""
    again: str | Callable[[World, Values], str] = ""
    otherwise: Callable[[World, Values], tuple[Option, ...]] = _no_options

    def question(self, world: World, values: Values) -> Reply | None:
        """The question as a reply; None for a facet."""
        if self.ask is None or isinstance(self.ask, str):
            return None if self.ask is None else Reply(self.ask)
        return self.ask(world, values)

    def example(self, world: World, values: Values) -> str:
        """``hint``, or nothing."""
        return self.hint if isinstance(self.hint, str) else self.hint(world, values)

    def in_short(self, world: World, values: Values) -> str:
        """``again``, or nothing."""
        return self.again if isinstance(self.again, str) else self.again(world, values)


NEW = "+"
"""An option, or an answer, with this value opens the slot's ``sub`` frame (添加就诊人)."""


@dataclass(frozen=True)
class Confirm(Slot):
    """The read-back before anything is written (R8): filled by yes.

    No asks what should be different; a button of its own words (不退了) says that nothing is wanted: it leaves.
    """

    yes: str = "确认"
    no: str = "修改"

    @property
    def leaves(self) -> bool:
        """Whether no leaves the frame."""
        return self.no != Confirm.no

    def question(self, world: World, values: Values) -> Reply | None:
        """The read-back with its two buttons; an ``ask`` that brings its own options keeps them."""
        reply = super().question(world, values)
        if reply is None or reply.options:
            return reply
        return Reply(reply.text, (Option(self.yes, True), Option(self.no, False)))


def opens(frame: str, values: dict[str, Json] | None = None) -> Json:
    """The value of an option that opens a frame, whatever was asked: in a greeting's menu, under a list.

    Works in any reply, also one that is ``said`` when nothing stays open.
    """
    return {"open": frame, "values": values or {}}


@dataclass(frozen=True, slots=True)
class Said:
    """What a frame says after its command.

    done     The frame is finished; else it stays, with ``clear`` forgotten and asked again.
    result   Goes into the slot of the frame below that opened this one.
    then     (frame id, values) to open next, in the place of this one.
    quiet    Nothing follows in this turn: the open question waits for the next message (after words of comfort).
    shelves  As ``quiet``, with one line on how to go on with what is open, or to begin.
    holds    Its choices are what the patient may want next: where something is open below, one line on how to go on
             with it follows, and not its question, whose choices would take their place.
    abandon  The frame below that opened this one cannot go on without its result (no consent to register) and
             ends with it, in silence.
    """

    reply: Reply
    done: bool = True
    clear: tuple[str, ...] = ()
    result: Json = None
    then: tuple[str, dict[str, Json]] | None = None
    abandon: bool = False
    quiet: bool = False
    shelves: bool = False
    holds: bool = False


WITHIN = "within"
"""A value that an aside gets when a task is open: its answer can be short, the question follows."""


BESIDES = "besides"
"""A value of the editable answers where the message asks for something else, which is answered too: only questions
that stand beside it are meant (骨科有号吗？在几楼？)."""


class Frame:
    """Something a patient can do.  Subclasses declare slots as class attributes, in the order of asking."""

    id: ClassVar[str]
    version: ClassVar[int]
    title: ClassVar[str]
    """What the patient calls it: 「挂号」, in 「接着刚才的挂号」."""
    intents: ClassVar[tuple[str, ...]]
    aside: ClassVar[bool]
    """Answered at once and gone (a FAQ, a greeting): never interrupts what is open, never resumed."""
    takes: ClassVar[tuple[str, ...]]
    """Intents of other frames that are information while this one is open (in a booking 「明天有号吗」 names the
    day); any other confident intent is a digression."""
    gives_up: ClassVar[str]
    """The slot for which 「不看了」 is an answer: such words are heard, instead of leaving the frame."""
    slots: ClassVar[dict[str, Slot]] = {}

    def __init_subclass__(
        cls,
        *,
        id: str,
        version: int = 1,
        title: str = "",
        intents: tuple[str, ...] = (),
        aside: bool = False,
        takes: tuple[str, ...] = (),
        gives_up: str = "",
    ) -> None:
        cls.id, cls.version, cls.title, cls.intents, cls.aside = id, version, title, intents, aside
        cls.takes, cls.gives_up = takes, gives_up
        own = {name: slot for name, slot in vars(cls).items() if isinstance(slot, Slot)}
        cls.slots = {**cls.slots, **own}

    def takes_now(self, world: World) -> tuple[str, ...]:
        """``takes``, where it depends on what the patient has."""
        return self.takes

    def another(self, understood: Understood, values: Values) -> bool:
        """Whether the message asks for one more of these (给我也挂一个) instead of telling about this one."""
        return False

    def unreadable(self, kind: str) -> str:
        """What is said of a picture or a voice message while this is open; empty: what is always said of it."""
        return ""

    def unfinished(self, world: World) -> dict[str, Json] | None:
        """What this is opened with at a 「继续」 when nothing is open, where something was begun that the session has
        forgotten; None: nothing was."""
        return None

    def over(self, world: World, values: Values) -> bool:
        """Whether it came to its end elsewhere (the questionnaire's page): what is left is said once, not asked."""
        return False

    def commit(self, values: Values, key: str) -> Command | None:
        """The command, once every needed slot is filled; None where the frame only tells something."""
        return None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        """The sentence for the outcome (None where there was no command)."""
        raise NotImplementedError

    def upgrade(self, values: dict[str, Json], version: int) -> dict[str, Json]:
        """Values stored by an older version of this frame, brought forward."""
        return values


@dataclass(frozen=True)
class Turn:
    """What one message leads to.  With a ``command`` the host executes it and calls ``engine.settle``."""

    replies: tuple[Reply, ...]
    """Empty where there is a command: `settle` answers for the whole turn."""
    command: Command | None = None
    for_desk: bool = False
    """The words are for the human desk, which has the conversation."""


@dataclass(frozen=True)
class Message:
    """The message besides its meaning: what the engine needs for keys, taps and stickers."""

    id: str
    """Dedup key; idempotency keys derive from it."""
    tap: str = ""
    """Id of the tapped option: ``offer-id:n``."""
    kind: str = "text"
    """A channel kind: text; menu, scan or follow, whose meaning is complete without words; or image, voice,
    sticker, location, link, video, file, which have none."""


Registry = Mapping[str, Frame]
