"""The taps below an invitation: they name the step, and work days later."""

import pytest

from bot.pushes.survey_ways import FRAME, Way, offer_id, options, read_tap


def test_four_ways() -> None:
    assert [each.label for each in options()] == ["开始回答", "我是家属，帮着答", "晚点再说", "不想参加"]
    assert [each.label for each in options(begun=True)][:2] == ["接着回答", "我是家属，帮着答"]


@pytest.mark.parametrize(("number", "way"), enumerate(Way, start=1))
def test_each_tap_is_a_way(number: int, way: Way) -> None:
    tap = f"{offer_id('followup:12')}:{number}"
    assert read_tap(tap) == (FRAME, {"scope": "followup:12", "way": way.value})


@pytest.mark.parametrize(
    "tap", ["followup:12:0", "followup:12:5", "followup:12", "followup:x:1", "case:12:1"]
)
def test_everything_else_is_none_of_ours(tap: str) -> None:
    assert read_tap(tap) is None
