"""First come, first served: the queue of a process's threads for the database's writers.

Python's locks and SQLAlchemy's pool let whoever runs barge in: the throughput is a tenth higher, and the slowest
waits several times as long, which is what a patient notices.
"""

import threading
from collections import deque
from types import TracebackType


class Gate:
    """A fair semaphore.  Not reentrant: a second transaction inside of the first is an error, not a hang."""

    def __init__(self, permits: int = 1) -> None:
        self._mutex = threading.Lock()
        self._free = permits
        self._waiting: deque[threading.Lock] = deque()
        self._inside: set[int] = set()

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._mutex:
            if me in self._inside:
                raise RuntimeError("a transaction is open in this thread already")
            self._inside.add(me)
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()  # released by whoever hands the permit over

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._mutex:
            self._inside.discard(threading.get_ident())
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
