"""Two pieces made one, and pieces with an edge: ranges, before, after, within, 最晚, 最早."""

from datetime import date, timedelta

from nlu.dates import almanac
from nlu.dates.atom import Atom, Days
from nlu.dates.cues import AFTER, BEFORE, ONSET, UNTIL

_ENDS = ("月底", "年底", "月末", "年末", "月尾", "年尾", "岁末")
_ON = timedelta(days=6)
"""After a day: that day and so many more."""


def between(days: Days, first: Atom, last: Atom) -> Days:
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
    if end < start and last.month and (later := almanac.safe_date(end.year + 1, end.month, end.day)):
        end = later
    if end < start:
        return (*days, *last.days)
    return almanac.span(start, end)


def bounded(days: Days, atom: Atom, text: str, today: date, edge: str) -> Days:
    """之前 = today to the day before (月底前, 最晚周四: to the day itself); 以后 = from then on, a week."""
    if not days or edge == "none":
        return days
    if edge == "past":  # 过了五号
        first = (atom.off or atom.whole or days)[-1] + timedelta(days=1)
        return almanac.span(first, first + _ON)
    if edge == "earliest":
        return almanac.span(days[0], days[0] + _ON)
    before = BEFORE.match(text, atom.end)
    if before or edge == "latest" or UNTIL.match(text, atom.end):
        whole = text[atom.end - 2 : atom.end] in _ENDS or not before
        last = days[-1] if whole else days[0] - timedelta(days=1)
        return almanac.span(today, last) if last >= today else (days[0] - timedelta(days=1),)
    if AFTER.match(text, atom.end):
        return _after(days, atom, text)
    return days


def _after(days: Days, atom: Atom, text: str) -> Days:
    if ONSET.match(text, atom.end) and atom.unit == "span":
        return days
    if len(atom.off) > 1 or atom.unit == "span":
        first = (atom.off or days)[-1] + timedelta(days=1)
    else:
        first = days[0]
    return almanac.span(first, first + _ON)
