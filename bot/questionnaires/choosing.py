"""Words → one of the options: by number, by what it is called, by better or worse, by yes or no."""

import re
from collections.abc import Iterator, Sequence

from bot.questionnaires import polarity
from bot.questionnaires.heard import Heard, NotUnderstood, Understood, Which, answering, clauses, core, signal
from bot.questionnaires.model import Coded, Item, Option

_ORDINALS = {each: n for n, each in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(10)}
_PLACE = r"(?:第?(?:\d{1,2}|[一二两三四五六七八九十]|[a-k])(?:个|项|号|条|种)?(?:选项)?)"
_PLACES = re.compile(rf"{_PLACE}(?:(?:和|跟|还有|与|、|,|\+|/|或者?|到)?{_PLACE})*")
_ONE_PLACE = re.compile(r"\d{1,2}|[一二两三四五六七八九十a-k]")
_LISTED = re.compile(r"[、,;+\s]|还有|和|跟")
_LOOSE = frozenset("没无不能会要有好差少做看抽是对淡咸中烦")
"""Words of one character that mean an option only when they are all that was said."""
_DENIAL = re.compile(r"^(?:没有|没怎么|没|基本不|从来不|不)")
_OPEN = re.compile(r"怎么|什么|哪|多[远久少大]")
"""Asked so, 没有 says nothing."""
_MOOT = ("没有", "不用")
"""没有嘱咐 beside 还没有: 没有 may be either."""
_DENIALS = frozenset({"没有", "没", "无", "都没有", "都没", "没有没", "不用", "不要", "不能"})


def choose(item: Item, text: str) -> Heard:
    """Never a guess: what fits two options is asked."""
    said = core(text)
    if found := _exact(item, said) or _by_place(item, said):
        return _told(item, found)
    if aside := signal(text):  # only now: 忘了 and 不清楚 may be options
        return aside
    text = answering(text)
    named, denied = _named(item, text)
    if found := named or _by_level(item, text):
        return _told(item, found)
    if denied:
        return _left(item, denied)
    if found := _by_polarity(item, said):
        return _told(item, found)
    part = [
        option
        for option in item.options
        if text and 2 * len(said) >= len(core(option.display)) > 3 and said in core(option.display)
    ]
    return _told(item, part) if part else NotUnderstood()


def unheard(item: Item, text: str) -> bool:
    """Whether several things were listed, and one of them is no option: 发烧、伤口疼."""
    parts = [part for part in _LISTED.split(answering(text)) if core(part)]
    return len(parts) > 1 and any(isinstance(choose(item, part), NotUnderstood) for part in parts)


def _told(item: Item, found: Sequence[Option]) -> Heard:
    options = [option for option in item.options if option in found]
    if item.repeats and len(options) > 1:
        options = [option for option in options if not option.exclusive]
    values = tuple(Coded(option.code) for option in options)
    return Understood(values) if item.repeats or len(values) == 1 else Which(values)


def _exact(item: Item, said: str) -> list[Option]:
    shown = [option for option in item.options if said in (option.display, core(option.display))]
    return shown or [option for option in item.options if said in option.words] or _turned(item, said)


def _turned(item: Item, said: str) -> list[Option]:
    """The same words in another order: 能自己做 is 自己能做."""
    same = [option for option in item.options if sorted(core(option.display)) == sorted(said)]
    return same if len(said) > 3 and len(same) == 1 else []


def _by_place(item: Item, said: str) -> list[Option]:
    """「1和3」「第二个」「②」「选A」"""
    plain = "".join(str(_CIRCLED.get(each, each)) for each in said)
    if not _PLACES.fullmatch(plain):
        return []
    places = [_place(each) for each in _ONE_PLACE.findall(plain)]
    known = all(1 <= place <= len(item.options) for place in places)
    return [item.options[place - 1] for place in places] if known else []


def _place(text: str) -> int:
    return int(text) if text.isdigit() else _ORDINALS.get(text) or ord(text) - ord("a") + 1


def _named(item: Item, text: str) -> tuple[list[Option], list[Option]]:
    """The options that are named, and those that are named to be denied."""
    named: list[Option] = []
    denied: list[Option] = []
    for part in clauses(text):
        if exact := _exact(item, core(part)):
            named += exact
            continue
        spans = dict(sorted(_spans(item, part).items()))
        for start, (_, options) in spans.items():
            (denied if polarity.negated(_before(part, start, spans)) else named).extend(options)
    return named, [option for option in denied if option not in named]


