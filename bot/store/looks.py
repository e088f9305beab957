"""What takes seconds to count and is kept for minutes, in Valkey: a page asks, the scheduler counts, the page finds it.

Losing Valkey costs a look that is asked for again: nothing of the hospital's is kept here, and nothing personal.
"""

from typing import cast

from redis import Redis

KEPT = 600
"""Seconds for which what was found is shown again without counting."""
WAITING = 120
"""Seconds after which nobody waits any more: a page that waits asks again every other second."""
LEASE = 30
"""Seconds without news after which whoever was counting has died."""
_ASKED = "looks:asked"


class Looks:
    """Safe to share between threads and processes.  A look is named by what was asked for."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def found(self, look: str) -> str | None:
        """What was kept of it."""
        text = cast("bytes | None", self._redis.get(_found(look)))
        return None if text is None else text.decode()

    def ask(self, look: str) -> int:
        """Somebody waits for it; how far it has come, in percent."""
        with self._redis.pipeline() as asked:
            asked.zadd(_ASKED, {look: self._seconds()})
            asked.get(_lease(look))
            _, far = asked.execute()
        return int(far or 0)

    def waiting(self) -> list[str]:
        """What somebody waits for."""
        self._redis.zremrangebyscore(_ASKED, "-inf", self._seconds() - WAITING)
        return [each.decode() for each in cast("list[bytes]", self._redis.zrange(_ASKED, 0, -1))]

    def take(self, look: str) -> bool:
        """Whether it is ours to count: not while somebody else is at it."""
        return bool(self._redis.set(_lease(look), 0, nx=True, ex=LEASE))

    def come(self, look: str, percent: int) -> None:
        """How far it has come; the lease begins anew."""
        self._redis.set(_lease(look), percent, ex=LEASE)

    def keep(self, look: str, text: str, seconds: int = KEPT) -> None:
        """It is done."""
        with self._redis.pipeline() as done:
            done.set(_found(look), text, ex=seconds)
            done.zrem(_ASKED, look)
            done.delete(_lease(look))
            done.execute()

    def leave(self, look: str, *, asked: bool) -> None:
        """Not counted to the end; ``asked``: somebody else goes on."""
        self._redis.delete(_lease(look))
        if not asked:
            self._redis.zrem(_ASKED, look)

    def _seconds(self) -> float:
        """Valkey's own: the machines' clocks need not agree."""
        seconds, micro = self._redis.time()
        return seconds + micro / 1_000_000


def _found(look: str) -> str:
    return f"look:{look}:found"


def _lease(look: str) -> str:
    return f"look:{look}:far"
