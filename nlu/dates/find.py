"""From the pieces of a text to what is wanted: ranges, sets, exclusions, bounds, corrections, 改到."""

import re
from datetime import date, time, timedelta

from nlu.dates import almanac
from nlu.dates.atoms import Atom, read
from nlu.dates.clock import Clock, period_of, place
from nlu.dates.found import Found, Range
from nlu.dates.grammar import (
    AFTER,
    BEFORE,
    CORRECTED,
    DENIED,
    DENIES,
    INSIDE,
    MOVED,
    RANGE,
    RATHER,
    REFINES,
    pattern,
    trigger,
)

_BOOKS = re.compile(r"[挂约号看来去排想要查改换有能选订]|预|方便|可以")
_NO_CUE = re.compile(
    r"有一?点儿?|有些|起来|醒来|看起来|本来|以来|还是|[在给]?我|孩子|宝宝|小孩|一直|总是|特别|突然|觉得|感觉|开始"
)
_STOPS = re.compile(r"[,。;!?\n]")
_LETTERS = {"days": "T", "invalid": "T", "period": "P", "clock": "K"}
_ONSET = re.compile(r"(?:就|又|才|便)?(?:开始|起床?|以来|到现在)")


def find(text: str, today: date, symptoms: tuple[tuple[int, int], ...] = ()) -> Found:
    """Dates and times of a normalised text.  ``symptoms`` are spans of complaints: 今天头疼 is no wish for today."""
    found = Found()
    if not trigger().search(text):
        return found
    atoms = [
        read(str(match.lastgroup), match.group(), match.start(), match.end(), today)
        for match in pattern().finditer(text)
    ]
    atoms = [a for a in atoms if a.kind != "noise" and not _is_onset(a, text, symptoms)]
    if not atoms:
        return found
    found.spans = [(a.start, a.end, _LETTERS[a.kind]) for a in atoms if a.kind in _LETTERS]
    _simple(atoms, found, text)
    _days([a for a in atoms if a.kind in ("days", "invalid")], found, text, today)
    _times(atoms, found, text)
    return found


def _is_onset(atom: Atom, text: str, symptoms: tuple[tuple[int, int], ...]) -> bool:
    """Whether this says when a complaint began or comes (今早起头晕, 晚上睡不着), not when to come."""
    if not atom.soft:
        return False
    for position, end in symptoms:
        if position < atom.start < end:
            return True
        if position >= atom.end:
            gap = _NO_CUE.sub("", text[atom.end : position])
            return len(gap) <= 12 and not _BOOKS.search(gap) and not _STOPS.search(gap)
    return False


def _simple(atoms: list[Atom], found: Found, text: str) -> None:
    found.asap = any(a.kind == "asap" for a in atoms)
    found.any_day = any(a.kind == "any" for a in atoms)
    for atom in atoms:
        if atom.kind == "invalid":
            found.invalid = text[atom.start : atom.end]


def _gap(text: str, before: Atom | None, atom: Atom) -> str:
    return text[before.end if before else 0 : atom.start]


def _days(atoms: list[Atom], found: Found, text: str, today: date) -> None:
    """Walk the day pieces from left to right, each in the light of the one before."""
    wanted: set[date] = set()
    excluded: set[date] = set()
    moved: set[date] = set()
    before: Atom | None = None
    last: set[date] = set()
    i = 0
    while i < len(atoms):
        atom = atoms[i]
        gap = _gap(text, before, atom)
        if before is not None and MOVED.search(gap):
            moved |= wanted | excluded
            wanted, excluded, before = set(), set(), None
        elif before is not None and (CORRECTED.search(gap) or _rather(gap, text, atom)):
            wanted, before = set(), None
            if atom.kind == "days":
                found.invalid = None
        days = _in_context(atom, before, gap, today)
        following = atoms[i + 1] if i + 1 < len(atoms) else None
        if (
            following is not None
            and following.days
            and days
            and RANGE.search(text[atom.end : following.start])
        ):
            days, atom = _range(days, atom, following, today), following
            i += 1
        days = _bounded(days, atom, text, today)
        if before is not None and _refines(before, atom, gap) and not atom.negated:
            wanted -= last
        last = {d for d in days if d >= today}
        if (
            DENIES.search(gap)
            or _shares_refusal(before, gap)
            or (DENIED.match(text, atom.end) and not (following and _same_clause(text, atom, following)))
        ):
            excluded |= last
            _exclude_list(atoms, i, text, before, excluded, wanted)
            atom.negated = True
        else:
            wanted |= last
            if not last and days and atom.unit != "span":
                found.over = found.over or found.invalid is None
                found.invalid = found.invalid or text[atom.start : atom.end]
        before = atom
        i += 1
    found.days = tuple(sorted(wanted - excluded))
    found.excluded = tuple(sorted(excluded))
    found.moved_from = tuple(sorted(moved))


