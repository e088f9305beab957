"""Faults of our own set-up reach staff: once in a while each, not once for each of ten thousand messages."""

import logging
import threading
import time
from collections.abc import Callable

from bot.channels.base import SendError

log = logging.getLogger(__name__)

Alert = Callable[[SendError, str], None]
"""Tells staff of an error, and what it is about: a road, or ``road:kind`` where it is one kind's fault."""
EVERY = 10.0
"""Seconds between two alerts of one code about one thing, in one process."""


class Faults:
    """Safe to call from many threads."""

    def __init__(self, alert: Alert | None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._alert, self._monotonic = alert, monotonic
        self._told: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def seen(self, error: SendError, road: str, kind: str) -> None:
        """``error`` came up; a permanent one is this kind's, any other is everybody's."""
        if self._alert is None or not error.fault:
            return
        subject = f"{road}:{kind}" if error.permanent else road
        with self._lock:
            now = self._monotonic()
            if now - self._told.get((error.code, subject), -EVERY) < EVERY:
                return
            self._told[error.code, subject] = now
        try:
            self._alert(error, subject)
        except Exception:  # that staff could not be told must not cost the message
            log.exception("faults.alert code=%s subject=%s", error.code, subject)
