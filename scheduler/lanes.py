"""The send slots of one worker: whoever is urgent finds some free, however many surveys are under way."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.outbox_types import URGENT, Leased

RESERVED = 0.25
"""Of the slots, for priorities 0 and 1."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed message, and the moment by which its sending has to begin, on the monotonic clock."""

    leased: Leased
    until: float

    @property
    def urgent(self) -> bool:
        return self.leased.priority <= URGENT


class Lanes:
    """What is claimed waits here for a thread; a few more than there are threads, so that none is ever idle."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.rest = max(slots - max(int(slots * RESERVED), 1), 1)
        """Slots that may be taken by what is not urgent."""
        self._ahead = slots // 2
        self._urgent: deque[Job] = deque()
        self._others: deque[Job] = deque()
        self._busy = self._busy_others = 0
        self._closed = False
        self._changed = threading.Condition()

    def room(self) -> tuple[int, int]:
        """How many may be claimed, and how many of those may be not urgent.  None for so few that it is not worth
        asking the database."""
        with self._changed:
            urgent = self.slots + self._ahead - self._busy - len(self._urgent)
            others = self.rest + self._ahead - self._busy_others - len(self._others)
        worth = max(self.slots // 4, 1)
        return (urgent if urgent >= worth else 0), (others if others >= worth else 0)

    def put(self, jobs: Sequence[Job]) -> int:
        """More to do; how many threads would be busy if there were enough."""
        with self._changed:
            for job in jobs:
                (self._urgent if job.urgent else self._others).append(job)
            self._changed.notify(len(jobs))
            return self._busy + len(self._urgent) + len(self._others)

    def take(self, done: Job | None = None) -> Job | None:
        """The next one, when ``done`` is; waits for it.  None: there is nothing more to do."""
        with self._changed:
            if done is not None:
                self._busy -= 1
                self._busy_others -= not done.urgent
            while True:
                if self._closed:
                    return None
                if self._urgent:
                    return self._begin(self._urgent.popleft())
                if self._others and self._busy_others < self.rest:
                    return self._begin(self._others.popleft())
                self._changed.wait()

    def close(self) -> list[Job]:
        """Nothing more is begun; what was waiting."""
        with self._changed:
            self._closed = True
            left = [*self._urgent, *self._others]
            self._urgent.clear()
            self._others.clear()
            self._changed.notify_all()
            return left

    def _begin(self, job: Job) -> Job:
        self._busy += 1
        self._busy_others += not job.urgent
        if self._others and self._busy_others < self.rest:
            self._changed.notify()  # whoever was woken for it may have found the lane full
        return job
