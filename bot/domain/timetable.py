"""How a half-day is cut into 时段 of at most 30 minutes and numbered 号 (分时段预约)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.views import Period

GRID_MINUTES = 30
HOURS = {
    Period.AM: (time(8, 0), time(12, 0)),
    Period.PM: (time(14, 0), time(17, 30)),
    Period.EVENING: (time(18, 0), time(21, 0)),
}
"""When a half-day begins and ends, where the schedule does not say otherwise."""


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A 时段 to be, with the numbers of its seats."""

    starts_at: datetime
    minutes: int
    numbers: tuple[int, ...]


def room(period: Period, minutes_each: int, starts: time | None = None) -> int:
    """How many seats of this length fit before the half-day ends."""
    begin, end = HOURS[period]
    begin = starts or begin
    return max(0, (end.hour * 60 + end.minute - begin.hour * 60 - begin.minute) // minutes_each)


def cut(
    day: date, period: Period, seats: int, minutes_each: int, starts: time | None = None
) -> tuple[PlannedSlot, ...]:
    """Seats one after another, gathered into slots on the half-hour grid that begins with the clinic."""
    begin = datetime.combine(day, starts or HOURS[period][0], HOSPITAL_TZ)
    by_slot: dict[int, list[int]] = {}
    for index in range(seats):
        by_slot.setdefault(index * minutes_each // GRID_MINUTES, []).append(index + 1)
    return tuple(
        PlannedSlot(begin + timedelta(minutes=GRID_MINUTES * slot), GRID_MINUTES, tuple(numbers))
        for slot, numbers in sorted(by_slot.items())
    )
