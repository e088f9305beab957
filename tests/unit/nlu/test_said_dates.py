"""Colloquial dates and times, and lines that hold none: the tables in ``tables/``, which a nurse can read and extend."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from nlu.parser import ZONE, Nlu
from nlu.understood import Slots, TimeRange

TABLES = Path(__file__).parent / "tables"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZONE)
MOMENTS = {
    "dates_monday.txt": MONDAY,
    "dates_sunday_evening.txt": datetime(2026, 11, 29, 19, 30, tzinfo=ZONE),
    "dates_new_years_eve.txt": datetime(2026, 12, 31, 10, tzinfo=ZONE),
}


def _lines(name: str) -> list[str]:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


ROWS = [
    (now, *(cell.strip() for cell in line.split("|")))
    for name, now in MOMENTS.items()
    for line in _lines(name)
]


def days_of(words: str) -> list[date]:
    """11-24, 2027-01-03, 11-24..11-27"""
    out: list[date] = []
    for word in words.split():
        first, _, last = word.partition("..")
        day, end = _day(first), _day(last or first)
        while day <= end:
            out.append(day)
            day += timedelta(days=1)
    return out


def _day(word: str) -> date:
    return date.fromisoformat(word if len(word) > 5 else f"2026-{word}")


def when_of(slots: Slots) -> str:
    """am 08:30, pm 15:00-16:00, asap, any."""
    said = slots.time
    if isinstance(said, TimeRange):
        at = "-".join(f"{end:%H:%M}" if end else "" for end in (said.start, said.end))
    else:
        at = f"{said:%H:%M}" if said else ""
    flags = ("asap" if slots.asap else "", "any" if slots.any_day else "")
    return " ".join(part for part in (slots.period, at, *flags) if part)


@pytest.mark.parametrize(("now", "said", "days", "when"), ROWS, ids=lambda value: str(value)[:40])
def test_says(nlu: Nlu, now: datetime, said: str, days: str, when: str) -> None:
    slots = nlu.parse(said, now).slots
    wanted, _, moved = days.partition("<")
    if wanted.strip() in ("!", "?"):
        told = slots.invalid_date if wanted.strip() == "!" else slots.unresolved_date
        assert told
        assert slots.dates == ()
        return
    assert list(slots.dates) == days_of(wanted)
    assert list(slots.from_dates) == days_of(moved)
    assert when_of(slots) == when
    assert slots.invalid_date is None


@pytest.mark.parametrize("said", _lines("not_dates.txt"))
def test_no_false_alarm(nlu: Nlu, said: str) -> None:
    slots = nlu.parse(said, MONDAY).slots
    assert (slots.dates, slots.from_dates, slots.period, slots.time, slots.asap) == (
        (),
        (),
        None,
        None,
        False,
    )
    assert slots.invalid_date is None
    assert slots.unresolved_date is None


@pytest.mark.parametrize(
    ("said", "event", "days"),
    [
        ("出院后两周", "出院", "2026-12-04"),
        ("术后一个月复查", "手术", "2026-12-20"),
        ("手术后第七天拆线", "手术", "2026-11-27"),
        ("产后42天检查", "分娩", "2027-01-01"),
    ],
)
def test_counts_from_a_day_that_is_known(nlu: Nlu, said: str, event: str, days: str) -> None:
    slots = nlu.parse(said, MONDAY, (), {event: date(2026, 11, 20)}).slots
    assert slots.dates == (date.fromisoformat(days),)
    assert slots.unresolved_date is None
