"""One piece of a date or time: what a match of the grammar means, not yet what its neighbours make of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from nlu.dates import almanac, holidays
from nlu.dates.clock import Clock, read_clock
from nlu.dates.grammar import DAY, MONTH, WEEK
from nlu.dates.numerals import number, weekday

Days = tuple[date, ...]


@dataclass(slots=True)
class Atom:
    """A span and what it says.  ``kind``: days, period, clock, asap, any, invalid, noise."""

    kind: str
    start: int
    end: int
    days: Days = ()
    unit: str = ""
    """day, weekday (bare: takes the week of its neighbour), filter (周末, 工作日), span (下周, 12月)."""
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


_Reader = Callable[[Atom, str, date], None]
_PARTS = {
    "初": (1, 10),
    "上旬": (1, 10),
    "中": (11, 20),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "底": (21, 31),
    "末": (21, 31),
}
_COUNT = re.compile(r"\d+|[一二两俩三四五六七八九十]+|半|几")
_MONTH = re.compile(rf"({MONTH})月")
_LISTED = re.compile(DAY)


def read(name: str, text: str, start: int, end: int, today: date) -> Atom:
    """The atom for a match of group ``name``."""
    atom = Atom("days", start, end)
    reader = _READERS.get(name)
    if reader is None:
        atom.kind = "noise"
    else:
        reader(atom, text, today)
    return atom


def _give(atom: Atom, days: Days | date | None, unit: str = "day") -> None:
    """Days, or the finding that there is no such day."""
    if days is None:
        atom.kind = "invalid"
        return
    atom.days = (days,) if isinstance(days, date) else days
    atom.unit = unit


def _ymd(atom: Atom, text: str, today: date) -> None:
    parts = re.findall(r"\d+", text)
    if len(parts) == 1:
        parts = [text[:4], text[4:6], text[6:]]
    day = almanac.safe_date(int(parts[0]), int(parts[1]), int(parts[2]))
    _give(atom, day if day is None or day >= today else None)


def _holiday(atom: Atom, text: str, today: date) -> None:
    name = next(n for n in holidays.names() if text.startswith(n))
    rest = text[len(name) :]
    if rest and rest != "节":
        _give(atom, holidays.leave(name, today) or None, "span")
    else:
        _give(atom, holidays.on(name, today))


def _year(text: str, today: date) -> int | None:
    if match := re.match(r"20\d\d", text):
        return int(match.group())
    return {"今年": today.year, "明年": today.year + 1, "后年": today.year + 2}.get(text[:2])


def _year_month(text: str, today: date) -> tuple[int, int] | None:
    """Year and month of 11月, 明年1月, 下个月; None if there is no such month."""
    if match := _MONTH.search(text):
        word = match.group(1)
        value = {"正": 1, "腊": 12}.get(word) or number(word)
        if value is None or not 1 <= value <= 12:
            return None
        year = _year(text, today)
        return (year, value) if year else almanac.month_of(today, value)
    first = almanac.month(today, 2 if text.startswith("下下") else text.count("下"))[0]
    return first.year, first.month


def _md(atom: Atom, text: str, today: date) -> None:
    head, _, tail = text.rpartition("月")
    day = number(tail.removeprefix("份").removeprefix("的").rstrip("号日"))
    month = _year_month(head + "月", today)
    if month is None or day is None:
        atom.kind = "invalid"
        return
    atom.month = month
    if _year(text, today) or not _MONTH.search(text):
        found = almanac.safe_date(*month, day)
        _give(atom, found if found is None or found >= today else None)
    else:
        found = almanac.month_day(today, month[1], day)
        _give(atom, found)
        if found:
            atom.month = (found.year, found.month)


def _slash(atom: Atom, text: str, today: date) -> None:
    month, day = (int(p) for p in re.findall(r"\d+", text))
    found = almanac.month_day(today, month, day)
    _give(atom, found)
    if found:
        atom.month = (found.year, found.month)


def _doms(atom: Atom, values: list[int | None], today: date) -> None:
    days = [almanac.day_of_month(today, v) if v and 1 <= v <= 31 else None for v in values]
    if None in days or not days:
        atom.kind = "invalid"
        return
    atom.days = tuple(sorted({d for d in days if d}))
    atom.unit = "day"
    if len(values) == 1:
        atom.dom = values[0]


def _drange(atom: Atom, text: str, today: date) -> None:
    first, last = (number(w) for w in _LISTED.findall(text)[:2])
    start = almanac.day_of_month(today, first) if first and first <= 31 else None
    end = almanac.day_of_month(start, last) if start and last and last <= 31 else None
    _give(atom, almanac.span(start, end) if start and end else None)


def _dlist(atom: Atom, text: str, today: date) -> None:
    _doms(atom, [number(w) for w in _LISTED.findall(text)], today)


def _dapprox(atom: Atom, text: str, today: date) -> None:
    word = text.rstrip("号日")
    first, second = number(word[:-1]), number(word[-1])
    if first is None or second is None or (first % 10) + 1 != second:
        atom.kind = "noise"
        return
    _doms(atom, [first, first + 1], today)


def _dom(atom: Atom, text: str, today: date) -> None:
    _doms(atom, [number(text.rstrip("号日"))], today)


def _months(atom: Atom, text: str, today: date) -> None:
    part = next((p for p in ("中旬", "上旬", "下旬", "底", "末", "初", "中") if text.endswith(p)), "")
    month = (today.year, today.month) if text.startswith("月") else _year_month(text, today)
    if month is None:
        atom.kind = "invalid"
        return
    days = almanac.whole_month(*month)
    atom.month = month
    if part:
        first, last = _PARTS[part]
        if text.startswith("月") and days[min(last, len(days)) - 1] < today:
            days = almanac.month(today, 1)
        days = days[first - 1 : last]
    _give(atom, tuple(d for d in days if d >= today) or None, "span")


def _years(atom: Atom, text: str, today: date) -> None:
    year = today.year + text.startswith("明年")
    if text.endswith("年前"):
        new_year = holidays.on("春节", today)
        _give(atom, almanac.span(today, new_year - timedelta(days=1)) if new_year else None, "span")
    elif text in ("明年", "今年内"):
        first = date(year, 1, 1)
        _give(atom, almanac.span(max(first, today), date(year, 12, 31)), "span")
    else:
        days = almanac.whole_month(year, 12)
        _give(atom, tuple(d for d in days if d >= today), "span")


def _weekdays(words: str) -> tuple[int, ...]:
    return tuple(weekday(w) for w in re.findall(r"[一二三四五六日天1-7]", words))


def _week(atom: Atom, text: str, today: date) -> None:
    head = re.match(rf"(下下下|下下|下|大下|这|本|当)(?:一|1)?个?{WEEK}", text)
    assert head is not None  # the grammar's own prefix
    offset = {"下下下": 3, "下下": 2, "大下": 2, "下": 1}.get(head.group(1), 0)
    rest = text[head.end() :]
    atom.week = offset
    days = almanac.week(today, offset)
    if rest == "末":
        days, atom.unit = days[5:], "filter"
    elif rest:
        atom.wdays = _weekdays(rest)
        days, atom.unit = tuple(days[i] for i in sorted(atom.wdays)), "weekday"
    else:
        atom.unit = "span"
    _give(atom, tuple(d for d in days if d >= today) or None, atom.unit)


def _weekday(atom: Atom, text: str, today: date) -> None:
    rest = text.removeprefix("周").removeprefix("星期").removeprefix("礼拜")
    if rest.startswith("末"):
        return _weekend(atom, text, today)
    atom.wdays = _weekdays(rest)
    atom.soft = True
    return _give(atom, tuple(sorted(almanac.next_weekday(today, w) for w in atom.wdays)), "weekday")


def _weekend(atom: Atom, text: str, today: date) -> None:
    atom.wdays = (5, 6)
    week = almanac.week(today, 1 if text.startswith("下") else 0)
    _give(atom, tuple(d for d in week[5:] if d >= today), "filter")


def _workday(atom: Atom, text: str, today: date) -> None:
    atom.wdays = (0, 1, 2, 3, 4)
    days = (
        almanac.week(today, 1) if text.startswith("下周") else almanac.span(today, today + timedelta(days=6))
    )
    _give(atom, tuple(d for d in days if d.weekday() < 5), "filter")


def _nth(atom: Atom, text: str, today: date) -> None:
    month = _year_month(text, today)
    match = re.search(rf"(?:第([一二三四五1-5])|最后|倒数第一)(?:一)?个?{WEEK}(.)\Z", text)
    if month is None or match is None:
        atom.kind = "invalid"
        return
    nth = number(match.group(1)) if match.group(1) else -1
    day = almanac.nth_weekday(almanac.whole_month(*month), weekday(match.group(2)), nth or -1)
    _give(atom, day if day and day >= today else None)


def _count(text: str) -> tuple[float, str]:
    """(how many, unit: d w m)."""
    match = _COUNT.search(text)
    word = match.group() if match else "1"
    value = {"半": 0.5, "几": 3.0}.get(word)
    if value is None:
        value = float(number(word) or 1)
    if "月" in text:
        return value, "m"
    return value, "d" if re.search(r"[天日]", text) else "w"


def _later(today: date, count: float, unit: str) -> date:
    if unit == "m":
        return today + timedelta(days=15) if count == 0.5 else almanac.plus_months(today, int(count))
    return today + timedelta(days=int(count * (7 if unit == "w" else 1)))


def _within(atom: Atom, text: str, today: date) -> None:
    count, unit = _count(text)
    if text[-1] in "内里" or not text.startswith(("这", "近", "最近", "头")):
        last = _later(today, count, unit)
    else:
        last = _later(today, count, unit) - timedelta(days=1)
        atom.soft = True
    _give(atom, almanac.span(today, last), "span")


def _after(atom: Atom, text: str, today: date) -> None:
    count, unit = _count(text)
    _give(atom, _later(today, count, unit))


def _relative(atom: Atom, text: str, today: date) -> None:
    if text.startswith("大大后"):
        offset = 4
    elif text.startswith(("大后", "外后")):
        offset = 3
    else:
        offset = {"后": 2, "今": 0, "现": 0, "眼": 0}.get(text[0], 1)
    atom.soft = offset == 0
    _give(atom, today + timedelta(days=offset))


def _period(value: str) -> _Reader:
    def reader(atom: Atom, text: str, today: date) -> None:
        atom.kind, atom.period = "period", value
        atom.soft = True

    return reader


def _clock(atom: Atom, text: str, today: date) -> None:
    atom.clock = read_clock(text)
    atom.kind = "clock" if atom.clock else "noise"


def _kind(value: str) -> _Reader:
    def reader(atom: Atom, text: str, today: date) -> None:
        atom.kind = value

    return reader


_READERS: dict[str, _Reader] = {
    "ymd": _ymd, "holiday": _holiday, "md": _md, "slash": _slash, "drange": _drange, "dlist": _dlist,
    "dapprox": _dapprox, "dom": _dom, "month": _months, "year": _years, "week": _week, "weekday": _weekday,
    "weekend": _weekend, "workday": _workday, "nth": _nth, "within": _within, "after": _after,
    "bigday": _relative, "tomorrow": _relative, "today": _relative, "clock": _clock,
    "am": _period("am"), "pm": _period("pm"), "evening": _period("evening"),
    "asap": _kind("asap"), "any": _kind("any"),
}  # fmt: skip
