"""Numbers in what patients say: 38.2, 三十八度二, 一百三, 三四分, 120到130; what only looks like one is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_CHINESE = r"(?:[零〇一二两三四五六七八九]+|十)(?:[零〇一二两三四五六七八九]|十|百|千|万)*"
_NUMBER = rf"(?:\d+(?:\.\d+)?|{_CHINESE})"
_PART = r"(?:\d{1,2}|[零〇一二三四五六七八九]{1,2}|半)"
_ONE = re.compile(
    rf"(?P<whole>{_NUMBER})(?:(?:点|度|℃|°c?)(?P<part>{_PART})(?![\d十百天次个小周月年点])|[个分度](?P<half>半))?"
)
_JOINED = re.compile(r"(?:分|度|次|天|个|℃|°c?)?(?:-|~|到|至|或者?|、|来)")
_NO_NUMBER = re.compile(
    r"(?<![十百零\d])一(?=点(?![零〇一二三四五六七八九\d])|[些样下直般共定会起边侧条半旦向切律时]|个人)|十分(?=[疼痛难严厉不满])"
    r"|第[一二三四五六七八九十]|万一|[一二三四五六七八九]成|百分之|(?<![一两每\d])(?:周|礼拜|星期)[一二三四五六日天]"
    r"|[一每][天日周](?=.{0,3}[\d一二两三四五六][次顿片粒回])"
)
_MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Number:
    """``values``: several where a range was told.  ``start`` and ``end`` in the text."""

    values: tuple[Decimal, ...]
    start: int
    end: int


def find(text: str) -> tuple[Number, ...]:
    """Every number in ``text``, in order; ranges as one."""
    hidden = _NO_NUMBER.sub(lambda match: "□" * len(match[0]), text)
    return tuple(_ranges(hidden, [Number(_values(m), m.start(), m.end()) for m in _ONE.finditer(hidden)]))


def _ranges(text: str, found: list[Number]) -> Iterator[Number]:
    waiting: Number | None = None
    for number in found:
        if waiting is not None and _joined(text, waiting, number):
            yield Number(_between(waiting.values[0], number.values[0]), waiting.start, number.end)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = number
    if waiting is not None:
        yield waiting


def _joined(text: str, left: Number, right: Number) -> bool:
    between = text[left.end : right.start].strip()
    single = len(left.values) == len(right.values) == 1
    return single and left.values < right.values and _JOINED.fullmatch(between) is not None


def _between(low: Decimal, high: Decimal) -> tuple[Decimal, ...]:
    """三到五 is 3, 4 or 5; 一百二到一百四 is one of its ends."""
    if low == low.to_integral_value() and high == high.to_integral_value() and high - low <= _MOST_STEPS:
        return tuple(low + step for step in range(int(high - low) + 1))
    return low, high


def _values(match: re.Match[str]) -> tuple[Decimal, ...]:
    whole = match["whole"]
    values = (Decimal(whole),) if whole[0].isdigit() and whole.isascii() else _chinese(whole)
    part = match["part"]
    if match["half"] or part == "半":
        return tuple(value + Decimal("0.5") for value in values)
    if not part:
        return values
    point = match[0][len(whole)] == "点"
    digits = [str(_DIGITS.get(each, each)) for each in part]
    if not point and len(digits) == 2 and int(digits[1]) == int(digits[0]) + 1:
        return tuple(values[0] + Decimal(f"0.{digit}") for digit in digits)  # 三十八度五六
    return (values[0] + Decimal(f"0.{''.join(digits)}"),)


def _chinese(text: str) -> tuple[Decimal, ...]:
    """三四百 and 一百三四 are two."""
    if text == "三五":
        return Decimal(3), Decimal(5)
    for at in range(len(text) - 1):
        left, right = text[at], text[at + 1]
        pair = (
            left in _DIGITS and right in _DIGITS and _DIGITS[right] == _DIGITS[left] + 1 and _DIGITS[left] > 0
        )
        alone = (at == 0 or text[at - 1] not in _DIGITS) and (
            at + 2 == len(text) or text[at + 2] not in _DIGITS
        )
        if pair and alone:
            return tuple(Decimal(_whole(text[:at] + each + text[at + 2 :])) for each in (left, right))
    return (Decimal(_whole(text)),)


def _whole(text: str) -> int:
    if not any(each in _UNITS for each in text):
        return int("".join(str(_DIGITS[each]) for each in text))  # 一三零
    total, section, digit, last = 0, 0, 0, 1
    for place, each in enumerate(text):
        if each in _DIGITS:
            digit = _DIGITS[each]
            last = 1 if digit == 0 else last
            short = place == len(text) - 1 and last >= 100  # 一百三 is 130
            section += digit * last // 10 if short else 0
            digit = 0 if short else digit
            continue
        last = _UNITS[each]
        if last == 10000:
            total, section, digit = (total + section + digit) * last, 0, 0
        else:
            section += (digit or (1 if place == 0 or text[place - 1] == "零" else 0)) * last
            digit = 0
    return total + section + digit
