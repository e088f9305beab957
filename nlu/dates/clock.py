"""Clock times: 八点半, 差一刻十点, 14:20, 三四点; the hour alone is read within clinic hours."""

import re
from dataclasses import dataclass

from nlu.dates.lookalikes import HOUR
from nlu.dates.numerals import number

Minutes = int
"""Minutes after midnight."""

_MINUTE = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}
_TWO_HOURS = re.compile(
    r"([一二两三四五六七八九]|\d(?=[、,])|十(?=、))[、,]?([一二三四五六七八九十]{1,2}|1?\d)点"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as said: the hour may still be a half-day off."""

    minutes: Minutes
    until: Minutes | None = None
    """Of 三四点, 四点多: up to here."""
    certain: bool = False
    """Written in 24 hours (14:20): no half-day can move it."""
    weak: bool = False
    """一点, 两点: may be no time at all (有两点要问); counts only beside a half-day, a day or a bound."""

    def shifted(self, by: Minutes) -> "Clock":
        return Clock(self.minutes + by, None if self.until is None else self.until + by, True, self.weak)


def read_clock(text: str) -> Clock | None:
    """None where the words make no time of day."""
    if match := re.fullmatch(r"(\d{1,2})[:.](\d\d)", text):
        return _clock(int(match.group(1)), int(match.group(2)))
    if text.startswith("差"):
        match = re.fullmatch(rf"差(.+?)(?:到)?({HOUR})点", text)
        return match and _before(match.group(2), match.group(1))
    if match := re.fullmatch(rf"({HOUR})(?:到|至|-|~)({HOUR})点(半)?钟?", text):
        return _range(match.group(1), match.group(2), half=bool(match.group(3)))
    text = text.replace("欠", "差")
    if "点差" in text or "点钟差" in text:
        hour, _, less = text.partition("差")
        return _before(hour.rstrip("钟").rstrip("点"), less)
    if (match := _TWO_HOURS.match(text)) and (both := _two_hours(match.group(1), match.group(2))):
        return both
    said, sep, rest = re.split("([点时])", text, maxsplit=1)
    value = number(said)
    if value is None or value > 24:
        return None
    return _with_minutes(value, rest, weak=not rest and value in (1, 2) and sep == "点")


def _with_minutes(hour: int, rest: str, *, weak: bool) -> Clock | None:
    if rest.startswith("过") and rest != "过点":
        rest = rest[1:]
    if rest.startswith(("多", "过", "来")):
        return Clock(hour * 60, hour * 60 + 60, hour > 12)
    for word, minute in _MINUTE.items():
        if rest.startswith(word):
            return _clock(hour, minute)
    digits = re.match(r"(零?[\d一二三四五六七八九十]+)", rest)
    if digits is None:
        return _clock(hour, 0, weak=weak)
    minute_ = number(digits.group(1).removeprefix("零"))
    return _clock(hour, minute_) if minute_ is not None and minute_ < 60 else None


def _clock(hour: int, minute: int, *, weak: bool = False) -> Clock | None:
    if hour > 24 or (hour == 24 and minute):
        return None
    return Clock(hour % 24 * 60 + minute, None, hour > 12 or hour == 0, weak)


def _two_hours(first: str, second: str) -> Clock | None:
    a, b = number(first), number(second)
    if a is None or b is None or b != a + 1:
        return None
    return Clock(a * 60, b * 60)


def _range(first: str, last: str, *, half: bool) -> Clock | None:
    """9-11点, 两到三点半."""
    a, b = number(first), number(last)
    if a is None or b is None or a > 24 or b > 24 or a == b:
        return None
    end = b * 60 + 30 * half
    return Clock(a * 60, end if end > a * 60 else end + 720, a > 12)


def _before(hour: str, less: str) -> Clock | None:
    h = number(hour)
    m = 15 if "刻" in less else number(re.sub(r"分钟?", "", less))
    return Clock(h * 60 - m, None, h > 13) if h and m else None


def place(clock: Clock, period: str | None) -> Clock:
    """The half-day decides; without one, clinic hours do: 1–6 is after noon, 7–12 is not."""
    if clock.certain:
        return clock
    hour = clock.minutes / 60
    if period in ("pm", "evening"):
        return clock.shifted(720) if hour < 12 and not (period == "pm" and hour >= 11) else clock
    if period == "am":
        return clock
    return clock.shifted(720) if hour < 6.75 else clock


def period_of(minutes: Minutes) -> str:
    """Half-day of a time: noon and after is pm, six and after evening."""
    return "am" if minutes < 720 else "pm" if minutes < 1080 else "evening"
