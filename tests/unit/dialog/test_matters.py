"""What has to be said first comes on top, once, and a message answers what the patient saw last."""

from datetime import timedelta

import pytest

from bot.dialog.engine import Engine
from bot.dialog.frame import Frame, Message, Said, Slot
from bot.dialog.session import Session
from bot.dialog.speech import Option, Reply
from bot.domain.world import Matter
from nlu.understood import Understood
from tests.unit.dialog.toys import NOON, ToyPhrases, ToyWorld


class Notice(Frame, id="notice", title="通知"):
    case = Slot()
    way = Slot(
        lambda w, v: Reply("停诊了。", (Option("好的换", "accept"), Option("不看了", "no"))), after=("case",)
    )

    def said(self, outcome, world, values):  # type: ignore[no-untyped-def]
        return Said(Reply(f"办好了：{values['way']}"))


class Task(Frame, id="task", title="挂号", intents=("book",)):
    day = Slot(lambda w, v: Reply("哪一天？", (Option("今天", "1"), Option("明天", "2"))))
    period = Slot(lambda w, v: Reply("上午还是下午？", (Option("上午", "am"), Option("下午", "pm"))))

    def said(self, outcome, world, values):  # type: ignore[no-untyped-def]
        return Said(Reply("挂好了"))


@pytest.fixture
def engine() -> Engine:
    return Engine([Notice(), Task()], ToyPhrases())


def matter(told: int | None = None, id: str = "case:1.1", done: bool = False) -> Matter:
    when = None if told is None else NOON + timedelta(minutes=told)
    return Matter(id, "notice", {"case": 1}, when, done)


def say(
    engine: Engine,
    session: Session,
    world: ToyWorld,
    text: str,
    intent: str = "unknown",
    choice: int | None = None,
) -> tuple[Session, str]:
    heard = Understood(text, text, intent, 0.9)
    session, turn = engine.turn(session, heard, world, Message(f"{text}-{world.now}"))  # type: ignore[arg-type]
    return session, "\n".join(reply.text for reply in turn.replies)


def test_the_message_does_what_it_says_and_the_matter_follows(engine: Engine) -> None:
    world = ToyWorld()
    session, _ = say(engine, Session(), world, "挂号", "book")
    world.told = [matter()]
    session, answer = say(engine, session, world, "明天")
    assert answer == "停诊了。"
    assert session.stack[0].values["day"] == "2"
    session, answer = say(engine, session, world, "好的换")
    assert "办好了：accept" in answer
    assert "上午还是下午？" in answer


def test_it_interrupts_once(engine: Engine) -> None:
    world = ToyWorld(told=[matter()])
    session, answer = say(engine, Session(), world, "挂号", "book")
    assert answer == "停诊了。"
    session.stack.pop()
    _, answer = say(engine, session, world, "今天")
    assert "停诊" not in answer


def test_after_its_push_the_message_answers_it(engine: Engine) -> None:
    world = ToyWorld()
    session, _ = say(engine, Session(), world, "挂号", "book")
    world.told = [matter(told=5)]
    world.now = NOON + timedelta(minutes=9)
    _, answer = say(engine, session, world, "不看了")
    assert "办好了：no" in answer


def test_a_push_before_the_last_word_is_not_what_is_answered(engine: Engine) -> None:
    world = ToyWorld(now=NOON + timedelta(minutes=9))
    session, _ = say(engine, Session(), world, "挂号", "book")
    world.told = [matter(told=5)]
    session, answer = say(engine, session, world, "不看了")
    assert "办好了" not in answer


def test_what_is_settled_is_not_raised(engine: Engine) -> None:
    world = ToyWorld(told=[matter(done=True)])
    _, answer = say(engine, Session(), world, "挂号", "book")
    assert answer == "哪一天？"
