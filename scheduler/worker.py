"""The worker process: delivery, and beside it the takeover of what dead processes left."""

import random
import threading
from collections.abc import Collection, Mapping

from bot.channels.base import Road, Sender
from bot.domain.clock import Clock
from bot.store.inbox import Inbox
from bot.store.outbox import Outbox
from scheduler.delivery import THREADS, Delivery
from scheduler.faults import Alert
from scheduler.outages import Outages
from scheduler.takeover import Resume, Takeover
from scheduler.verdicts import Recheck, all_true


def run_worker(
    *,
    outbox: Outbox,
    inbox: Inbox,
    senders: Mapping[str, Sender],
    resume: Resume,
    clock: Clock,
    stop: threading.Event,
    roads: Mapping[str, Road] | None = None,
    ladders: Mapping[str, tuple[str, ...]] | None = None,
    echoes: Collection[str] = (),
    recheck: Recheck = all_true,
    alert: Alert | None = None,
    threads: int = THREADS,
) -> None:
    """Returns when ``stop`` is set and what was on its way is done."""
    outages = Outages()
    taking = Takeover(inbox, resume, outages=outages)
    takeover = threading.Thread(target=taking.run, args=(stop,), name="takeover")
    takeover.start()
    try:
        delivery = Delivery(
            outbox, senders, clock=clock, rng=random.SystemRandom(), roads=roads, ladders=ladders,
            echoes=echoes, recheck=recheck, alert=alert, threads=threads, outages=outages,
        )  # fmt: skip
        delivery.run(stop)
    finally:
        stop.set()
        takeover.join()
