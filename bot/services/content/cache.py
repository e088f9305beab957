"""The editions in force, cached per process: they change a few times a month and are asked for by every turn."""

import threading
import time
from collections.abc import Callable, Mapping

from bot.services.content import editions
from bot.services.content.editions import Edition
from bot.store.db import Database, UnitOfWork

Read = Callable[[UnitOfWork, str], Mapping[str, Edition]]


class Editions:
    """Looks at the revision at most every ``recheck`` seconds and reads anew only when it has moved."""

    def __init__(
        self, db: Database, *, recheck: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._recheck, self._monotonic = db, recheck, monotonic
        self._lock = threading.Lock()
        self._revision = -1
        self._checked = float("-inf")
        self._known: dict[tuple[str, Read], Mapping[str, Edition]] = {}

    def active(self, kind: str) -> Mapping[str, Edition]:
        """By name; the same object until something of any kind is published or retired."""
        return self._looked(kind, editions.active)

    def published(self, kind: str) -> Mapping[str, Edition]:
        """The same of what is or was in force."""
        return self._looked(kind, editions.published)

    def _looked(self, kind: str, read: Read) -> Mapping[str, Edition]:
        known = self._known.get((kind, read))
        if known is not None and self._monotonic() - self._checked < self._recheck:
            return known
        if not self._lock.acquire(blocking=known is None):
            assert known is not None  # else we should have waited
            return known  # somebody is looking; who waited would keep a connection that they may need
        try:
            with self._db.read() as uow:
                revision = editions.revision(uow)
                if revision != self._revision:
                    self._known, self._revision = {}, revision
                if (kind, read) not in self._known:
                    self._known = {**self._known, (kind, read): read(uow, kind)}
            self._checked = self._monotonic()
            return self._known[kind, read]
        finally:
            self._lock.release()
