"""What a piece means beside the one before it: 下周一或周三, 12月3号5号, 国庆后第一天, 周三吧下周的."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from nlu.dates import almanac
from nlu.dates.atom import Atom, Days
from nlu.dates.counts import count, later
from nlu.dates.cues import LEFT_OVER, OR, RATHER, REFINES, SETTLED
from nlu.dates.parts import part_of

_WEEK_REACH = 10
"""下周三不成，那就周四: the week said holds for a weekday so many characters on."""
_APPOSED = re.compile(r" ?[(是]?")
_BOTH = re.compile(r"[上下]?午?(?:都|也|均|或|、|和|跟)")
_FINAL = re.compile(r"[^,。]{0,6}(?:吧|好了|算了|得了|行了)|号?[,。!]?\Z")
_THAT_WEEK = re.compile(
    r"(?:吧|的|那个|都行|都可以|哪天都行|,|。| )*(?:[\u4e00-\u9fff]{1,6}科?[,。 ])?(?:是|我说的?是|要|就|在)?\Z"
)
_NOT_THAT_WEEK = re.compile(r"[没不满冇或和跟到]|的话|要是|如果|有号")


@dataclass(frozen=True, slots=True)
class InContext:
    """The days meant, and whether they take the place of the piece before (下周三上午的那个周三)."""

    days: Days
    replaces: bool = False


def joined(gap: str) -> bool:
    """周三或者下周: two wishes."""
    return bool(OR.search(gap))


def repeats(atom: Atom, before: Atom | None, gap: str) -> bool:
    """两周后的今天, 5号周六: the second word says the same day again."""
    if before is None or atom.kind != "days":
        return False
    if before.unit == "later" and gap == "的":
        return atom.text.startswith("今")
    return _beside(atom, before, gap) and before.days[0].weekday() == atom.wdays[0]


def disagrees(atom: Atom, before: Atom | None, gap: str, text: str) -> bool:
    """12月5号周五, where the fifth is a Saturday: one of the two is a slip, and nobody can know which."""
    if before is None or _BOTH.match(text, atom.end):
        return False
    if _beside(atom, before, gap):
        return before.days[0].weekday() != atom.wdays[0]
    return _beside(before, atom, gap) and not dates_weekday(atom, before, gap)


def dates_weekday(atom: Atom, before: Atom, gap: str) -> bool:
    """周三12月2号: the date says which Wednesday."""
    return _beside(before, atom, gap) and before.wdays[0] == atom.days[0].weekday()


def _beside(weekday: Atom, exact: Atom, gap: str) -> bool:
    """One day, and one weekday without a week, with nothing between them."""
    return (
        exact.unit == "day"
        and len(exact.days) == 1
        and weekday.unit == "weekday"
        and len(weekday.wdays) == 1
        and not exact.negated
        and not weekday.negated
        and _APPOSED.fullmatch(gap) is not None
    )


def settles(atom: Atom, before: Atom, gap: str, text: str) -> bool:
    """明天，还是后天吧; 周三或者周四，就周四吧."""
    final = bool(_FINAL.match(text, atom.end))
    if RATHER.search(gap):
        return final
    return final and bool(SETTLED.search(gap)) and not LEFT_OVER.search(gap) and not before.negated


def gives_week(atom: Atom, before: Atom | None, gap: str) -> bool:
    """周三吧，下周的."""
    return (
        before is not None
        and bool(before.wdays)
        and before.week is None
        and not before.negated
        and atom.unit == "span"
        and atom.week is not None
        and len(atom.whole) == 7
        and _THAT_WEEK.fullmatch(gap) is not None
        and not _NOT_THAT_WEEK.search(gap)
    )


def fill(atom: Atom, before: Atom | None, gap: str) -> bool:
    """Days of a piece that has none of its own (第二天, 头两天, 从明天起三天); False where it says nothing."""
    if atom.kind == "next":
        if before is not None and before.days and len(gap) <= _WEEK_REACH:
            atom.days = (before.days[-1] + timedelta(days=1),)
        atom.kind, atom.unit = "days", "day"
        return bool(atom.days)
    if before is None or not before.days:
        atom.kind = "days" if atom.days else atom.kind  # 下半月
        return bool(atom.days)
    days: Days | None
    if atom.kind == "for":
        many, unit = count(atom.text)
        days = almanac.span(before.days[0], later(before.days[0], many, unit) - timedelta(days=1))
    else:
        days = part_of(atom.text, before, gap)
    if days is None:
        return False
    atom.kind, atom.unit, atom.days = "days", "part", days
    return True


def in_context(atom: Atom, before: Atom | None, gap: str, today: date) -> InContext:
    """A bare weekday or day of the month takes the week or month of the one before."""
    if before is None:
        return InContext(atom.days)
    if _refines(atom, before, gap):
        inside = tuple(d for d in before.days if d.weekday() in atom.wdays)
        atom.week = before.week
        return InContext(inside, replaces=True)
    if before.unit == "span" and before.whole and gap in ("", "的") and atom.text.startswith("今"):
        place = today.weekday() if len(before.whole) == 7 else today.day - 1
        return InContext((before.whole[min(place, len(before.whole) - 1)],), replaces=True)
    if atom.unit == "weekday" and atom.week is None:
        if before.unit == "later" and gap in ("", "的", "那周的"):
            monday = almanac.monday(before.days[-1])
            days = tuple(monday + timedelta(days=w) for w in sorted(atom.wdays))
            return InContext(days, replaces=True)
        if before.week is not None and len(gap) <= _WEEK_REACH:
            atom.week = before.week
            week = almanac.week(today, before.week)
            return InContext(tuple(week[w] for w in sorted(atom.wdays)))
    if atom.dom and before.month and len(gap) <= 8:
        day = almanac.safe_date(*before.month, atom.dom)
        if day is not None and day >= today:
            atom.month = before.month
            return InContext((day,))
    return InContext(atom.days)


def _refines(atom: Atom, before: Atom, gap: str) -> bool:
    """下周的周末, 年底前的工作日."""
    return (
        before.unit == "span"
        and bool(atom.wdays)
        and atom.week is None
        and not before.negated
        and REFINES.fullmatch(gap) is not None
    )
