"""What the fields of a WeChat template may hold (facts/wechat.md), and how a longer value is cut to fit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_NAME = re.compile(r"([a-z_]+?)\d*")


@dataclass(frozen=True, slots=True)
class Limit:
    """One kind of field: its shape, and how much of it fits."""

    shape: re.Pattern[str]
    most: int
    words: bool = False
    """Free words: what is too long is cut.  A number or a moment cut short would be another one."""


LIMITS: Mapping[str, Limit] = {
    "thing": Limit(re.compile(r"[^\n]+"), 20, words=True),
    "const": Limit(re.compile(r"[^\n]+"), 20, words=True),
    "phrase": Limit(re.compile(rf"[{_HAN}]+"), 5, words=True),
    "name": Limit(re.compile(rf"[{_HAN}·]+"), 10, words=True),
    "character_string": Limit(re.compile(r"[\x20-\x7e]+"), 32),
    "number": Limit(re.compile(r"\d+(\.\d+)?"), 32),
    "letter": Limit(re.compile(r"[A-Za-z]+"), 32),
    "symbol": Limit(re.compile(r"[^\w\s]+"), 5),
    "time": Limit(re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日 ?)?\d{1,2}:\d{2}([~ ]+.+)?"), 40),
    "date": Limit(re.compile(r"\d{4}年\d{1,2}月\d{1,2}日( ?\d{1,2}:\d{2})?([~ ]+.+)?"), 40),
    "amount": Limit(re.compile(r"[¥￥]?\d{1,10}(\.\d{1,2})?元?"), 16),
    "phone_number": Limit(re.compile(r"[\d+\-() ]+"), 17),
    "car_number": Limit(re.compile(r"[^\n]+"), 8),
}


class BadField(ValueError):
    """A value that cannot stand in the field, however it is cut (47003)."""


def kind(name: str) -> Limit | None:
    """The limit of a field's name (``thing1``, ``character_string3``); None if the platform has no such kind."""
    match = _NAME.fullmatch(name)
    return LIMITS.get(match[1]) if match else None


def fit(name: str, value: str) -> str:
    """``value`` so that the platform takes it in the field ``name``; raises `BadField`."""
    limit = kind(name)
    if limit is None:
        raise BadField(f"{name}: no such kind of field")
    tidy = re.sub(r"\s+", " ", value).strip()
    if limit.words:
        tidy = cut(tidy, limit.most)
    if len(tidy) > limit.most or limit.shape.fullmatch(tidy) is None:
        raise BadField(f"{name}: {len(value)} characters do not fit")
    return tidy


def cut(words: str, most: int) -> str:
    """At most ``most`` characters: first what stands in brackets goes, then the tail, at a stop where there is one."""
    if len(words) <= most:
        return words
    bare = re.sub(r"[（(][^（()）]*[)）]", "", words).strip()
    if bare and len(bare) <= most:
        return bare
    head = (bare or words)[: most - 1]
    stops = [head.rfind(stop) for stop in "，。；、 "]
    at = max(stops)
    kept = head[:at] if at >= most // 2 else head
    return f"{kept}…" if most > 5 else words[:most]
