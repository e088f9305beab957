"""Token buckets in Valkey: the rate holds over all processes, the urgent find their share, Redis may be away."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.store.buckets import Buckets

SLOW = 0.001
"""Tokens a second: none comes back during a test."""


class Seconds:
    """A monotonic clock that is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def taken(
    buckets: Buckets, name: str, tries: int, *, rate: float = SLOW, burst: float = 20, urgent: bool = False
) -> int:
    return sum(buckets.take(name, rate, burst, urgent=urgent) == 0 for _ in range(tries))


def test_what_is_not_urgent_leaves_a_quarter(redis_client: Redis) -> None:
    buckets = Buckets(redis_client)
    assert taken(buckets, "wx:custom", 40) == 15
    assert taken(buckets, "wx:custom", 40, urgent=True) == 5
    assert taken(buckets, "wx:template", 40) == 15, "every API has its own"


def test_processes_share_a_bucket(redis_client: Redis) -> None:
    assert [taken(Buckets(redis_client), "a", 10) for _ in range(3)] == [10, 5, 0]


def test_threads_share_it_too(redis_client: Redis) -> None:
    buckets = Buckets(redis_client)
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: taken(buckets, "a", 10, burst=100), range(16))) == 75


def test_it_says_how_long_to_wait_and_fills_again(redis_client: Redis, seconds: Seconds) -> None:
    buckets = Buckets(redis_client, monotonic=seconds)
    assert taken(buckets, "a", 30, rate=20, burst=20) >= 15
    wait = buckets.take("a", 20, 20)
    assert 0 < wait <= 1 / 20
    threading.Event().wait(2 / 20)
    seconds.now += 2 / 20
    assert buckets.take("a", 20, 20) == 0


def test_a_lot_is_one_round_trip(redis_client: Redis) -> None:
    buckets = Buckets(redis_client)
    before = redis_client.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"]
    assert taken(buckets, "a", 100, rate=1000, burst=1000) == 100
    assert redis_client.info("commandstats")["cmdstat_evalsha"]["calls"] - before <= 6


def test_a_lot_does_not_outlive_its_second(redis_client: Redis, seconds: Seconds) -> None:
    buckets = Buckets(redis_client, monotonic=seconds)
    assert taken(buckets, "a", 1, rate=1000, burst=30) == 1
    seconds.now += 2
    redis_client.hset("bucket:a", mapping={"tokens": "0", "at": str(redis_client.time()[0] + 60)})
    assert buckets.take("a", 1000, 30) > 0


def test_without_redis_it_goes_on_more_slowly(seconds: Seconds) -> None:
    nowhere = Redis(
        unix_socket_path="/nowhere/v.sock", retry=Retry(NoBackoff(), 0)
    )  # its back-off is no part of this
    buckets = Buckets(nowhere, monotonic=seconds)
    assert 0 < buckets.take("a", 40, 40) <= 0.1
    sent = 0
    for _ in range(400):
        seconds.now += 0.01
        sent += buckets.take("a", 40, 40) == 0
    assert sent == pytest.approx(40, abs=2), "a quarter of the rate"


def test_when_redis_is_back_it_counts_again(
    redis_client: Redis, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    buckets = Buckets(redis_client, monotonic=seconds)
    with monkeypatch.context() as broken:
        broken.setattr(buckets, "_take", Buckets(Redis(unix_socket_path="/nowhere/v.sock"))._take)
        assert buckets.take("a", SLOW, 20) > 0
    assert buckets.take("a", SLOW, 20) > 0, "not asked again at once"
    seconds.now += 2
    assert taken(buckets, "a", 40) == 15
