"""The editions in force, cached per process: they change a few times a month and are asked for by every turn."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from bot.services.content import editions
from bot.services.content.editions import Edition
from bot.services.glance import Glance
from bot.store.db import Database, UnitOfWork

Read = Callable[[UnitOfWork, str], Mapping[str, Edition]]


class Editions:
    """Looks at the revision at most every ``recheck`` seconds and reads anew only when it has moved."""

    def __init__(
        self, db: Database, *, recheck: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._glance = db, Glance(recheck, monotonic)
        self._revision = -1
        self._known: dict[tuple[str, Read], Mapping[str, Edition]] = {}

    def active(self, kind: str) -> Mapping[str, Edition]:
        """By name; the same object until something of any kind is published or retired."""
        return self._of(kind, editions.active)

    def published(self, kind: str) -> Mapping[str, Edition]:
        """The same of what is or was in force."""
        return self._of(kind, editions.published)

    def _of(self, kind: str, read: Read) -> Mapping[str, Edition]:
        return self._glance.at(self._known.get((kind, read)), partial(self._looked, kind, read))

    def _looked(self, kind: str, read: Read) -> Mapping[str, Edition]:
        with self._db.read() as uow:
            revision = editions.revision(uow)
            if revision != self._revision:
                self._known, self._revision = {}, revision
            if (kind, read) not in self._known:
                self._known = {**self._known, (kind, read): read(uow, kind)}
        return self._known[kind, read]
