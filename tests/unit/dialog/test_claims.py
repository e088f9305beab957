"""A question that claims its answers: before other readings, but only where it was asked last."""

from typing import Any, cast

import pytest

from bot.dialog.engine import Engine
from bot.dialog.frame import Frame, Known, Message, Said, Slot, Wrong
from bot.dialog.session import Session
from bot.dialog.speech import Option, Reply
from bot.domain.commands import CallHuman
from bot.domain.world import Matter, World
from nlu.understood import Understood
from tests.unit.dialog.toys import NOON, Aside, Booking, Cancel, Emergency, ToyPhrases, ToyWorld, says


def _claim(understood: Understood, world: World, values: Any) -> Any:
    if understood.text.startswith("头晕"):
        return Known("dizzy", besides="挂号" in understood.text)
    return Wrong("太大了。") if understood.text == "99" else None


class Sheet(Frame, id="sheet", title="问卷", intents=("survey",)):
    who = Slot()
    sign = Slot(
        lambda w, v: Reply("哪里不舒服？", (Option("头疼", "head"),)), claim=_claim, keeps=_claim, hint="头疼"
    )
    score = Slot("打几分？", claim=_claim, hint="5")

    def commit(self, values: Any, key: str) -> CallHuman | None:
        return CallHuman(key, "") if values.get("sign") == "dizzy" and "score" not in values else None

    def said(self, outcome: Any, world: World, values: Any) -> Said:
        return Said(Reply("记下了。"))

    def unfinished(self, world: World) -> dict[str, Any] | None:
        return {"who": "p1"} if cast(ToyWorld, world).people == ["begun"] else None


class Short(Sheet, id="short", title="短问卷", intents=("short",)):
    """One question only, and its answer is carried out."""

    score = Slot()


class Talk:
    def __init__(self) -> None:
        self.engine = Engine(
            [Sheet(), Short(), Booking(), Cancel(), Aside(), Emergency()], cast(Any, ToyPhrases())
        )
        self.world, self.session, self.count = ToyWorld(), Session(), 0
        self.command: object = None

    def say(self, text: str, intent: str = "unknown", **more: Any) -> str:
        self.count += 1
        heard = says(text, intent, **more)
        message = Message(f"m{self.count}")
        self.session, turn = self.engine.turn(self.session, heard, cast(World, self.world), message)
        replies, self.command = turn.replies, turn.command
        if turn.command is not None:
            self.session, replies = self.engine.settle(
                self.session, cast(Any, "ok"), cast(World, self.world), message
            )
        return "\n".join(reply.text for reply in replies)

    @property
    def stack(self) -> list[str]:
        return [state.frame for state in self.session.stack]


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    assert talk.say("问卷", "survey") == "哪里不舒服？"
    return talk


def test_what_answers_the_question_is_no_request(talk: Talk) -> None:
    assert talk.say("头晕", "book") == "打几分？"
    assert talk.stack == ["sheet"]


def test_what_does_not_answer_it_is_a_request(talk: Talk) -> None:
    assert talk.say("挂骨科", "book", department="骨科").startswith("哪位医生？")
    assert talk.stack == ["sheet", "booking"]


def test_only_what_was_asked_last_claims(talk: Talk) -> None:
    talk.session.asked = ""
    assert talk.say("头晕", "book") != "打几分？" and talk.stack == ["sheet", "booking"]


def test_an_answer_and_a_wish_at_once(talk: Talk) -> None:
    assert talk.say("头晕，想挂号", "book", department="骨科") == "<one_by_one 挂号 True>\n打几分？"
    assert talk.stack == ["booking", "sheet"]


def test_what_cannot_be_is_told_and_the_question_follows(talk: Talk) -> None:
    assert talk.say("99") == "太大了。\n哪里不舒服？"


def test_an_example_follows_at_once(talk: Talk) -> None:
    assert "<hint 头疼>" in talk.say("@@")


def test_nothing_is_numbered_where_a_number_answers(talk: Talk) -> None:
    talk.say("头晕")
    for _ in range(3):
        reply = talk.say("@@")
    assert reply.endswith("打几分？\n<say_human>") and talk.session.offer is None


def test_danger_is_answered_first_and_its_words_are_kept(talk: Talk) -> None:
    assert talk.say("头晕得要死了", "emergency", red_flag="卒中").startswith("请拨打120！")
    assert talk.session.stack[0].values["sign"] == "dizzy"


def test_what_danger_completes_is_carried_out() -> None:
    class Quiet(Emergency, id="emergency", intents=("emergency",), aside=True):
        def said(self, outcome: Any, world: World, values: Any) -> Said:
            return Said(Reply("请拨打120！"), shelves=True)

    talk = Talk()
    talk.engine = Engine([Short(), Quiet()], cast(Any, ToyPhrases()))
    talk.say("短", "short")
    assert talk.say("头晕得要死了", "emergency", red_flag="卒中").startswith("请拨打120！")
    assert isinstance(talk.command, CallHuman) and talk.stack == []


def test_hours_later_a_bare_yes_is_no_answer() -> None:
    class Nods(Frame, id="nods", title="问卷", intents=("survey",)):
        fine = Slot("好吗？", claim=lambda u, w, v: Known("yes") if u.text == "好" else None)

        def said(self, outcome: Any, world: World, values: Any) -> Said:
            return Said(Reply("记下了。"))

    talk = Talk()
    talk.engine = Engine([Nods()], cast(Any, ToyPhrases()))
    talk.say("问卷", "survey")
    talk.world.now = NOON.replace(hour=9)
    assert "记下了" not in talk.say("好", "confirm")


def test_what_the_session_forgot_is_gone_on_with() -> None:
    talk = Talk()
    assert "哪里不舒服" not in talk.say("继续", "confirm", goes_on=True)
    talk.world.people = ["begun"]
    assert talk.say("继续", "confirm", goes_on=True) == "哪里不舒服？"
    assert talk.session.stack[-1].values == {"who": "p1"}


def invited() -> Talk:
    talk = Talk()
    talk.say("停车", "faq")
    talk.world.told = [Matter("invited:1", "sheet", {"who": "p1"}, NOON.replace(minute=30), waits=True)]
    talk.world.now = NOON.replace(minute=40)
    return talk


def test_words_after_an_invitation_answer_it() -> None:
    talk = invited()
    assert talk.say("头晕") == "打几分？" and talk.stack == ["sheet"]


def test_another_request_after_an_invitation_leaves_it_alone() -> None:
    talk = invited()
    assert talk.say("停车", "faq") == "停车场在北门。" and talk.stack == []
    assert talk.say("挂号", "book") == "哪个科？" and talk.stack == ["booking"]


def test_an_invitation_is_never_raised_on_its_own() -> None:
    talk = Talk()
    talk.say("停车", "faq")
    talk.world.told = [Matter("invited:1", "sheet", {"who": "p1"}, NOON.replace(hour=1), waits=True)]
    assert talk.say("停车", "faq") == "停车场在北门。" and talk.stack == []
