"""A bare yes where nothing was asked that yes answers: a kind word, never a booking."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.unit.dialog.toys import Conversation, says

TUESDAY = date(2026, 11, 24)
DOCTORS = "哪位医生？ [1.张伟医生] [2.张敏医生]"


def at_doctors() -> Conversation:
    talk = Conversation()
    assert talk.say("骨科", "book", department="骨科") == DOCTORS
    return talk


def at_confirm() -> Conversation:
    talk = Conversation()
    talk.say("明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm")
    talk.tap(1)
    return talk


def test_a_yes_to_several_choices_is_answered_kindly_and_is_no_failure_at_first() -> None:
    talk = at_doctors()
    assert talk.say("好", "confirm") == f"<pick 2>\n{DOCTORS}"
    assert talk.session.failures == 0
    talk.say("中", "confirm")
    assert talk.session.failures == 1
    talk.say("行", "confirm")
    assert "<call_human>" in talk.say("要得", "confirm")


def test_a_yes_to_an_open_question_asks_it_again() -> None:
    talk = Conversation()
    talk.say("挂号", "book")
    assert talk.say("好", "confirm") == "<pick 0>\n哪个科？"


def test_a_yes_takes_the_only_choice_unless_somebody_can_be_added() -> None:
    talk = Conversation()
    talk.say("明天下午骨科张伟", "book", department="骨科", doctor="张伟", dates=(TUESDAY,), period="pm")
    assert talk.say("好", "confirm").startswith("<pick 2>\n给谁挂？")


@pytest.mark.parametrize("at", [at_doctors, at_confirm], ids=["choice", "read-back"])
def test_going_on_repeats_the_question_and_confirms_nothing(at: Callable[[], Conversation]) -> None:
    talk = at()
    asked = talk.session.last_replies[-1].text
    understood = says("继续", "confirm", goes_on=True)
    assert talk.hear(understood).startswith(asked)
    assert not talk.commands and talk.session.failures == 0


def test_a_yes_to_what_was_said_since_is_none_to_the_read_back() -> None:
    talk = at_confirm()
    talk.session.offer = None  # words for a danger stood alone, and the read-back has not been seen since
    assert "确认吗？" in talk.say("好", "confirm")
    assert not talk.commands
    assert talk.say("好", "confirm") == "挂好了。"


def test_what_is_known_already_is_acknowledged() -> None:
    talk = at_doctors()
    assert talk.say("骨科", department="骨科") == f"<already>\n{DOCTORS}"


def test_what_is_told_besides_is_acknowledged() -> None:
    talk = at_doctors()
    assert talk.say("明天", dates=(TUESDAY,)) == f"<already>\n{DOCTORS}"


def test_a_number_where_nothing_is_offered_is_no_failure() -> None:
    talk = Conversation()
    assert talk.say("1", choice=1) == "<nothing_to_choose>"
    assert talk.session.failures == 0
