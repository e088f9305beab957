"""The table of errcodes, one line a rule."""

from datetime import UTC, datetime

import pytest

from bot.channels.base import SendError
from bot.channels.wechat.errors import RULES, Effect, effect, errcode, failure, until_reset

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""12:00 in the hospital."""


def of(code: int) -> SendError:
    return failure(code, NOON)


@pytest.mark.parametrize("code", [40013, 40125, 40164, 41001, 40001, 40014, 42001])
def test_our_own_set_up_is_wrong_so_the_message_waits_for_staff(code: int) -> None:
    error = of(code)
    assert (error.permanent, error.fault, error.elsewhere, error.retry_after) == (False, True, False, 300)
    assert effect(error) is Effect.CONFIG_FAULT


@pytest.mark.parametrize(
    ("code", "follows"),
    [(43116, Effect.TEMPLATE_DISABLED), (40037, Effect.TEMPLATE_DISABLED), (47003, Effect.BAD_DATA),
     (45002, Effect.BAD_DATA), (48001, Effect.NO_PERMISSION), (50002, Effect.NO_PERMISSION)],
)  # fmt: skip
def test_never_again_over_this_road_and_staff_are_told(code: int, follows: Effect) -> None:
    error = of(code)
    assert (error.permanent, error.fault, error.elsewhere) == (True, True, True)
    assert effect(error) is follows


@pytest.mark.parametrize(
    ("code", "follows"),
    [(45015, None), (45047, None), (43101, Effect.CONSENT_SPENT), (43004, Effect.UNFOLLOWED),
     (40003, Effect.UNBOUND)],
)  # fmt: skip
def test_not_to_this_user_over_this_road(code: int, follows: Effect | None) -> None:
    error = of(code)
    assert (error.permanent, error.fault, error.elsewhere) == (True, False, True)
    assert effect(error) is follows


@pytest.mark.parametrize(("code", "seconds"), [(45011, 60), (43117, 600)])
def test_too_often_waits(code: int, seconds: float) -> None:
    error = of(code)
    assert (error.permanent, error.elsewhere, error.retry_after) == (False, False, seconds)


def test_the_days_quota_comes_back_at_midnight_in_shanghai() -> None:
    error = of(45009)
    assert (error.permanent, error.elsewhere, error.fault, error.retry_after) == (
        False,
        True,
        True,
        12 * 3600,
    )
    assert effect(error) is Effect.API_STOPPED
    assert until_reset(datetime(2026, 11, 23, 15, 59, 30, tzinfo=UTC)) == 30
    assert until_reset(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == 86_400


def test_system_busy_may_have_been_sent() -> None:
    error = of(-1)
    assert (error.permanent, error.retry_after, error.unknown_outcome, error.elsewhere) == (
        False, None, True, False,
    )  # fmt: skip
    assert effect(error) is None


def test_a_code_nobody_knows_is_tried_again() -> None:
    assert of(99999).permanent is False


@pytest.mark.parametrize("code", ["ReadTimeout", "http 502", "redis", "-1", "no json"])
def test_what_is_no_errcode_has_no_effect(code: str) -> None:
    assert effect(SendError(code, permanent=False)) is None


def test_every_code_of_the_platforms_table_has_a_rule() -> None:
    told = (40001, 40014, 42001, 41001, 40013, 40125, 40164, 45011, 45009, 43117, 45015, 45047, 43004, 40003,
            43101, 43116, 40037, 47003, 48001, 50002)  # fmt: skip
    assert set(told) <= set(RULES)


@pytest.mark.parametrize(
    ("answer", "code"),
    [({}, 0), ({"errcode": 0}, 0), ({"errcode": 45015}, 45015), ({"errcode": "40001"}, 40001),
     ({"errcode": None}, -1), ({"errcode": "?"}, -1)],
)  # fmt: skip
def test_an_errcode_may_hide_in_any_answer(answer: dict[str, object], code: int) -> None:
    assert errcode(answer) == code
