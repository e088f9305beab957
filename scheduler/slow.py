"""What takes longer than it should: a tick that hangs is told while it hangs, again and again."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLOW = 60.0
"""Seconds after which a tick is told of, and between two tellings; a yearly report may take as long."""


class Slow:
    """Of one process; safe to share between threads."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._going: dict[str, tuple[float, float]] = {}
        """By name: since when, and when it is told of next."""
        self._lock = threading.Lock()

    @contextmanager
    def watch(self, name: str) -> Iterator[None]:
        """It runs; no two of one name at once."""
        now = self._monotonic()
        with self._lock:
            self._going[name] = now, now + SLOW
        try:
            yield
        finally:
            with self._lock:
                del self._going[name]

    def due(self) -> list[tuple[str, float]]:
        """Who is to be told of now, and for how many seconds each has been at it."""
        now = self._monotonic()
        with self._lock:
            found = [
                (name, now - since) for name, (since, next_told) in self._going.items() if next_told <= now
            ]
            for name, _ in found:
                self._going[name] = self._going[name][0], now + SLOW
        return found
