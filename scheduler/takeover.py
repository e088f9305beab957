"""Messages whose process died: found by their lease, finished by the worker, answered through the outbox."""

import logging
import threading
from collections.abc import Callable

from bot.channels.base import Inbound
from bot.store.away import missing
from bot.store.inbox import Inbox
from scheduler.outages import Outages

log = logging.getLogger(__name__)

Resume = Callable[[int, Inbound], None]

EVERY = 1.0
BATCH = 20
AWAY = 3.0
"""Seconds to wait where the database does not answer."""


class Takeover:
    """Runs beside the delivery in every worker; the claim in `Inbox.stale` keeps them off each other."""

    def __init__(
        self, inbox: Inbox, resume: Resume, *, every: float = EVERY, outages: Outages | None = None
    ) -> None:
        self._inbox, self._resume, self._every = inbox, resume, every
        self._outages = outages or Outages()

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            if self.once(stop) < BATCH:
                stop.wait(self._every)

    def once(self, stop: threading.Event) -> int:
        """Finish what is stale now; how many were found."""
        try:
            with self._outages.watch("takeover"):
                found = self._inbox.stale(BATCH)
        except Exception as error:  # the database is away: it comes back, and so do we
            if not missing(error):
                log.exception("takeover.claim")
            stop.wait(AWAY)
            return 0
        for inbox_id, inbound in found:
            if stop.is_set():
                break
            self._finish(inbox_id, inbound)
        return len(found)

    def _finish(self, inbox_id: int, inbound: Inbound) -> None:
        try:
            self._resume(inbox_id, inbound)
        except Exception as error:  # its lease runs out again, and it is tried again
            log.error("takeover.failed id=%s kind=%s", inbox_id, inbound.kind, exc_info=not missing(error))
        else:
            log.info("takeover.finished id=%s kind=%s", inbox_id, inbound.kind)
