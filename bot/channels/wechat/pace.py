"""How fast the account's sending APIs are called: a token bucket for each, a part of it kept for what is urgent."""

import time
from collections.abc import Callable

from bot.channels.base import Busy
from bot.store.buckets import Buckets

PATIENCE = 2.0
"""Seconds a send slot is kept waiting; longer, the message waits in the outbox."""
_SMALLEST = 4.0
"""A smaller bucket had no room for the reserve."""


class Pace:
    """Called before each call of an API; safe to share between threads."""

    def __init__(
        self,
        buckets: Buckets,
        app_id: str,
        rate: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``rate``: calls a second to one API, over all processes; 0: no limit of our own."""
        self._buckets, self._app_id, self._rate = buckets, app_id, rate
        self._sleep, self._monotonic = sleep, monotonic

    def __call__(self, api: str, urgent: bool) -> None:
        if self._rate <= 0:
            return
        until = self._monotonic() + PATIENCE
        while wait := self._take(api, urgent):
            if self._monotonic() + wait > until:
                raise Busy(wait)
            self._sleep(wait)

    def _take(self, api: str, urgent: bool) -> float:
        name = f"wechat:{self._app_id}:{api}"
        return self._buckets.take(name, self._rate, max(self._rate, _SMALLEST), urgent=urgent)
