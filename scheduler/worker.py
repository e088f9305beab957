"""The worker process: delivery, and beside it the takeover of what dead processes left."""

import random
import threading
from collections.abc import Mapping

from bot.channels.base import Sender
from bot.domain.clock import Clock
from bot.store.inbox import Inbox
from bot.store.outbox import Outbox
from scheduler.delivery import Delivery
from scheduler.takeover import Resume, Takeover


def run_worker(
    *,
    outbox: Outbox,
    inbox: Inbox,
    senders: Mapping[str, Sender],
    resume: Resume,
    clock: Clock,
    stop: threading.Event,
    threads: int = 32,
) -> None:
    """Returns when ``stop`` is set and what was on its way is done."""
    takeover = threading.Thread(target=Takeover(inbox, resume).run, args=(stop,), name="takeover")
    takeover.start()
    try:
        Delivery(outbox, senders, clock=clock, rng=random.SystemRandom(), threads=threads).run(stop)
    finally:
        stop.set()
        takeover.join()
