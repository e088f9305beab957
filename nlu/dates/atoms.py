"""What a match of the grammar means by itself: one reader for each of its groups."""

import re
from datetime import date, timedelta

from nlu.dates import festive, moments, single, spans
from nlu.dates.atom import Atom, give
from nlu.dates.moments import Reader, kind, period


def read(name: str, text: str, start: int, end: int, today: date) -> Atom:
    """The atom for a match of group ``name``."""
    atom = Atom("days", start, end, text)
    reader = _READERS.get(name)
    if reader is None:
        atom.kind = "noise"
    else:
        reader(atom, text, today)
    return atom


def _next(atom: Atom, text: str, today: date) -> None:
    """转天 is tomorrow; after another day, the day after that one, as 隔天 and 第二天 always are."""
    atom.kind = "next"
    if text[0] in "转隔":
        give(atom, today + timedelta(days=1))


def _anchored(atom: Atom, text: str, today: date) -> None:
    atom.kind, atom.soft = "anchored", True


def _part(atom: Atom, text: str, today: date) -> None:
    """头两天, 第一个周一: of what stands before; 下半月 alone is this month's."""
    if re.fullmatch(r"[上下]半个?月", text):
        spans.months(atom, text, today)
    atom.kind = "part"


def _vague(atom: Atom, text: str, today: date) -> None:
    """节后, 开学前: a day of somebody's life."""
    atom.kind, atom.unit, atom.soft = "anchored", "vague", True


_READERS: dict[str, Reader] = {
    "ymd": single.ymd, "holiday": festive.holiday, "lunar": festive.lunar_date, "md": single.month_day,
    "slash": single.slash, "drange": single.day_range, "dlist": single.day_list, "dapprox": single.day_approx,
    "dom": single.day_of_month, "several": single.several, "bigday": single.relative,
    "tomorrow": single.relative, "today": single.relative,
    "month": spans.months, "year": spans.years, "newyear": spans.new_year_over, "week": spans.week,
    "weekday": spans.week_day, "badweek": spans.no_weekday, "weekend": spans.weekend, "workday": spans.workday,
    "oddeven": spans.week_day, "nth": spans.nth_weekday, "within": spans.within, "hours": spans.hours,
    "after": spans.after, "later": spans.after,
    "part": _part, "shift": kind("shift"), "next": _next, "anchored": _anchored, "vague": _vague, "for": kind("for"),
    "latest": kind("latest"), "earliest": kind("earliest"), "asap": kind("asap"), "any": kind("any"),
    "clock": moments.clock, "am": period("am"), "pm": period("pm"), "evening": period("evening"),
    "meal_am": period("am"), "meal_pm": period("pm"), "meal_evening": period("evening"),
}  # fmt: skip
