"""When a failed message is tried again: full jitter, growing, never after it has lost its meaning."""

import random
from datetime import datetime, timedelta

from bot.channels.base import SendError

DELAYS = (5.0, 30.0, 120.0, 600.0, 1800.0, 7200.0)
"""Seconds at most before the second, third… try."""


def next_try(
    error: SendError,
    attempts: int,
    now: datetime,
    expires_at: datetime,
    rng: random.Random,
    most: int = len(DELAYS),
) -> datetime | None:
    """The moment of the next try after ``attempts`` tries; None: give up, at the latest after ``most`` more tries.

    What the platform asks to wait for (45011, 45009, our own faults) does not use up tries: it ends with
    ``expires_at`` only.
    """
    if error.permanent:
        return None
    step = min(max(attempts, 1), len(DELAYS))
    if error.retry_after is not None:
        delay = error.retry_after + rng.uniform(0, DELAYS[0])
    elif attempts > most:
        return None
    else:
        delay = rng.uniform(0, DELAYS[step - 1])
    due = now + timedelta(seconds=delay)
    return due if due < expires_at else None
