"""What is known in one frame: filling, forgetting with all that depends on it, and which question is next."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.dialog.frame import Confirm, Frame, Known, Wrong
from bot.dialog.session import FrameState
from bot.dialog.speech import Json, Option
from bot.domain.world import World
from nlu.understood import Understood


@dataclass
class Learnt:
    """What one message brought to a frame."""

    named: set[str] = field(default_factory=set)
    """Slots the message spoke of; never cleared by another of its own slots."""
    changed: set[str] = field(default_factory=set)
    """Slots whose value is another now."""
    overwrote: bool = False
    """Something known before was replaced."""
    wrong: list[tuple[str, Wrong]] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        return bool(self.named or self.wrong)


def filled(frame: Frame, state: FrameState, name: str) -> bool:
    """Whether the slot needs no question; a read-back only by yes."""
    value = state.values.get(name)
    return value is True if isinstance(frame.slots[name], Confirm) else value is not None


def dependents(frame: Frame, name: str) -> set[str]:
    """Slots that build on ``name``, directly or through others."""
    found: set[str] = set()
    edge = {name}
    while edge:
        edge = {n for n, slot in frame.slots.items() if edge & set(slot.after)} - found - {name}
        found |= edge
    return found


def bases(frame: Frame, name: str) -> set[str]:
    """Slots that ``name`` builds on, directly or through others."""
    found: set[str] = set()
    edge = set(frame.slots[name].after)
    while edge:
        found |= edge
        edge = {base for n in edge for base in frame.slots[n].after} - found
    return found


def forget(frame: Frame, state: FrameState, names: Iterable[str], keep: Iterable[str] = ()) -> None:
    """Forget ``names`` and all that depends on them, except ``keep``."""
    names = set(names)
    for name in tuple(names):
        names |= dependents(frame, name) - set(keep)
    state.values = {n: v for n, v in state.values.items() if n not in names}
    state.filled = [n for n in state.filled if n not in names]
    state.manual = [n for n in state.manual if n not in names]


def reopen(frame: Frame, state: FrameState, name: str) -> None:
    """Forget ``name`` because the patient wants to give it anew: it is asked, even if one value alone is left."""
    forget(frame, state, [name])
    state.manual.append(name)


def put(frame: Frame, state: FrameState, name: str, value: Json, learnt: Learnt) -> None:
    """The patient says ``name`` is ``value``.  A change forgets what depends on it, a first value does not:
    「明天下午」 said before the department stays known."""
    before = state.values.get(name)
    learnt.named.add(name)
    if value is None:
        forget(frame, state, [name], learnt.named)
        _mark(learnt, name, before is not None)
        return
    if before == value:
        return
    if before is not None:
        forget(frame, state, [name], learnt.named - {name})
    state.values[name] = value
    state.filled = [*(n for n in state.filled if n != name), name]
    state.manual = [n for n in state.manual if n != name]
    learnt.changed.add(name)
    learnt.overwrote |= before is not None


def _mark(learnt: Learnt, name: str, was_known: bool) -> None:
    if was_known:
        learnt.changed.add(name)
        learnt.overwrote = True


def hear(frame: Frame, state: FrameState, heard: Understood, world: World, learnt: Learnt) -> None:
    """Every slot listens to the message, asked or not."""
    for name, slot in frame.slots.items():
        if name not in learnt.named:
            take(frame, state, name, slot.hear(heard, world, state.values), learnt)


def answer(
    frame: Frame, state: FrameState, name: str, heard: Understood, world: World, learnt: Learnt
) -> None:
    """The message as the answer to the open question."""
    if name not in learnt.named and all(n != name for n, _ in learnt.wrong):
        take(frame, state, name, frame.slots[name].answer(heard, world, state.values), learnt)


def choose(frame: Frame, state: FrameState, name: str, option: Option, learnt: Learnt) -> None:
    """A choice of ``name``'s question: what it sets besides, then its own value."""
    for other, value in option.sets.items():
        if other in frame.slots:
            put(frame, state, other, value, learnt)
    if option.value is not None:
        put(frame, state, name, option.value, learnt)


def take(frame: Frame, state: FrameState, name: str, result: Known | Wrong | None, learnt: Learnt) -> None:
    """One slot's verdict on the message."""
    match result:
        case Known(value, sets, adds):
            besides = Learnt(
                learnt.named, learnt.changed
            )  # shares what is named, but overwrites nothing said
            for other, settled in sets.items():
                put(frame, state, other, settled, besides)
            put(frame, state, name, value, besides if adds else learnt)
        case Wrong():
            if result.forget:
                forget(frame, state, [name])
            learnt.wrong.append((name, result))


def fill_auto(frame: Frame, state: FrameState, world: World) -> None:
    """Values that need no question.  They are kept: what was read back is what gets booked."""
    for name, slot in frame.slots.items():
        if name in state.manual or filled(frame, state, name) or not slot.when(world, state.values):
            continue
        if not any(wanting(frame, state, world, base) for base in slot.after):
            value = slot.auto(world, state.values)
            if value is not None:
                state.values[name] = value


def open_slot(frame: Frame, state: FrameState, world: World) -> str | None:
    """The first needed slot that is not filled; None: ready to commit."""
    return next((name for name in frame.slots if wanting(frame, state, world, name)), None)


def wanting(frame: Frame, state: FrameState, world: World, name: str) -> bool:
    """Whether the slot has a question that is needed and not answered; a facet never has."""
    slot = frame.slots[name]
    asked = slot.ask is not None or slot.sub is not None
    return asked and not filled(frame, state, name) and slot.when(world, state.values)
