"""Delivery: what the outbox holds goes out, many at a time, each at least once, docs/ways/push.md."""

import logging
import random
import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

from bot.channels.base import Outbound, Receipt, Sender, SendError, taps
from bot.dialog.speech import Reply
from bot.domain.clock import Clock
from bot.store.outbox import Leased, Outbox
from scheduler.retries import next_try

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""Longer than a send with its time-outs; after a kill -9 the message is sent again when it has run out."""
IDLE = 0.5
"""Seconds between two looks at an empty outbox."""
AWAY = 3.0
"""Seconds to wait where the database does not answer."""
GATHER = 0.01
"""Seconds in which finished sends gather, so that one claim fetches several messages."""
SURVEY = 3
"""From this priority on nothing is sent again after an unknown outcome: asked twice is worse than not asked."""


class Delivery:
    """Claims, sends, acknowledges.  Any number of them may run, over any number of machines: the rows are the
    queue and the row locks are its engine."""

    def __init__(
        self,
        outbox: Outbox,
        senders: Mapping[str, Sender],
        *,
        clock: Clock,
        rng: random.Random,
        threads: int = 32,
        idle: float = IDLE,
        lease: timedelta = LEASE,
    ) -> None:
        self._outbox, self._senders = outbox, senders
        self._clock, self._rng = clock, rng
        self._threads, self._idle, self._lease = threads, idle, lease

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``; then what is on its way is finished, nothing new is claimed."""
        flying: set[Future[None]] = set()
        with ThreadPoolExecutor(self._threads, "send") as pool:
            while not stop.is_set():
                batch = self._claim(self._threads - len(flying), stop)
                flying.update(pool.submit(self.deliver, leased) for leased in batch)
                if flying and not (batch and len(flying) < self._threads):
                    wait(flying, self._idle, FIRST_COMPLETED)
                    stop.wait(GATHER)
                elif not batch:
                    stop.wait(self._idle)
                flying = {send for send in flying if not send.done()}

    def deliver(self, leased: Leased) -> None:
        """One message: sent, to be tried again, or dead.  If even that cannot be written, the lease runs out."""
        try:
            self._settle(leased)
        except Exception:  # a thread of the pool must not take its error to the grave
            log.exception("delivery.broken id=%s kind=%s", leased.id, leased.kind)

    def _settle(self, leased: Leased) -> None:
        try:
            receipt = self._send(leased)
        except SendError as error:
            self._failed(leased, error)
            return
        except Exception:  # our own mistake: the message stays, and is seen in the log and in `attempts`
            log.exception("delivery.broken id=%s kind=%s", leased.id, leased.kind)
            self._failed(leased, SendError("internal", permanent=False))
            return
        self._outbox.sent(leased, receipt.message_id)

    def _send(self, leased: Leased) -> Receipt:
        account = leased.account
        sender = self._senders.get(account.channel) if account else None
        if account is None or sender is None:
            raise SendError("no channel", permanent=True, fault=True)
        if leased.expires_at <= self._clock.now():
            raise SendError("expired", permanent=True)
        receipt = Receipt("")
        for index, reply in enumerate(leased.replies):
            receipt = sender.send(_outbound(account.openid, reply), key=f"{leased.id}.{index}")
        return receipt

    def _failed(self, leased: Leased, error: SendError) -> None:
        level = logging.ERROR if error.fault else logging.WARNING
        log.log(level, "delivery.failed id=%s kind=%s code=%s", leased.id, leased.kind, error.code)
        due = next_try(error, leased.attempts, self._clock.now(), leased.expires_at, self._rng)
        if due is None or (error.unknown_outcome and leased.priority >= SURVEY):
            self._outbox.dead(leased, error.code)
        else:
            self._outbox.retry(leased, error.code, due)

    def _claim(self, free: int, stop: threading.Event) -> list[Leased]:
        if free <= 0:
            return []
        try:
            return self._outbox.claim(free, self._lease)
        except Exception:  # the database is away: it comes back, and so do we
            log.exception("delivery.claim")
            stop.wait(AWAY)
            return []


def _outbound(user: str, reply: Reply) -> Outbound:
    return Outbound(user, reply.text, taps(reply.offer, [option.label for option in reply.options]))
