"""What every frame inherits: at each question of its happy path, nothing a patient may say breaks the dialog.

Silence, stickers and side questions keep the question open; 算了, 返回 and 人工 always work; nonsense leads to a
human; danger is answered first; every field of a read-back can be corrected.  Nothing of this writes anything, but the danger,
of which a nurse is told.
"""

from collections.abc import Callable

import pytest

import handlers
from bot.dialog.frame import Confirm
from bot.dialog.moves import changeable
from bot.domain.commands import ReportDanger
from tests.dialogs.stage import Stage
from tests.dialogs.walks import STEPS, Walk, Walker, walks

NONSENSE = ("@#%&*", "%%%???", "#@!&^*")
FAQ = "医院停车场在哪里"
DANGER = "我突然胸口剧痛，喘不上气，快不行了"

Probe = Callable[[Walker], None]


def untouched(walker: Walker, before: tuple[object, ...]) -> None:
    assert seen(walker) == before, f"the dialog changed:\n{walker.answer}"


def seen(walker: Walker) -> tuple[object, ...]:
    """That a nurse is told of a danger changes nothing of the dialog."""
    stack = walker.stage.session.stack
    done = [command for command in walker.stage.commands if not isinstance(command, ReportDanger)]
    return walker.open_slot, [(s.frame, s.values, s.filled) for s in stack], done


def asks_again(walker: Walker) -> None:
    asked = walker.in_short() or walker.question()
    assert asked in walker.answer or walker.question() in walker.answer, (
        f"「{asked}」 is not asked again:\n{walker.answer}"
    )


def silence(walker: Walker) -> None:
    before = seen(walker)
    walker.answer = walker.stage.send("")
    untouched(walker, before)
    asks_again(walker)


def sticker(walker: Walker) -> None:
    before = seen(walker)
    walker.answer = walker.stage.send(kind="sticker")
    untouched(walker, before)
    asks_again(walker)


def give_up(walker: Walker) -> None:
    commands = len(walker.stage.commands)
    walker.answer = walker.stage.send("算了")
    assert walker.answer and walker.state is None, f"算了 does not leave:\n{walker.answer}"
    assert len(walker.stage.commands) == commands


def back(walker: Walker) -> None:
    """Question by question to the start, and out."""
    commands, asked = len(walker.stage.commands), walker.open_slot
    for _ in range(len(walker.frame.slots) + 2):
        walker.answer = walker.stage.send("返回")
        assert walker.answer
        if walker.state is None:
            break
        assert walker.open_slot != asked, f"返回 asks {asked} again:\n{walker.answer}"
        asked = walker.open_slot
    assert walker.state is None, f"返回 never leaves:\n{walker.answer}"
    assert len(walker.stage.commands) == commands


def human(walker: Walker) -> None:
    before = walker.open_slot, walker.stage.session.stack
    walker.answer = walker.stage.send("转人工")
    assert walker.stage.session.human, f"no human is called:\n{walker.answer}"
    assert walker.question() not in walker.answer
    walker.answer = walker.stage.send("返回")
    assert not walker.stage.session.human
    assert (walker.open_slot, walker.stage.session.stack) == before
    asks_again(walker)


def side_question(walker: Walker) -> None:
    before = seen(walker)
    walker.answer = walker.stage.send(FAQ)
    untouched(walker, before)
    asks_again(walker)


def nonsense(walker: Walker) -> None:
    before = seen(walker)
    for words in NONSENSE:
        walker.answer = walker.stage.send(words)
        untouched(walker, before)
        asks_again(walker)
    offer = walker.stage.session.offer
    if offer is None:  # numbers are answers here
        assert handlers.PHRASES.say_human() in walker.answer
        walker.answer = walker.stage.send("人工")
    else:
        assert offer.options[-1].label == handlers.PHRASES.call_human()
        walker.answer = walker.stage.tap(len(offer.options))
    assert walker.stage.session.human


def danger(walker: Walker) -> None:
    before = seen(walker)
    walker.answer = walker.stage.send(DANGER)
    assert "120" in walker.answer.splitlines()[0] + walker.answer.splitlines()[1]
    untouched(walker, before)
    assert walker.question() not in walker.answer, "the words for the danger do not stand alone"
    for words in ("好",) if isinstance(walker.slot, Confirm) else ():
        walker.answer = walker.stage.send(words)
        untouched(walker, before)  # a yes to the danger is none to the read-back
    walker.answer = walker.stage.send("继续")
    untouched(walker, before)
    assert walker.question() in walker.answer, f"继续 does not go on:\n{walker.answer}"


def plain_yes(walker: Walker) -> None:
    """「好」 confirms nothing but an open read-back."""
    if isinstance(walker.slot, Confirm):
        return
    commands = len(walker.stage.commands)
    walker.answer = walker.stage.send("好")
    assert walker.answer and len(walker.stage.commands) == commands


def correct(walker: Walker) -> None:
    """Each field that a read-back reads back can be named, is asked again, and leads to the read-back again."""
    if not isinstance(walker.slot, Confirm) or walker.slot.leaves or walker.state is None:
        return
    name, commands = walker.open_slot, len(walker.stage.commands)
    start = dict(walker.stage.stored)
    fields = fields_of(walker.stage, name)
    assert fields, "a read-back whose fields have no title cannot be corrected"
    for field, title in fields:
        walker.stage.stored = dict(start)
        walker.answer = walker.stage.send("不对")
        assert title in walker.answer
        walker.answer = walker.stage.send(title)
        assert walker.open_slot and walker.open_slot != name, f"{field} is not asked again:\n{walker.answer}"
        for _ in range(len(walker.frame.slots)):
            if walker.open_slot == name:
                break
            walker.step()
        assert walker.open_slot == name, f"no read-back after {field}:\n{walker.answer}"
    assert len(walker.stage.commands) == commands


def fields_of(stage: Stage, name: str) -> tuple[tuple[str, str], ...]:
    with stage.talk() as talk:
        assert talk.top is not None
        return changeable(talk, talk.top, name)


PROBES: tuple[Probe, ...] = (
    silence, sticker, give_up, back, human, side_question, nonsense, danger, plain_yes, correct,
)  # fmt: skip


@pytest.mark.parametrize("walk", walks(handlers.frames()), ids=str)
def test_the_happy_path_ends(walk: Walk, stage: Stage) -> None:
    walker = Walker(walk, stage)
    walker.start()
    assert walker.finish()


def probed() -> list[tuple[Walk, Probe]]:
    return [(w, p) for w in walks(handlers.frames()) for p in PROBES if p.__name__ not in w.own_way]


@pytest.mark.parametrize(("walk", "probe"), probed(), ids=lambda each: getattr(each, "__name__", str(each)))
def test_at_every_question(walk: Walk, probe: Probe, stage: Stage) -> None:
    walker = Walker(walk, stage)
    walker.start()
    for _ in range(STEPS):
        if not walker.open_slot:
            return
        before, answer = dict(stage.stored), walker.answer
        probe(walker)
        if stage.session.human:
            stage.send("返回")
        stage.stored, walker.answer = before, answer
        walker.step()
    pytest.fail(f"the happy path does not end:\n{walker.answer}")
