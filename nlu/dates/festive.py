"""Readers of holidays and of days of the Chinese calendar: 冬至, 国庆假期, 正月初八, 阴历十五."""

import re
from datetime import date

from nlu.dates import almanac, holidays, lunar
from nlu.dates.atom import Atom, give
from nlu.dates.cues import DAYS_OFF
from nlu.dates.numerals import number


def holiday(atom: Atom, text: str, today: date) -> None:
    name = next(n for n in holidays.names() if text.startswith(n))
    rest = text[len(name) :].removeprefix("节").removeprefix("气")
    off = holidays.leave(name, today)
    if DAYS_OFF.match(rest):
        give(atom, tuple(d for d in off if d >= today) or None, "span")
        atom.whole = off
    else:
        give(atom, holidays.on(name, today))
    atom.off = off


def lunar_date(atom: Atom, text: str, today: date) -> None:
    """农历十一月初八, 腊月廿三, 正月里."""
    match = re.match(r"(?:农历|阴历|旧历)?(闰?)(正|腊|冬|十[一二]?|[二三四五六七八九])月(.*)", text)
    if match is None:
        return _lunar_day(atom, text, today)
    if match.group(1):
        atom.kind = "noise"
        return None
    word, rest = match.group(2), match.group(3).removeprefix("初").rstrip("号日")
    month = {"正": 1, "腊": 12, "冬": 11}.get(word) or number(word) or 1
    for year in (today.year - 1, today.year, today.year + 1):
        first = lunar.lunar_day(year, month, 1)
        last = lunar.lunar_day(year, month, -1)
        assert first and last  # every month has a first and a last day
        if rest in ("", "里", "间"):
            if last >= today:
                atom.whole = almanac.span(first, last)
                return give(atom, tuple(d for d in atom.whole if d >= today), "span")
        elif (day := lunar.lunar_day(year, month, number(rest) or 99)) is not None and day >= today:
            return give(atom, day)
    return give(atom, None)


def _lunar_day(atom: Atom, text: str, today: date) -> None:
    """初八, 阴历十五: the next one."""
    new_year = text[0] in "年过"  # 年后初八
    said = number(re.sub(r"\A(?:农历|阴历|旧历|年后|过[完了]?年)?的?初?", "", text).rstrip("号日"))
    for year, month in (
        (y, m) for y in (today.year - 1, today.year, today.year + 1) for m in range(1, 2 if new_year else 13)
    ):
        day = lunar.lunar_day(year, month, said or 99)
        if day is not None and day >= today:
            return give(atom, day)
    return give(atom, None)
