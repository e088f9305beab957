"""From the pieces of a message to the half-day and the time wanted."""

import re
from datetime import time
from itertools import pairwise

from nlu.dates.atom import Atom
from nlu.dates.clock import period_of, place
from nlu.dates.cues import AFTER, BEFORE, CORRECTED, DENIED, DENIES, RANGE, REFUSES_NEXT
from nlu.dates.found import Found, Range
from nlu.dates.moves import MOVED, MOVED_BARE

_BOUND_REACH = 2


def times(atoms: list[Atom], found: Found, text: str) -> None:
    """The half-day and the time, the last word counting where there was a correction."""
    pieces = [a for a in atoms if a.kind in ("period", "clock")]
    start = _last_word(pieces, text)
    pieces = [a for a in pieces if a.start >= start]
    wanted, refused = _periods(pieces, [a for a in atoms if a.kind == "days"], text)
    clocks = [a for a in pieces if a.clock is not None and _counts(a, atoms, text)]
    if len(wanted) == 1:
        found.period = next(iter(wanted))
    elif not wanted and len(refused) == 1 and refused <= {"am", "pm"}:
        found.period = "pm" if refused == {"am"} else "am"
    if clocks:
        _clock_times(clocks, pieces, found, text, _edge(clocks[0], atoms))


def _last_word(pieces: list[Atom], text: str) -> int:
    """Where the last correction or 改到 ends: what was said before it is void."""
    start = 0
    for match in CORRECTED.finditer(text):
        if any(a.start >= match.end() for a in pieces) and any(a.end <= match.start() for a in pieces):
            start = match.end()
    for match in MOVED.finditer(text):
        if any(a.start >= match.end() for a in pieces):
            start = max(start, match.end())
    for before, piece in pairwise(pieces):
        if MOVED_BARE.search(text[before.end : piece.start]):
            start = max(start, piece.start)
    return start


def _periods(pieces: list[Atom], days: list[Atom], text: str) -> tuple[set[str], set[str]]:
    """Half-days wanted and refused; 「明天上午来不了」 refuses that morning only, not mornings."""
    wanted: set[str] = set()
    refused: set[str] = set()
    before: Atom | None = None
    for i, atom in enumerate(pieces):
        of_refused_day = any(day.negated and 0 <= atom.start - day.end <= 1 for day in days)
        if atom.period and not of_refused_day and not _only_before(atom, text):
            following = pieces[i + 1] if i + 1 < len(pieces) else None
            if not _denied(atom, before, following, text):
                wanted.add(atom.period)
            elif not any(0 <= atom.start - day.end <= 1 for day in days):
                refused.add(atom.period)
        before = atom
    return wanted - refused, refused


def _only_before(atom: Atom, text: str) -> bool:
    """天黑之前, 晚饭前: an edge, not the half-day itself."""
    return re.match(r"(?:之|以)?前头?(?!面)", text[atom.end :]) is not None


def _denied(atom: Atom, before: Atom | None, following: Atom | None, text: str) -> bool:
    if DENIES.search(text[before.end if before else 0 : atom.start]):
        return True
    denied = DENIED.match(text, atom.end)
    if denied is None:
        return False
    return not (following and denied.end() == following.start and REFUSES_NEXT.search(denied.group()))


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
        or _edge(atom, atoms)
    )
    return near or bool(bound) or len(text) <= atom.end - atom.start + 2


def _edge(clock: Atom, atoms: list[Atom]) -> str:
    """最晚四点, 不早于九点."""
    for atom in atoms:
        if atom.kind in ("latest", "earliest") and 0 <= clock.start - atom.end <= _BOUND_REACH:
            return atom.kind
    return ""


def _clock_times(clocks: list[Atom], pieces: list[Atom], found: Found, text: str, edge: str) -> None:
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
    elif edge == "latest" or BEFORE.match(text, first.end):
        found.time = Range(None, _time(start.minutes))
    elif edge == "earliest" or AFTER.match(text, first.end):
        found.time = Range(_time(start.minutes), None)
        found.period = found.period or (period_of(start.minutes) if start.minutes >= 720 else None)
    elif start.until is not None:
        _say(found, start.minutes, start.until)
    else:
        found.time = _time(start.minutes)
        found.period = period_of(start.minutes)


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
