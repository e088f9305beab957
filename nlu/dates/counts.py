"""How long: 两个礼拜, 半个月, 个把月, and the day that is so far away."""

import re
from datetime import date, timedelta

from nlu.dates import almanac
from nlu.dates.numerals import number

_COUNT = re.compile(r"\d+|[一二两俩仨三四五六七八九十]+|半|几|个把")
_VALUES = {"半": 0.5, "几": 3.0, "个把": 1.0}


def count(text: str) -> tuple[float, str]:
    """(how many, unit: d w m; a year is twelve months); the unit that stands after the number."""
    match = _COUNT.search(text)
    word = match.group() if match else "1"
    value = _VALUES.get(word)
    if value is None:
        value = float(number(word) or 1)
    rest = text[match.end() :] if match else text
    if "月" in rest:
        return value, "m"
    if "年" in rest:
        return value * 12, "m"
    return value, "d" if re.search(r"[天日]", rest) else "w"


def later(day: date, many: float, unit: str) -> date:
    if unit == "m":
        return day + timedelta(days=15) if many == 0.5 else almanac.plus_months(day, int(many))
    return day + timedelta(days=int(many * (7 if unit == "w" else 1)))