def _rather(gap: str, text: str, atom: Atom) -> bool:
    """明天，还是后天吧."""
    return bool(RATHER.search(gap)) and bool(re.match(r"[^,。]{0,6}(?:吧|好了|算了)", text[atom.end :]))


def _same_clause(text: str, atom: Atom, following: Atom) -> bool:
    """「周二周三不行」: the refusal is the following piece's, and reaches back by `_exclude_list`."""
    return not text[atom.end : following.start].strip("、,和跟或 ")


def _shares_refusal(before: Atom | None, gap: str) -> bool:
    """「除了周一周二」: the refusal that stands before a list is for all of it."""
    return before is not None and before.negated and not gap.strip("、和跟或 ")


def _exclude_list(
    atoms: list[Atom], i: int, text: str, before: Atom | None, excluded: set[date], wanted: set[date]
) -> None:
    """「周二、周三都不行」 also rules out Tuesday: pieces joined without a comma clause share the refusal."""
    k = i - 1
    while k >= 0 and not text[atoms[k].end : atoms[k + 1].start].strip("、和跟或 "):
        excluded.update(atoms[k].days)
        wanted.difference_update(atoms[k].days)
        k -= 1


def _in_context(atom: Atom, before: Atom | None, gap: str, today: date) -> tuple[date, ...]:
    """下周一或周三: the second takes the first one's week; 12月3号5号: the month; 下周的周末: part of it."""
    if before is None:
        return atom.days
    if atom.wdays and atom.week is None and _refines(before, atom, gap):
        return tuple(d for d in before.days if d.weekday() in atom.wdays)
    if atom.unit == "weekday" and atom.week is None and before.week is not None and len(gap) <= 4:
        atom.week = before.week
        days = almanac.week(today, before.week)
        return tuple(days[w] for w in sorted(atom.wdays))
    if atom.dom and before.month and len(gap) <= 8:
        day = almanac.safe_date(*before.month, atom.dom)
        if day is not None and day >= today:
            atom.month = before.month
            return (day,)
    return atom.days


def _refines(before: Atom, atom: Atom, gap: str) -> bool:
    return (
        before.unit == "span"
        and bool(atom.wdays)
        and atom.week is None
        and not before.negated
        and REFINES.fullmatch(gap) is not None
    )


def _range(days: tuple[date, ...], first: Atom, last: Atom, today: date) -> tuple[date, ...]:
    """周二到周四, 今天到月底, 25号到3号."""
    start = days[0]
    if last.unit == "weekday" and last.week is None:
        base = almanac.monday(start) if first.week is not None else None
        end = base + timedelta(days=last.wdays[-1]) if base else almanac.next_weekday(start, last.wdays[-1])
        if end < start:
            end += timedelta(weeks=1)
    elif last.dom:
        end = almanac.day_of_month(start, last.dom) or last.days[-1]
    else:
        end = last.days[-1]
    if end < start:
        return (*days, *last.days)
    return almanac.span(start, end)


def _bounded(days: tuple[date, ...], atom: Atom, text: str, today: date) -> tuple[date, ...]:
    """之前 = today to the day before (月底前: to its last day); 以后 = from then on, a week; 之内 = today to its end."""
    if not days:
        return days
    if BEFORE.match(text, atom.end):
        whole = text[atom.end - 1] in "底末"
        last = days[-1] if whole else days[0] - timedelta(days=1)
        return almanac.span(today, last) if last >= today else (days[0] - timedelta(days=1),)
    if AFTER.match(text, atom.end):
        if _ONSET.match(text, atom.end) and atom.unit == "span":
            return days
        first = days[-1] + timedelta(days=1) if atom.unit == "span" else days[0]
        return almanac.span(first, first + timedelta(days=6))
    if INSIDE.match(text, atom.end) and atom.unit in ("span", "filter"):
        return almanac.span(today, days[-1]) if days[-1] >= today else days
    return days