Spans = dict[int, tuple[int, list[Option]]]
"""Where a name begins: where it ends, and whose it is."""


def _spans(item: Item, part: str) -> Spans:
    found: Spans = {}
    taken = [False] * len(part)
    for words, options in _phrases(item):
        for match in re.finditer(re.escape(words), part):
            heard = taken[match.start() : match.end()]
            if not (all(heard) if item.repeats else any(heard)):  # 伤口流血 is 伤口流 and 流血
                taken[match.start() : match.end()] = [True] * len(words)
                found[match.start()] = match.end(), options
    return found


def _before(part: str, at: int, spans: Spans) -> str:
    """What stands before a name, other names as 、."""
    told, begins = "", 0
    for start, (end, _) in spans.items():
        if start < at:
            told += part[begins:start] + "、"
            begins = end
    return told + part[begins:at]


def _phrases(item: Item) -> Iterator[tuple[str, list[Option]]]:
    """Longest first: 不满意 is no 满意."""
    told: dict[str, list[Option]] = {}
    for option in item.options:
        for words in (option.display, *option.words):
            if words not in _LOOSE and words not in _DENIALS:
                told.setdefault(words, []).append(option)
    yield from sorted(told.items(), key=lambda each: -len(each[0]))


def _left(item: Item, denied: Sequence[Option]) -> Heard:
    """After 「没有红肿」: the rest is asked; where nothing is left, it is 都没有."""
    alone = [option for option in item.options if option.exclusive]
    rest = [option for option in item.options if option not in denied and not option.exclusive]
    if not rest and alone:
        return Understood((Coded(alone[0].code),))
    left = [*rest, *alone]
    return Understood((Coded(left[0].code),)) if len(left) == 1 else Which(tuple(Coded(o.code) for o in left))


def _by_level(item: Item, text: str) -> list[Option]:
    """挺好 among 很满意、满意、一般 … is the nearest on its side."""
    levels = {option.code: polarity.level(option.display) for option in item.options}
    wanted = polarity.level(text)
    alone = [option for option in item.options if option.exclusive]
    if wanted is not None and wanted > 0 and len(alone) == 1:
        return alone  # asked what is wrong, all is well
    if wanted is None or sum(each is not None for each in levels.values()) < 2:
        return []
    sided = [
        o
        for o in item.options
        if (at := levels[o.code]) is not None and (at > 0) - (at < 0) == (wanted > 0) - (wanted < 0)
    ]
    nearest = min((abs(_level(levels[o.code]) - wanted) for o in sided), default=0)
    return [o for o in sided if abs(_level(levels[o.code]) - wanted) == nearest]


def _level(told: int | None) -> int:
    return told or 0


def _by_polarity(item: Item, said: str) -> list[Option]:
    """有 or 没有 and nothing else, where just one option says so (有 among three ways of 有 is asked)."""
    none = [option for option in item.options if option.exclusive or polarity.negative(option.display)]
    if any(polarity.level(option.display) is not None for option in none):
        return []  # 没有 is no 不好
    if polarity.bare_no(said):
        return _no(item, none, (polarity.level(said) or 0) > 0)
    if len(none) == 1 and polarity.bare_yes(said) and not item.repeats:
        return [option for option in item.options if option not in none]
    return []


def _no(item: Item, none: Sequence[Option], well: bool) -> list[Option]:
    """没有 is the option that says no to what was asked; 没有开药 is no such no to 都按时吃了吗, there it is asked.

    ``well``: 没问题, which is no 没有.
    """
    flat = [option for option in none if option.exclusive or polarity.bare_no(core(option.display))]
    others = [option for option in none if option not in flat and option.display.startswith(_MOOT)]
    if len(flat) == 1 and (item.repeats or not (others or well)):
        return flat
    asked = _asked(item)
    if item.repeats or well or _OPEN.search(asked):
        return []
    if len(none) == 1 and _DENIAL.sub("", core(none[0].display)) in asked:
        return list(none)
    first, *rest = item.options
    return rest if asked.endswith("吗") and first not in none else []


def _asked(item: Item) -> str:
    """The question without what leads to it or explains it: 医生开的药都按时吃了吗."""
    return re.split(r"[,，、]", item.text.split("？")[0])[-1].strip()
