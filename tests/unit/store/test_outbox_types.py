"""Those whose worker died come back apart, and each time others beside each other."""

from datetime import timedelta

import pytest

from bot.store.outbox_types import apart

TOGETHER = range(1000, 1128)
"""What one worker had under way."""
NEAR = timedelta(seconds=0.3)
"""Two that are due so close may be under way at once."""


@pytest.mark.parametrize(("losses", "within"), [(1, 4), (2, 8), (3, 16), (4, 32), (5, 60), (9, 60)])
def test_they_are_spread_further_each_time(losses: int, within: int) -> None:
    waits = [apart(each, losses) for each in TOGETHER]
    assert timedelta(0) <= min(waits) < max(waits) <= timedelta(seconds=within)
    assert max(waits) > timedelta(seconds=within * 0.9)


def test_whoever_is_the_deadly_one_takes_nobody_with_it_ten_times() -> None:
    for deadly in TOGETHER:
        doomed = set(TOGETHER) - {deadly}
        for losses in range(1, 6):
            doomed = {each for each in doomed if abs(apart(each, losses) - apart(deadly, losses)) < NEAR}
        assert not doomed