def _times(atoms: list[Atom], found: Found, text: str) -> None:
    """The half-day and the time, the last word counting where there was a correction."""
    pieces = [a for a in atoms if a.kind in ("period", "clock")]
    start = 0
    for match in CORRECTED.finditer(text):
        if any(a.start >= match.end() for a in pieces) and any(a.end <= match.start() for a in pieces):
            start = match.end()
    for match in MOVED.finditer(text):
        if any(a.start >= match.end() for a in pieces):
            start = max(start, match.end())
    pieces = [a for a in pieces if a.start >= start]
    wanted, refused = _periods(pieces, [a for a in atoms if a.kind == "days"], text)
    clocks = [a for a in pieces if a.clock is not None and _counts(a, atoms, text)]
    if len(wanted) == 1:
        found.period = next(iter(wanted))
    elif not wanted and len(refused) == 1 and refused <= {"am", "pm"}:
        found.period = "pm" if refused == {"am"} else "am"
    if clocks:
        _clock_times(clocks, pieces, found, text)


def _periods(pieces: list[Atom], days: list[Atom], text: str) -> tuple[set[str], set[str]]:
    """Half-days wanted and refused; 「明天上午来不了」 refuses that morning only, not mornings."""
    wanted: set[str] = set()
    refused: set[str] = set()
    before: Atom | None = None
    for atom in pieces:
        if atom.period:
            denied = DENIES.search(_gap(text, before, atom)) or DENIED.match(text, atom.end)
            if not denied:
                wanted.add(atom.period)
            elif not any(0 <= atom.start - day.end <= 1 for day in days):
                refused.add(atom.period)
        before = atom
    return wanted - refused, refused


def _counts(atom: Atom, atoms: list[Atom], text: str) -> bool:
    """A bare 一点 or 两点 is a time only beside a half-day, a day, a range or a bound, or alone."""
    assert atom.clock is not None
    if not atom.clock.weak:
        return True
    near = any(
        other is not atom and other.kind in ("period", "days", "clock") and -1 <= atom.start - other.end <= 3
        for other in atoms
    )
    bound = (
        BEFORE.match(text, atom.end)
        or AFTER.match(text, atom.end)
        or RANGE.match(text[atom.end : atom.end + 1])
    )
    return near or bool(bound) or len(text) <= atom.end - atom.start + 2


def _clock_times(clocks: list[Atom], pieces: list[Atom], found: Found, text: str) -> None:
    first = clocks[0]
    assert first.clock is not None
    start = place(first.clock, _own_period(first, pieces) or found.period)
    if len(clocks) > 1 and RANGE.search(text[first.end : clocks[1].start]):
        second = clocks[1]
        assert second.clock is not None
        end = place(second.clock, _own_period(second, pieces) or found.period)
        if end.minutes <= start.minutes and start.minutes < 720:
            end = end.shifted(720) if not end.certain else end
        _say(found, start.minutes, end.minutes)
    elif BEFORE.match(text, first.end):
        found.time = Range(None, _time(start.minutes))
    elif AFTER.match(text, first.end):
        found.time = Range(_time(start.minutes), None)
        found.period = found.period or (period_of(start.minutes) if start.minutes >= 720 else None)
    elif start.until is not None:
        _say(found, start.minutes, start.until)
    else:
        last = place_last(clocks, pieces, found)
        found.time = _time(last.minutes)
        found.period = period_of(last.minutes)


def place_last(clocks: list[Atom], pieces: list[Atom], found: Found) -> Clock:
    """Of several times without a range between them the first is meant (九点、十点都行 → the earlier)."""
    clock = clocks[0].clock
    assert clock is not None
    return place(clock, _own_period(clocks[0], pieces) or found.period)


def _own_period(clock: Atom, pieces: list[Atom]) -> str | None:
    """The half-day said right before the time: 早上8点, 下午的3点."""
    for atom in pieces:
        if atom.period and 0 <= clock.start - atom.end <= 2:
            return atom.period
    return None


def _say(found: Found, start: int, end: int) -> None:
    found.time = Range(_time(start), _time(end))
    if found.period is None and period_of(start) == period_of(max(start, end - 1)):
        found.period = period_of(start)


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
