"""The pace of an API: waits while that is short, gives the message back where it is not."""

import pytest
from redis import Redis

from bot.channels.base import SendError
from bot.channels.wechat.pace import PATIENCE, Pace
from bot.store.buckets import Buckets


def test_it_waits_for_its_turn(redis_client: Redis) -> None:
    slept: list[float] = []
    pace = Pace(Buckets(redis_client), "wx1", 200, sleep=slept.append)
    for _ in range(400):
        pace("/template", False)
    assert slept, "four hundred calls are more than a second's two hundred"
    assert max(slept) <= PATIENCE


def test_what_would_wait_long_goes_back(redis_client: Redis) -> None:
    pace = Pace(Buckets(redis_client), "wx1", 0.1, sleep=lambda seconds: None)
    with pytest.raises(SendError) as caught:
        for _ in range(5):
            pace("/template", False)
    assert caught.value.retry_after is not None and caught.value.retry_after > PATIENCE
    assert not caught.value.permanent
    pace("/template", True)
    pace("/custom", False)


def test_without_a_rate_nothing_is_asked(redis_client: Redis) -> None:
    pace = Pace(Buckets(redis_client), "wx1", 0)
    for _ in range(1000):
        pace("/template", False)
    assert redis_client.keys("bucket:*") == []
