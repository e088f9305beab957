"""APIs whose day's quota is used up (45009): marked in Redis, so that no process calls them before the reset."""

import time
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError

from bot.channels.base import SendError
from bot.channels.wechat.errors import failure, until_reset
from bot.domain.clock import Clock

QUOTA = 45009
_AT_LEAST = 60
"""Seconds the mark stays: a demo's clock may stand just before midnight."""
NEAR = 0.5
"""Seconds for which a process believes what it saw: a round trip less for each of a thousand sends."""


class Stops:
    """The marks of one account.  The moment is kept in them, so that a moved demo clock opens the API in time."""

    def __init__(self, redis: "Redis", app_id: str, clock: Clock) -> None:
        self._redis, self._prefix, self._clock = redis, f"wechat:{app_id}:stopped", clock
        self._near: dict[str, tuple[datetime | None, float]] = {}

    def check(self, api: str) -> None:
        """`SendError` 45009 while ``api`` is stopped."""
        now = self._clock.now()
        until, believed = self._near.get(api, (None, 0.0))
        if time.monotonic() >= believed:
            until = self.until(api)
            self._near[api] = until, time.monotonic() + NEAR
        if until is not None and now < until:
            raise failure(QUOTA, now)

    def until(self, api: str) -> datetime | None:
        """Till when ``api`` is stopped, if it is."""
        try:
            told = self._redis.get(self._key(api))
        except RedisError as error:
            raise SendError("redis", permanent=False) from error
        if not isinstance(told, bytes | str):
            return None
        return datetime.fromtimestamp(float(told), UTC)

    def stop(self, api: str) -> None:
        """The platform said that today's calls are used up."""
        now = self._clock.now()
        left = until_reset(now)
        self._near.pop(api, None)
        try:
            self._redis.set(self._key(api), now.timestamp() + left, ex=max(int(left), _AT_LEAST))
        except RedisError as error:
            raise SendError("redis", permanent=False) from error

    def _key(self, api: str) -> str:
        return f"{self._prefix}:{api}"
