"""Readers of pieces that name one day, or a list of days: 3号, 11月25号, 明天."""

import re
from datetime import date, timedelta

from nlu.dates import almanac
from nlu.dates.atom import Atom, give
from nlu.dates.lookalikes import DAY, MONTH
from nlu.dates.numerals import number

_MONTH = re.compile(rf"({MONTH})月")
_LISTED = re.compile(DAY)
_SOON = 60
"""A bare 12.3 is a date only so many days ahead; else it is a measurement."""


def ymd(atom: Atom, text: str, today: date) -> None:
    parts = re.findall(r"\d+", text)
    if len(parts) == 1:
        parts = [text[:4], text[4:6], text[6:]]
    day = almanac.safe_date(int(parts[0]), int(parts[1]), int(parts[2]))
    atom.over = day is not None and day < today
    give(atom, None if atom.over else day)


def said_year(text: str, today: date) -> int | None:
    if match := re.match(r"20\d\d", text):
        return int(match.group())
    return {"今年": today.year, "明年": today.year + 1, "后年": today.year + 2}.get(text[:2])


def year_month(text: str, today: date) -> tuple[int, int] | None:
    """Year and month of 11月, 明年1月, 下个月; None if there is no such month."""
    if match := _MONTH.search(text):
        value = number(match.group(1))
        if value is None or not 1 <= value <= 12:
            return None
        year = said_year(text, today)
        return (year, value) if year else almanac.month_of(today, value)
    first = almanac.month(today, 2 if text.startswith("下下") else text.count("下"))[0]
    return first.year, first.month


def month_day(atom: Atom, text: str, today: date) -> None:
    head, _, tail = text.rpartition("月")
    tail = tail.removeprefix("份").removeprefix("的").rstrip("号日")
    day = number(tail)
    month = year_month(head + "月", today)
    if day is None and len(tail) > 1:
        _approximately(atom, month, tail)
        return
    if month is None or day is None:
        atom.kind = "invalid"
        return
    atom.month = month
    if said_year(text, today) or not _MONTH.search(text):
        found = almanac.safe_date(*month, day)
        atom.over = found is not None and found < today
        give(atom, None if atom.over else found)
    else:
        found = almanac.month_day(today, month[1], day)
        give(atom, found)
        if found:
            atom.month = (found.year, found.month)


def _approximately(atom: Atom, month: tuple[int, int] | None, tail: str) -> None:
    """下月十五六号 = the 15th and the 16th; 11月二五号 = the 25th, as some speak."""
    first, second = number(tail[:-1]), number(tail[-1])
    if month is None or first is None or second is None:
        atom.kind = "invalid"
        return
    atom.month = month
    if first % 10 + 1 == second and first != 1:
        days = [almanac.safe_date(*month, first), almanac.safe_date(*month, first + 1)]
        give(atom, tuple(d for d in days if d) if all(days) else None)
    else:
        give(atom, almanac.safe_date(*month, first * 10 + second) if first < 4 else None)


def slash(atom: Atom, text: str, today: date) -> None:
    month, day = (int(p) for p in re.findall(r"\d+", text))
    found = almanac.month_day(today, month, day)
    if "." in text and text[-1].isdigit() and (found is None or (found - today).days > _SOON):
        atom.kind = "noise"
        return
    give(atom, found)
    if found:
        atom.month = (found.year, found.month)


def _days_of_month(atom: Atom, values: list[int | None], today: date) -> None:
    days = [almanac.day_of_month(today, v) if v and 1 <= v <= 31 else None for v in values]
    if None in days or not days:
        atom.kind = "invalid"
        return
    atom.days = tuple(sorted({d for d in days if d}))
    atom.unit = "day"
    if len(values) == 1:
        atom.dom = values[0]


def day_range(atom: Atom, text: str, today: date) -> None:
    first, last = (number(w) for w in _LISTED.findall(text)[:2])
    start = almanac.day_of_month(today, first) if first and first <= 31 else None
    end = almanac.day_of_month(start, last) if start and last and last <= 31 else None
    give(atom, almanac.span(start, end) if start and end else None)


def day_list(atom: Atom, text: str, today: date) -> None:
    _days_of_month(atom, [number(w) for w in _LISTED.findall(text)], today)


def day_approx(atom: Atom, text: str, today: date) -> None:
    """十五六号 = 15 and 16."""
    word = text.rstrip("号日")
    first, second = number(word[:-1]), number(word[-1])
    if first is None or second is None or (first % 10) + 1 != second:
        atom.kind = "noise"
        return
    _days_of_month(atom, [first, first + 1], today)


def day_of_month(atom: Atom, text: str, today: date) -> None:
    _days_of_month(atom, [15 if text == "月半" else number(text.rstrip("号日"))], today)


_FROM_TODAY = (
    ("大大后", 4),
    ("大后", 3),
    ("外后", 3),
    *((c, 2) for c in "后候厚侯吼"),
    *((c, 0) for c in "今现眼"),
)
"""What a word begins with, and how many days from today it is; anything else is tomorrow."""


def relative(atom: Atom, text: str, today: date) -> None:
    offset = next((days for start, days in _FROM_TODAY if text.startswith(start)), 1)
    atom.soft = offset == 0
    give(atom, today + timedelta(days=offset))


def several(atom: Atom, text: str, today: date) -> None:
    """今明两天, 明后天, 今明后三天."""
    offsets = [{"今": 0, "明": 1, "后": 2}[c] for c in text if c in "今明后"]
    atom.soft = offsets[0] == 0
    give(atom, tuple(today + timedelta(days=offset) for offset in offsets))
