"""A tick that hangs is told of once a minute while it hangs; one that ends in time never."""

import pytest

from scheduler.slow import SLOW, Slow


def test_who_hangs_is_told_of_once_a_minute() -> None:
    now = 100.0
    slow = Slow(monotonic=lambda: now)
    with slow.watch("planner"), slow.watch("reports"):
        now += SLOW - 1
        assert slow.due() == []
        now += 1
        assert slow.due() == [("planner", SLOW), ("reports", SLOW)]
        assert slow.due() == [], "a second later"
        now += SLOW
        assert slow.due() == [("planner", 2 * SLOW), ("reports", 2 * SLOW)]
    assert slow.due() == []


def test_who_failed_is_at_it_no_more() -> None:
    now = 100.0
    slow = Slow(monotonic=lambda: now)
    with pytest.raises(RuntimeError), slow.watch("planner"):
        raise RuntimeError
    now += 10 * SLOW
    assert slow.due() == []
