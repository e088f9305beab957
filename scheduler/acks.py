"""Acknowledgements gather for a moment and are written together: one transaction for many sends."""

import logging
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.store.away import missing
from bot.store.outbox import Outbox
from bot.store.outbox_types import Settled
from scheduler.outages import Outages

log = logging.getLogger(__name__)

GATHER = 0.005
"""Seconds; what a worker that is killed has sent and not yet acknowledged is what it sent in this time."""
MOST = 500
AWAY = 1.0
"""Seconds to wait where the database does not answer."""
TRIES = 60
"""Then the leases are over, and somebody else sends the messages again."""


class Acks:
    """One thread writes down what the others have done; ``wake`` is set when something was written."""

    def __init__(self, outbox: Outbox, wake: threading.Event, outages: Outages | None = None) -> None:
        self._outbox, self._wake, self._outages = outbox, wake, outages or Outages()
        self._told: SimpleQueue[Settled | None] = SimpleQueue()
        self._pause = threading.Event()
        self._thread = threading.Thread(target=self._run, name="acks")

    def start(self) -> None:
        self._thread.start()

    def put(self, settled: Settled) -> None:
        self._told.put(settled)

    def close(self) -> None:
        """Returns when all is written."""
        self._told.put(None)
        self._thread.join()

    def _run(self) -> None:
        more = True
        while more:
            first = self._told.get()
            if first is None:
                return
            self._pause.wait(GATHER)
            batch, more = self._drained(first)
            self._write(batch)
            self._wake.set()

    def _drained(self, first: Settled) -> tuple[list[Settled], bool]:
        """What has gathered, and whether more may come."""
        batch = [first]
        while len(batch) < MOST:
            try:
                settled = self._told.get_nowait()
            except Empty:
                break
            if settled is None:
                return batch, False
            batch.append(settled)
        return batch, True

    def _write(self, batch: Sequence[Settled]) -> None:
        for _ in range(TRIES):
            try:
                with self._outages.watch("acks"):
                    settle(self._outbox, batch)
            except Exception as error:  # the database is away: it comes back
                if not missing(error):
                    log.exception("acks.write count=%s", len(batch))
                self._pause.wait(AWAY)
            else:
                return


def settle(outbox: Outbox, batch: Sequence[Settled]) -> None:
    """All in one transaction; where one of them cannot be written, each in one of its own."""
    try:
        counted = outbox.settle(batch)
    except DBAPIError as error:
        if isinstance(error, OperationalError | InterfaceError):
            raise
        log.exception("acks.unwritable count=%s", len(batch))
        if len(batch) > 1:
            for each in batch:
                settle(outbox, [each])
        return  # one alone: its lease runs out, and after a few of those it is dead
    for each in batch:
        if each.leased.id not in counted:
            log.warning("delivery.lease_lost id=%s kind=%s", each.leased.id, each.leased.kind)
