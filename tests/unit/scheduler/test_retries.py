"""When a failed message is tried again."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.base import SendError
from scheduler.retries import DELAYS, next_try

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


def tries(error: SendError, attempts: int, expires_at: datetime = LATER) -> list[datetime | None]:
    rng = random.Random(attempts)
    return [next_try(error, attempts, NOW, expires_at, rng) for _ in range(200)]


@pytest.mark.parametrize(("attempts", "most"), list(enumerate(DELAYS, 1)))
def test_the_delay_grows_with_full_jitter(attempts: int, most: float) -> None:
    delays = [(due - NOW).total_seconds() for due in tries(SendError("-1", permanent=False), attempts) if due]
    assert len(delays) == 200
    assert 0 <= min(delays) < most * 0.1
    assert most * 0.9 < max(delays) <= most


def test_it_ends_after_the_longest_delay() -> None:
    assert set(tries(SendError("-1", permanent=False), len(DELAYS) + 1)) == {None}


def test_a_permanent_failure_is_not_tried_again() -> None:
    assert set(tries(SendError("45015", permanent=True), 1)) == {None}


def test_the_platforms_own_wait_comes_first_and_does_not_count() -> None:
    error = SendError("45009", permanent=False, retry_after=3600)
    for due in tries(error, 20):
        assert due is not None
        assert due - NOW >= timedelta(hours=1)


def test_never_after_its_end() -> None:
    for due in tries(SendError("-1", permanent=False), 6, NOW + timedelta(minutes=10)):
        assert due is None or due < NOW + timedelta(minutes=10)
