"""What was found in a text: days wanted, days ruled out, half-day and time, with the spans they took."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

HORIZON = 7
"""「除了周二都行」: a wish that only excludes means the week from today."""


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of the day; either end may be open."""

    start: time | None
    end: time | None


@dataclass(slots=True)
class Found:
    """The whole message's dates and times; ``days`` is sorted and never before today."""

    days: tuple[date, ...] = ()
    excluded: tuple[date, ...] = ()
    moved_from: tuple[date, ...] = ()
    """改到 and the like stood between: these days are the appointment's, ``days`` the wish."""
    asap: bool = False
    any_day: bool = False
    period: str | None = None
    time: "time | Range | None" = None
    invalid: str | None = None
    over: bool = False
    """``invalid`` is a day that has been (这周一 on a Tuesday)."""
    unresolved: str | None = None
    """Words that count from a day nobody told us (出院后两周)."""
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    """(start, end, letter): T a day, P a half-day, K a time."""

    def wanted(self, today: date) -> tuple[date, ...]:
        """Days wanted, where a wish may be made of exclusions only."""
        if self.days or not self.excluded:
            return self.days
        week = (today + timedelta(days=i) for i in range(HORIZON))
        return tuple(day for day in week if day not in self.excluded)
