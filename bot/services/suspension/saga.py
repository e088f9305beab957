"""The one door to suspensions: the command line, the console, other systems and the tick come through it."""

import logging
import threading
from datetime import timedelta
from functools import partial

from sqlalchemy import bindparam, update

from bot.domain.outcomes import Outcome
from bot.domain.suspension import (
    NothingToSuspend,
    Preview,
    PreviewStale,
    Progress,
    Reconciliation,
    Scope,
    Started,
)
from bot.services.hospital import Hospital
from bot.services.suspension import closing, phone, progress, work
from bot.services.suspension.rows import K, due_ids
from bot.services.suspension.scope import preview
from bot.services.suspension.start import start
from bot.services.suspension.withdraw import withdraw
from bot.store.away import missing
from bot.store.db import UnitOfWork

log = logging.getLogger(__name__)

SYSTEM = "system:scheduler"
_TRIES = 8
"""Of a transaction that locks many clinics: a booking under way may meet it crosswise, and then one of
the two has to begin again."""
_LATER = timedelta(minutes=5)
_POSTPONE = update(K).where(K.c.id == bindparam("case"))


class Suspensions:
    """Safe to share, and to run in any number of processes at once."""

    def __init__(self, hospital: Hospital) -> None:
        self._hospital, self._db = hospital, hospital.db

    # -- what staff ask for ---------------------------------------------------------------------

    def preview(self, scope: Scope) -> Preview:
        """What it would do; writes nothing."""
        context = self._hospital.acting(SYSTEM)
        with self._db.read() as uow:
            return preview(uow, context, scope)

    def start(
        self, scope: Scope, *, key: str, reason: str, actor: str, seen: str = ""
    ) -> Started | NothingToSuspend | PreviewStale:
        """Close the clinics and list the affected.  `work` tells them: at once here, or whichever process is next."""
        context = self._hospital.acting(actor)
        return self._db.run(
            lambda uow: start(uow, context, scope, key=key, reason=reason, seen=seen), tries=_TRIES
        )

    def withdraw(self, suspension_id: int, *, actor: str) -> int:
        """Open the clinics again; raises `CannotWithdraw`."""
        context = self._hospital.acting(actor)
        return self._db.run(lambda uow: withdraw(uow, context, suspension_id), tries=_TRIES)

    def reached(
        self, case_id: int, answer: str, *, actor: str, key: str = "", slot_id: int | None = None
    ) -> Outcome:
        """A call's outcome: accepted | other | gave_up."""
        context = self._hospital.acting(actor)
        key = key or f"reached:{case_id}"
        return self._db.run(
            lambda uow: phone.reached(uow, context, case_id, answer, key=key, slot_id=slot_id)
        )

    def progress(self, suspension_id: int) -> Progress | None:
        with self._db.read() as uow:
            return progress.progress(uow, suspension_id)

    def recent(self) -> tuple[Progress, ...]:
        with self._db.read() as uow:
            return progress.recent(uow)

    def reconcile(self, suspension_id: int) -> Reconciliation | None:
        with self._db.read() as uow:
            return progress.reconcile(uow, suspension_id)

    # -- the tick -------------------------------------------------------------------------------

    def work(self, stop: threading.Event | None = None) -> int:
        """Do everything that is due, until ``stop``; how many cases that were.  What somebody else is at is left to
        them."""
        self._db.run(work.begin)
        done = 0
        while not (stop is not None and stop.is_set()):
            step = self._batch(work.BATCH if done else work.FIRST)
            done += step
            if step == 0:
                break
        self._db.run(closing.finish)
        return done

    def _batch(self, most: int) -> int:
        context = self._hospital.acting(SYSTEM)
        try:
            return self._db.run(lambda uow: work.batch(uow, context, most))
        except (
            Exception
        ) as error:  # one case must not hold up the others: each on its own, and this one later
            if missing(error):
                raise
            log.exception("suspension.batch")
            return self._one_by_one(most)

    def _one_by_one(self, most: int) -> int:
        context = self._hospital.acting(SYSTEM)
        with self._db.read() as uow:
            cases = due_ids(uow, most)
        for case_id in cases:
            try:
                self._db.run(partial(work.single, context=context, case_id=case_id))
            except Exception as error:
                if missing(error):
                    raise
                log.exception("suspension.case id=%s", case_id)
                self._db.run(partial(_postpone, case_id=case_id))
        return len(cases)


def _postpone(uow: UnitOfWork, case_id: int) -> None:
    uow.connection.execute(_POSTPONE.values(due_at=uow.now + _LATER), {"case": case_id})
