"""What a patient says → an answer, a question back, or nothing: never a guess between two answers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.questionnaires import numerals, polarity
from bot.questionnaires.choosing import choose
from bot.questionnaires.evaluate import refusal
from bot.questionnaires.heard import (
    Heard,
    NotUnderstood,
    Refused,
    Signal,
    Understood,
    Which,
    answering,
    clauses,
    core,
    signal,
    tidy,
)
from bot.questionnaires.model import CHOICES, Free, Item, Type, Value
from bot.questionnaires.numerals import Number

Dates = Callable[[str], Sequence[date]]
"""The days that a text names (NLU's)."""
MOST = 5
"""More than that is not asked back."""
_FAMILIES = (
    ("高压", "收缩压", "上压"),
    ("低压", "舒张压", "下压"),
    ("空腹", "饭前", "餐前"),
    ("餐后", "饭后"),
)
"""Two numbers that are told in one breath, each by its name."""
_PAIR = re.compile(r"(\d{2,3})\s*/\s*(\d{2,3})")
_COUNTERS = re.compile(
    r"个?(?:小时|钟头|星期|礼拜|月|[天日周次回年岁遍顿片粒点号])|[多几]?(?:岁|块|元)|[个位栋楼层句条家张名只种话盒瓶包袋支]|十|多岁"
)
_DAYS = ((re.compile(r"个?(?:星期|礼拜)|周"), 7), (re.compile("个月"), 30))
_INSTEAD = re.compile(r"不是[^是]{1,8}是")
_APART = re.compile(r"(?<!\d)(\d{2}) (\d)(?!\d)")
"""37 5, as speech is written down."""
_AFTER = re.compile(r"(?:度|分|天)?(?:不到|点几|度几)")
_VAGUE = re.compile(r"(?:不到|没到|低于|少于|没超过|不超过)[约]?$")
_ZERO = re.compile(
    r"(?:一点[都也]?|完全|都|根本|已经)?(?:没有?|不|无|没得)(?:疼|痛|有|了|感觉|什么感觉|难受|摔过?|吃|剩)*(?:没有)?"
)


def no_dates(_: str) -> Sequence[date]:
    return ()


def understand(item: Item, text: str, dates: Dates = no_dates) -> Heard:
    """``text`` as an answer to ``item``."""
    plain = tidy(text)
    if not core(plain):
        return NotUnderstood()
    heard = _heard(item, plain, text, dates)
    match heard:
        case Understood(values) if why := refusal(item, values):
            return Refused(why)
        case _:
            return heard


def _heard(item: Item, plain: str, text: str, dates: Dates) -> Heard:
    aside = signal(plain)
    if item.type in (Type.STRING, Type.TEXT):
        nothing = not item.required and polarity.bare_no(core(plain))
        aside = aside if len(clauses(plain)) == 1 else None  # 脑子不好，记不住 is worth writing down
        return aside or (Signal("skip") if nothing else Understood((Free(text.strip()),)))
    if item.type in CHOICES:
        heard = choose(item, plain)
        own = item.type is Type.OPEN_CHOICE and isinstance(heard, NotUnderstood)
        return Understood((Free(text.strip()),)) if own else heard
    if aside:
        return aside
    plain = answering(plain)
    if item.type is Type.BOOLEAN:
        said = polarity.yes_or_no(plain, item.text)
        return NotUnderstood() if said is None else Understood((said,))
    if item.type is Type.DATE:
        return _one_of(item, tuple(dict.fromkeys(dates(text))))
    return _number(item, plain)


def _number(item: Item, text: str) -> Heard:
    text = _INSTEAD.sub("", text)
    text = _APART.sub(r"\1.\2", text) if item.type is not Type.INTEGER else text
    found = [n for n in _of_this(item, text) if not _vague(text, n)]
    if not found:
        zero = item.low == 0 and _ZERO.fullmatch(core(text))
        return Understood((Decimal(0),)) if zero else NotUnderstood()
    return _one_of(item, tuple(dict.fromkeys(value for number in found for value in number.values)))


def _vague(text: str, number: Number) -> bool:
    """不到 38 度 is anything."""
    return bool(_VAGUE.search(text[: number.start]) or _AFTER.match(text, number.end))


def _one_of(item: Item, values: Sequence[Value]) -> Heard:
    """Of several, only those that can stand; one that cannot, alone, is told so."""
    good = tuple(value for value in values if refusal(item, (value,)) is None)
    if len(good) == 1 or (values and not good):
        return Understood((good or tuple(values))[:1])
    return Which(good) if 1 < len(good) <= MOST else NotUnderstood()


def _of_this(item: Item, text: str) -> Sequence[Number]:
    """The numbers that are this item's: by its name, by its place in 140/90, by its unit, or all."""
    found = [_in_days(number, text) if item.unit == "天" else number for number in numerals.find(text)]
    family = next((n for n, names in enumerate(_FAMILIES) if any(name in item.text for name in names)), None)
    if family is not None:
        if pair := _PAIR.search(text):
            both = sorted(Decimal(each) for each in pair.groups())
            return [Number((both[1 - family],), pair.start(), pair.end())] if family < 2 else []
        if (named := _named(text, found, family)) is not None:
            return named
    unit = [n for n in found if _in_unit(item, text[n.end :])]
    return unit or [n for n in found if not _counts_other(item, text[n.end :])]


def _in_unit(item: Item, after: str) -> bool:
    days = item.unit == "天" and any(words.match(after) for words, _ in _DAYS)
    return days or (bool(item.unit) and after.startswith(item.unit))


def _counts_other(item: Item, after: str) -> bool:
    """两天 and 一个骨科 tell nothing of points or degrees."""
    counter = _COUNTERS.match(after)
    return counter is not None and counter[0] not in item.text


def _named(text: str, found: Sequence[Number], family: int) -> Sequence[Number] | None:
    """「高压一百四低压九十」: the first number that stands after one of its names; None: no name was said."""
    places = {
        match.start(): n for n, names in enumerate(_FAMILIES) for match in re.finditer("|".join(names), text)
    }
    if not places:
        return None
    told = []
    for number in found:
        before = [place for place in places if place < number.start]
        if before and places[max(before)] == family:
            told.append(number)
    return told[:1]


def _in_days(number: Number, text: str) -> Number:
    """还够两周 is 14 天."""
    times = next((days for words, days in _DAYS if words.match(text, number.end)), 1)
    return replace(number, values=tuple(value * times for value in number.values))
