"""Now, inside of a statement: leases run on the database's own time, due dates on the hospital's (demo) clock.

Moving the demo clock by a day must not end the lease of a worker that is just sending.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, bindparam, func

from bot.domain.clock import Clock
from bot.store.types import UtcDateTime


class Moments:
    """SQL for the moments that statements compare with, and the parameters that go with it."""

    def __init__(self, dialect: str, clock: Clock) -> None:
        self._clock = clock
        self._server = dialect == "postgresql" and not frozen(clock)
        self.lease_now: ColumnElement[Any] = (
            func.now() if self._server else bindparam("m_now", type_=UtcDateTime)
        )
        self.lease_end: ColumnElement[Any] = (
            func.now() + bindparam("m_lease", type_=Interval)
            if self._server
            else bindparam("m_end", type_=UtcDateTime)
        )
        self.now: ColumnElement[Any] = (
            func.now() + bindparam("m_moved", type_=Interval)
            if self._server
            else bindparam("m_here", type_=UtcDateTime)
        )

    def values(self, lease: timedelta = timedelta(0)) -> dict[str, Any]:
        """Parameters for whichever of the three a statement uses."""
        if self._server:
            return {"m_lease": lease, "m_moved": offset(self._clock)}
        here = self._clock.now()
        machine = here if frozen(self._clock) else datetime.now(UTC)
        return {"m_here": here, "m_now": machine, "m_end": machine + lease}


def offset(clock: Clock) -> timedelta:
    """How far the demo clock has been moved away from the machine's."""
    moved: timedelta = getattr(clock, "offset", timedelta(0))
    return moved


def frozen(clock: Clock) -> bool:
    """A clock that stands still (tests) is believed even where a database has one of its own."""
    return bool(getattr(clock, "frozen", False))
