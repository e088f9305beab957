"""班次: which shift a moment belongs to, and which came before (R46)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.clock import HOSPITAL_TZ, local

_DAY = timedelta(days=1)


class ShiftState(StrEnum):
    """Of one diary."""

    WRITING = "writing"
    HANDED = "handed"
    """签出: its words stay as they are; what is to be said afterwards is added below."""
    TAKEN = "taken"
    """接班: the next shift has signed."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift of every day; it belongs to the day on which it begins, also where it ends on the next."""

    code: str
    title: str
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift of one day."""

    day: date
    shift: Shift

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.day, self.shift.begins, HOSPITAL_TZ)

    @property
    def ends(self) -> datetime:
        after = self.shift.ends <= self.shift.begins
        return datetime.combine(self.day + _DAY if after else self.day, self.shift.ends, HOSPITAL_TZ)


@dataclass(frozen=True, slots=True)
class Rota:
    """The day's shifts by their beginning."""

    shifts: Sequence[Shift]

    def find(self, day: date, code: str) -> Turn | None:
        return next((Turn(day, shift) for shift in self.shifts if shift.code == code), None)

    def now(self, moment: datetime) -> Turn:
        """The one that is on: the last that has begun."""
        return next(self.back(moment))

    def back(self, moment: datetime) -> Iterator[Turn]:
        """Those that have begun by then, the latest first, for ever."""
        day = local(moment).date()
        while True:
            for shift in reversed(self.shifts):
                turn = Turn(day, shift)
                if turn.begins <= moment:
                    yield turn
            day -= _DAY

    def next(self, turn: Turn) -> Turn:
        place = self.shifts.index(turn.shift)
        last = place + 1 == len(self.shifts)
        return Turn(turn.day + _DAY if last else turn.day, self.shifts[0 if last else place + 1])
