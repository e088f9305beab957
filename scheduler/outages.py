"""What is away is told once when it is lost and once when it is back, however many ask for it again and again."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.store.away import missing, said

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Lost:
    """Something that is away, since when, and whose work could not be done for it."""

    since: float
    whose: set[str] = field(default_factory=set)


class Outages:
    """Of one process; safe to share between threads."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lost: dict[str, _Lost] = {}
        self._back: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def watch(self, whose: str) -> Iterator[None]:
        """Work that needs what may be away; its errors go on to the caller, who writes no stack for a `missing` one."""
        began = self._monotonic()
        try:
            yield
        except Exception as error:
            if what := missing(error):
                self._gone(what, whose, error, began)
            raise
        self._well(whose)

    def _gone(self, what: str, whose: str, error: Exception, began: float) -> None:
        with self._lock:
            if what not in self._lost:
                if began < self._back.get(what, began):
                    return  # begun in a loss that is over
                self._lost[what] = _Lost(self._monotonic())
                log.error("%s.away because=%s; asked again until it is back", what, said(error))
            self._lost[what].whose.add(whose)

    def _well(self, whose: str) -> None:
        """Back is what somebody could not work for, who now can."""
        with self._lock:
            for what in [what for what, lost in self._lost.items() if whose in lost.whose]:
                now, since = self._monotonic(), self._lost.pop(what).since
                self._back[what] = now
                log.warning("%s.back after=%.0fs", what, now - since)
