"""Delivery: what the outbox holds goes out, many at a time, each at least once, docs/ways/push.md."""

import logging
import random
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from bot.channels.base import Road, Sender, SendError
from bot.domain.clock import Clock
from bot.domain.states import OutboxState
from bot.store.away import missing
from bot.store.outbox import Outbox
from bot.store.outbox_types import Leased, Settled
from scheduler.acks import Acks, settle
from scheduler.faults import Alert, Faults
from scheduler.ladder import Ladder
from scheduler.lanes import Job, Lanes
from scheduler.outages import Outages
from scheduler.retries import next_try
from scheduler.verdicts import Later, Recheck, Verdict, Void, all_true

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""Longer than a send with its time-outs; after a kill -9 the message is sent again when it has run out."""
BEGUN_BY = 0.5
"""Of the lease: what has not been begun by then is given back, or two workers might send it."""
THREADS = 128
IDLE = 0.5
"""Seconds between two looks at an empty outbox."""
AWAY = 3.0
"""Seconds to wait where the database does not answer."""
GATHER = 0.01
"""Seconds in which send slots become free, so that one claim fetches several messages."""

EAGER = 0.05
"""Seconds between two looks for urgent messages while the other lane is full."""


class Delivery:
    """Claims, rechecks, sends, acknowledges.  Any number of them may run, over any number of machines: the rows are
    the queue and the row locks are its engine."""

    def __init__(
        self,
        outbox: Outbox,
        senders: Mapping[str, Sender],
        *,
        clock: Clock,
        rng: random.Random,
        roads: Mapping[str, Road] | None = None,
        ladders: Mapping[str, tuple[str, ...]] | None = None,
        echoes: Collection[str] = (),
        recheck: Recheck = all_true,
        alert: Alert | None = None,
        threads: int = THREADS,
        idle: float = IDLE,
        lease: timedelta = LEASE,
        outages: Outages | None = None,
    ) -> None:
        self._outbox, self._recheck, self._outages = outbox, recheck, outages or Outages()
        self._clock, self._rng = clock, rng
        self._threads, self._idle, self._lease = threads, idle, lease
        self._asked = 0.0
        self._ladder = Ladder(
            senders=senders,
            roads=roads or {},
            ladders=ladders or {},
            echoes=echoes,
            faults=Faults(alert),
            clock=clock,
            rng=rng,
        )

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``; then what is on its way is finished, nothing new is claimed."""
        wake = threading.Event()
        acks, lanes, senders = (
            Acks(self._outbox, wake, self._outages),
            Lanes(self._threads),
            list[threading.Thread](),
        )
        acks.start()
        try:
            while not stop.is_set():
                wake.clear()
                if self._fetch(acks, lanes, senders, stop):
                    stop.wait(GATHER)
                else:
                    wake.wait(self._idle)
        finally:
            for job in lanes.close():
                acks.put(_given_back(job.leased))
            for thread in senders:
                thread.join()
            acks.close()

    def once(self) -> int:
        """What is due now, sent one after the other in this thread; how many were claimed."""
        claimed = self._outbox.claim(self._threads, self._lease)
        stopped, going = self._checked(claimed)
        settle(self._outbox, [*stopped, *map(self.deliver, going)])
        return len(claimed)

    def deliver(self, leased: Leased) -> Settled:
        """One message; whatever happens, its thread lives on."""
        try:
            return self._ladder.deliver(leased)
        except Exception as error:
            log.error("delivery.broken id=%s kind=%s", leased.id, leased.kind, exc_info=not missing(error))
            return self._failed(leased, SendError("internal", permanent=False))

    def _fetch(
        self, acks: Acks, lanes: Lanes, senders: list[threading.Thread], stop: threading.Event
    ) -> bool:
        """Claim for the slots that are free.  False: nothing to be had for now."""
        limit, rest = lanes.room()
        began = time.monotonic()
        if limit <= 0 or (rest <= 0 and began - self._asked < EAGER):
            return True
        self._asked = began
        try:
            with self._outages.watch("delivery"):
                claimed = self._outbox.claim(limit, self._lease, rest=rest)
            stopped, going = self._checked(claimed)
        except Exception as error:  # the database is away: it comes back, and so do we
            if not missing(error):
                log.exception("delivery.claim")
            stop.wait(AWAY)
            return True
        for settled in stopped:
            acks.put(settled)
        until = began + self._lease.total_seconds() * BEGUN_BY
        wanted = lanes.put([Job(leased, until) for leased in going])
        while len(senders) < min(wanted, self._threads):
            sender = threading.Thread(target=self._send, args=(lanes, acks), name=f"send-{len(senders)}")
            senders.append(sender)
            sender.start()
        return bool(claimed)

    def _send(self, lanes: Lanes, acks: Acks) -> None:
        """A thread of the pool."""
        job: Job | None = None
        while (job := lanes.take(job)) is not None:
            late = time.monotonic() > job.until
            acks.put(_given_back(job.leased) if late else self.deliver(job.leased))

    def _checked(self, claimed: Sequence[Leased]) -> tuple[list[Settled], list[Leased]]:
        """What the facts forbid to send now, and what may go."""
        verdicts = self._verdicts([leased for leased in claimed if leased.notice is not None])
        stopped, going = list[Settled](), list[Leased]()
        for leased in claimed:
            verdict = verdicts.get(leased.id)
            if verdict is None:
                going.append(leased)
            else:
                stopped.append(self._stopped(leased, verdict))
        return stopped, going

    def _verdicts(self, pushes: Sequence[Leased]) -> dict[int, Verdict | SendError]:
        if not pushes:
            return {}
        try:
            with self._outages.watch("recheck"):
                return dict(self._recheck(pushes))
        except Exception as error:
            if not missing(error):
                log.exception("delivery.recheck count=%s", len(pushes))
            if len(pushes) == 1:  # unread facts are no reason to send: it waits, and is dead in the end
                return {pushes[0].id: SendError(f"recheck {type(error).__name__}", permanent=False)}
        return {of: verdict for push in pushes for of, verdict in self._verdicts([push]).items()}

    def _stopped(self, leased: Leased, verdict: Verdict | SendError) -> Settled:
        match verdict:
            case Void(reason):
                return Settled(leased, OutboxState.VOID, reason, rung=leased.rung, attempts=leased.attempts)
            case Later(until) if until >= leased.expires_at:
                return Settled(
                    leased, OutboxState.VOID, "expired", rung=leased.rung, attempts=leased.attempts
                )
            case Later(until):
                return Settled(leased, OutboxState.PENDING, due_at=until, rung=leased.rung)
            case SendError():
                return self._failed(leased, verdict)

    def _failed(self, leased: Leased, error: SendError) -> Settled:
        due = next_try(error, leased.attempts, self._clock.now(), leased.expires_at, self._rng)
        state = OutboxState.DEAD if due is None else OutboxState.PENDING
        return Settled(leased, state, error.code, due, leased.rung, leased.attempts)


def _given_back(leased: Leased) -> Settled:
    """Claimed, and not begun: due as before."""
    return Settled(leased, OutboxState.PENDING, rung=leased.rung, attempts=leased.attempts - 1)
