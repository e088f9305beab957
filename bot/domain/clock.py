"""Where time comes from: a clock is injected, never asked of the machine in passing."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

HOSPITAL_TZ = ZoneInfo("Asia/Shanghai")
"""Time is stored in UTC and shown to people in the hospital's zone."""


class Clock(Protocol):
    """The time by which the hospital acts; the demo may move it."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """``moment`` on the hospital's wall clock."""
    return moment.astimezone(HOSPITAL_TZ)


def today(clock: Clock) -> date:
    """The hospital's calendar day."""
    return local(clock.now()).date()
