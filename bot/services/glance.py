"""Looking again whether what a process remembers still holds: now and then, one at a time, waiting for nobody."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Glance:
    """At most one every ``seconds``; its owner keeps what was seen."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds, self._monotonic = seconds, monotonic
        self._lock = threading.Lock()
        self._last = float("-inf")

    def at(self, known: T | None, look: Callable[[], T]) -> T:
        """``known``, while the last look is fresh or somebody else is looking; else what ``look`` finds."""
        if known is not None and self._monotonic() - self._last < self._seconds:
            return known
        if not self._lock.acquire(blocking=known is None):
            assert known is not None  # else we should have waited
            return known  # somebody is looking; who waited would keep a connection that they may need
        try:
            found = look()
            self._last = self._monotonic()
            return found
        finally:
            self._lock.release()
