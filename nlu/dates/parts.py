"""Part of a stretch, or days beside a day: 下周头两天, 这个月最后一天, 国庆后第一个工作日, 元旦前一天."""

import re
from datetime import timedelta

from nlu.dates import almanac
from nlu.dates.atom import Atom, Days
from nlu.dates.lookalikes import WDAY, WEEK
from nlu.dates.numerals import number, weekday

_BESIDE = 30
"""So many days after or before a holiday are counted (春节后第一个工作日)."""
_RELATION = re.compile(r"(?:的)?(?:之|以|过)?([前后])的?\Z|[放休过]完假(?:之|以)?后?的?\Z")
_HALF = re.compile(r"([前后上下])半")
_SOME = re.compile(r"(头|前|后|最后|末了?)(\d+|[一二两三四五六七八九十]+|几)(天|个?(?:周|星期|礼拜))\Z")
_NTH_DAY = re.compile(r"第(\d+|[一二两三四五六七八九十]+)天")
_ONE = re.compile(r"(第|头|最后|倒数第)(?:的)?那?(\d+|[一二两三四五六七八九十]+)?个?(天|工作日|.*)\Z")


def part_of(text: str, before: Atom, gap: str) -> Days | None:
    """The days meant; None where the words have nothing to do with the piece before them."""
    if relation := _RELATION.fullmatch(gap):
        pool = _beside(before, relation.group(1) or "后")
    elif gap not in ("", "的", "里", "那天", "里的"):
        return None
    elif before.whole:
        pool = before.whole
    else:
        return _near(text, before)
    return _pick(pool, text)


def _beside(before: Atom, side: str) -> Days:
    days = before.off or before.whole or before.days
    if side == "后":
        first = days[-1] + timedelta(days=1)
        return almanac.span(first, first + timedelta(days=_BESIDE))
    last = days[0] - timedelta(days=1)
    return almanac.span(last - timedelta(days=_BESIDE), last)


def _near(text: str, before: Atom) -> Days | None:
    """元旦前一天, 冬至后三天."""
    if nth := _NTH_DAY.fullmatch(text):  # 国庆第二天
        day = before.days[0] + timedelta(days=_number(nth.group(1)) - 1)
        return (day,)
    match = _SOME.fullmatch(text)
    if match is None or match.group(1) not in "前后":
        return None
    many = _number(match.group(2)) * (1 if match.group(3) == "天" else 7)
    after = (before.off or before.days)[-1] if many >= 7 else before.days[-1]
    day = before.days[0]
    if match.group(1) == "前":
        return almanac.span(day - timedelta(days=many), day - timedelta(days=1))
    return almanac.span(after + timedelta(days=1), after + timedelta(days=many))


def _pick(pool: Days, text: str) -> Days | None:
    if match := _HALF.match(text):
        middle = 3 if len(pool) <= 7 else 15
        return pool[:middle] if match.group(1) in "前上" else pool[middle:]
    if match := _SOME.fullmatch(text):
        many = _number(match.group(2)) * (1 if match.group(3) == "天" else 7)
        return pool[:many] if match.group(1) in "头前" else pool[-many:]
    match = _ONE.fullmatch(text)
    if match is None:
        return None
    where, unit = match.group(1), match.group(3)
    nth = 1 if where == "头" else _number(match.group(2) or "一")
    if found := re.fullmatch(rf"{WEEK}({WDAY})", unit):
        day = almanac.nth_weekday(pool, weekday(found.group(1)), nth if where in ("第", "头") else -nth)
        return None if day is None else (day,)
    if unit not in ("天", "工作日"):
        return pool[7 * (nth - 1) : 7 * nth] if where in ("第", "头") else pool[-7:]
    days = [d for d in pool if unit == "天" or d.weekday() < 5]
    index = nth - 1 if where in ("第", "头") else -nth
    return (days[index],) if -len(days) <= index < len(days) else None


def _number(word: str) -> int:
    return 3 if word == "几" else number(word) or 1
