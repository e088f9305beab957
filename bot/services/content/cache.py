"""The editions in force, cached per process: they change a few times a month and are asked for by every turn."""

import threading
import time
from collections.abc import Callable, Mapping

from bot.services.content import editions
from bot.services.content.editions import Edition
from bot.store.db import Database


class Editions:
    """Looks at the revision at most every ``recheck`` seconds and reads anew only when it has moved."""

    def __init__(
        self, db: Database, *, recheck: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._recheck, self._monotonic = db, recheck, monotonic
        self._lock = threading.Lock()
        self._revision = -1
        self._checked = float("-inf")
        self._known: dict[str, Mapping[str, Edition]] = {}

    def active(self, kind: str) -> Mapping[str, Edition]:
        """By name; the same object until something of any kind is published or retired."""
        with self._lock:
            known = self._known.get(kind)
            if known is not None and self._monotonic() - self._checked < self._recheck:
                return known
            with self._db.read() as uow:
                revision = editions.revision(uow)
                if revision != self._revision:
                    self._known, self._revision = {}, revision
                if kind not in self._known:
                    self._known[kind] = editions.active(uow, kind)
            self._checked = self._monotonic()
            return self._known[kind]
