"""Whatever is said in whatever order: nothing raises, the stack stays bounded, a number means what was shown."""

from datetime import date
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialog import codec
from bot.dialog.session import Offer, Session
from bot.dialog.talk import BUBBLES, DEPTH, action
from bot.domain.outcomes import Taken
from nlu.understood import INTENTS
from tests.unit.dialog.toys import Conversation, says

SLOTS = st.fixed_dictionaries(
    {},
    optional={
        "department": st.sampled_from(["骨科", "儿科"]),
        "doctor": st.sampled_from(["张伟", "李晓梅"]),
        "dates": st.sampled_from([(date(2026, 11, 24),), (date(2026, 11, 25), date(2026, 11, 26))]),
        "period": st.sampled_from(["am", "pm"]),
        "choice": st.integers(-1, 5),
        "invalid_date": st.just("2月30号"),
        "person_name": st.just("李明"),
        "phone": st.just("13800138000"),
    },
)
FLAGS = st.fixed_dictionaries(
    {},
    optional={
        "red_flag": st.just("胸痛"),
        "corrects": st.booleans(),
        "gives_up": st.booleans(),
        "alternatives": st.just((("cancel", 0.4), ("book", 0.4))),
        "also": st.just((says("退号", "cancel"), says("挂号", "book", department="儿科"))),
    },
)
MESSAGES = st.builds(
    lambda text, intent, confidence, slots, flags: says(
        text, intent, confidence=confidence, **slots, **flags
    ),
    st.one_of(
        st.sampled_from(["", "1", "好", "张伟", "骨科", "上午", "添加就诊人", "确认"]), st.text(max_size=8)
    ),
    st.sampled_from(INTENTS),
    st.sampled_from([0.0, 0.4, 0.5, 0.9]),
    SLOTS,
    FLAGS,
)
STEPS = st.lists(
    st.tuples(
        MESSAGES,
        st.sampled_from(["", "", "", "current:1", "current:2", "current:9", "old:1", "x", ":", "a:b:c"]),
        st.sampled_from(["text", "text", "text", "sticker", "menu", "scan", "follow"]),
        st.sampled_from([0, 0, 0, 3, 30]),
        st.booleans(),
    ),
    max_size=14,
)


def tap_id(kind: str, offer: Offer | None, older: Offer | None) -> str:
    if kind.startswith("current") and offer is not None:
        return kind.replace("current", offer.id)
    if kind.startswith("old") and older is not None:
        return kind.replace("old", older.id)
    return "" if kind.startswith(("current", "old")) else kind


@settings(max_examples=250, deadline=None)
@given(STEPS, st.sampled_from([[], ["王*国"]]))
def test_any_conversation(steps: list[Any], people: list[str]) -> None:
    talk = Conversation(people=people)
    older: Offer | None = None
    for understood, tap, kind, hours, taken in steps:
        talk.wait(hours=hours)
        talk.outcomes = [Taken((), ())] if taken else []
        before, commands = copied(talk.session), len(talk.commands)
        said = talk.hear(understood, tap=tap_id(tap, talk.session.offer, older), kind=kind)
        older = before.offer or older
        assert len(talk.stack) <= DEPTH
        assert len(talk.session.last_replies) <= BUBBLES
        assert said or before.human
        assert talk.session.offer is None or shows(talk, talk.session.offer)
        assert codec.loads(codec.dumps(talk.session)) == talk.session
        for command in talk.commands[commands:]:
            assert confirmed(before, type(command).__name__, understood, tap)


def shows(talk: Conversation, offer: Offer) -> bool:
    """The stored offer is what some bubble showed last, number by number."""
    latest = [r for r in talk.session.last_replies if r.options]
    lasting = offer.slot == "" or talk.session.human
    return lasting or (
        len(latest) == 1 and list(latest[0].options) == offer.options and latest[0].offer == offer.id
    )


def confirmed(before: Session, command: str, understood: Any, tap: str) -> bool:
    """Only an open read-back books, and only by yes; the desk is called for and left without one."""
    if command in ("CallHuman", "LeaveHuman", "RegisterPatient"):
        return True
    stack = before.stack
    offers = before.offer
    return (
        bool(stack)
        and offers is not None
        and (offers.slot == "sure" or any(action(o.value) for o in offers.options))
    )


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_a_turn_is_a_function(steps: list[Any]) -> None:
    """The same messages on the same sessions give the same replies and the same keys."""
    one, two = Conversation(), Conversation()
    for understood, _, kind, hours, _ in steps:
        one.wait(hours=hours)
        two.wait(hours=hours)
        assert one.hear(understood, kind=kind) == two.hear(understood, kind=kind)
    assert one.session == two.session and one.commands == two.commands


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_stored_bytes_raise(raw: bytes) -> None:
    assert isinstance(codec.loads(raw), Session)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda s: st.lists(s) | st.dictionaries(st.text(max_size=8), s),
    )
)
def test_no_stored_json_raises(value: Any) -> None:
    assert isinstance(codec.loads(msgspec.json.encode(value)), Session)


def copied(session: Session) -> Session:
    return codec.loads(codec.dumps(session))
