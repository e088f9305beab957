"""The table of errcodes, one line a rule."""

import pytest

from bot.channels.wechat.errors import errcode, failure


@pytest.mark.parametrize("code", [40013, 40125, 40164, 41001, 40001, 40014, 42001])
def test_our_own_set_up_is_wrong_so_the_message_waits_for_staff(code: int) -> None:
    error = failure(code)
    assert (error.permanent, error.fault, bool(error.retry_after)) == (False, True, True)


@pytest.mark.parametrize("code", [43116, 40037, 47003, 48001, 50002])
def test_this_message_never_and_staff_are_told(code: int) -> None:
    error = failure(code)
    assert (error.permanent, error.fault) == (True, True)


@pytest.mark.parametrize("code", [45015, 45047, 43101, 43004, 40003])
def test_not_by_this_road(code: int) -> None:
    error = failure(code)
    assert (error.permanent, error.fault) == (True, False)


@pytest.mark.parametrize(("code", "seconds"), [(45011, 60), (45009, 3600), (43117, 600)])
def test_too_often_waits(code: int, seconds: float) -> None:
    error = failure(code)
    assert (error.permanent, error.retry_after) == (False, seconds)


def test_system_busy_may_have_been_sent() -> None:
    error = failure(-1)
    assert (error.permanent, error.retry_after, error.unknown_outcome) == (False, None, True)


def test_a_code_nobody_knows_is_tried_again() -> None:
    assert failure(99999).permanent is False


@pytest.mark.parametrize(
    ("answer", "code"),
    [({}, 0), ({"errcode": 0}, 0), ({"errcode": 45015}, 45015), ({"errcode": "40001"}, 40001),
     ({"errcode": None}, -1), ({"errcode": "?"}, -1)],
)  # fmt: skip
def test_an_errcode_may_hide_in_any_answer(answer: dict[str, object], code: int) -> None:
    assert errcode(answer) == code
