"""One piece of a date or time, as the readers make it and the walk over the message uses it."""

from dataclasses import dataclass
from datetime import date

from nlu.dates.clock import Clock

Days = tuple[date, ...]


@dataclass(slots=True)
class Atom:
    """A span and what it says.

    ``kind``: days, period, clock, asap, any, invalid, noise; part (头两天), shift (推迟一周) and next (隔天), which
    mean something only after a day; latest (最晚…) and earliest (最早…), which bound what follows; anchored
    (出院后两周).
    """

    kind: str
    start: int
    end: int
    text: str = ""
    days: Days = ()
    unit: str = ""
    """day, weekday (bare: takes the week of its neighbour), filter (周末), span (下周, 12月), later (三周后)."""
    whole: Days = ()
    """Of a span: all of it, also what is over."""
    off: Days = ()
    """Of a holiday: its days off."""
    week: int | None = None
    """Weeks from this one, where said (下周三 → 1)."""
    soft: bool = False
    """May be when a complaint began (今天头疼): only a wish where nothing of the kind follows."""
    wdays: tuple[int, ...] = ()
    period: str | None = None
    clock: Clock | None = None
    month: tuple[int, int] | None = None
    """(year, month) that a following 「5号」 belongs to."""
    dom: int | None = None
    negated: bool = False
    over: bool = False
    """Days that have been."""


def give(atom: Atom, days: Days | date | None, unit: str = "day") -> None:
    """Days, or the finding that there is no such day."""
    if days is None:
        atom.kind = "invalid"
        return
    atom.days = (days,) if isinstance(days, date) else days
    atom.unit = unit


def give_span(atom: Atom, whole: Days, today: date) -> None:
    """What is left of a stretch of days; None of it left: it is over."""
    atom.whole = whole
    left = tuple(d for d in whole if d >= today)
    give(atom, left or None, "span")
    atom.over = not left and bool(whole)
