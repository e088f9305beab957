"""The planner's tick: due rows become messages, batch by batch, until nothing is due.  Many may run at once."""

import logging
import threading

from bot.services import publication
from bot.services.due import BATCH, any_due, queue_due
from bot.services.facts import Readers
from bot.services.hospital import Hospital

log = logging.getLogger(__name__)


class Planner:
    """Safe to run in any number of processes: rows are claimed with SKIP LOCKED (SQLite: one writer)."""

    def __init__(
        self, hospital: Hospital, readers: Readers, *, batch: int = BATCH, stop: threading.Event | None = None
    ) -> None:
        self._hospital, self._readers, self._batch = hospital, readers, batch
        self._stop = stop or threading.Event()

    def tick(self) -> int:
        """Everything that is due now; how many rows were decided."""
        done = 0
        while not self._stop.is_set():
            decided = self._one_batch()
            done += decided
            if decided < self._batch:
                break
        if done:
            log.info("planner.decided rows=%d", done)
        return done

    def publish(self) -> int:
        """The week's 号源公示 (R13), once its moment has come."""
        context = self._hospital.acting("system:planner")
        return self._hospital.db.run(lambda uow: publication.publish(uow, context))

    def _one_batch(self) -> int:
        db = self._hospital.db
        with db.read() as uow:
            if not any_due(uow):
                return 0
        context = self._hospital.acting("system:planner")
        return db.run(lambda uow: queue_due(uow, context, self._readers, self._batch))
