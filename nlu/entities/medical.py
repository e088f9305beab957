"""Symptoms, diseases and body parts, and the departments they point to.  A pointer for booking, never a diagnosis."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu.data import load_yaml
from nlu.entities.phrasebook import Mention, Word
from nlu.understood import Candidate

TOP = 3
_HINT = 0.6
"""What a hint weighs against a complaint."""
_HINTED = 200
"""Characters searched for hints."""
_FAR = 7
"""A sensation belongs to the body part at most so many characters before it (膝盖这两天老疼)."""
_LOOK_BEFORE = re.compile(
    r"(?:看看|瞧瞧?|瞅瞅?|查查|检查|看一?下|[想要来去给个]看|[挂约]个?|治治?|查一?下)(?:我的?|一下|下|个|这|的)*\Z"
)
_LOOK_AFTER = re.compile(
    r"(?:这块儿?|那块儿?|这里|这儿|的)?(?:想|要|得|来|去|给)?(?:看看|瞧瞧|看一下|检查|查查|有号|还有号|的?号|[看挂](?:哪|什么|啥))"
)
"""A body part alone says where to go only where somebody is to look at it (瞧瞧眼睛, 眼睛有号没)."""
_ALONE = re.compile(r"(?:的|上的|这块儿?|那块儿?|,|。|吧|呢|啊|!| )*")
"""眼睛: the whole message."""
_NOWHERE = frozenset(("下面", "身上", "手上", "脸上", "腿上", "胳膊上", "后背上", "下身"))
"""Too many meanings to point anywhere without a complaint."""
_NAMES = frozenset(("department", "group", "doctor"))
Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Medical:
    """The data of symptoms.yaml, ready to use."""

    to: dict[tuple[str, str], Weights]
    """(kind, canonical) → departments."""
    aches: dict[str, str]
    """Body part → what it is called when it hurts."""
    words: tuple[tuple[str, Word], ...]
    signs: tuple[tuple[str, re.Pattern[str]], ...]
    """(canonical, pattern) of complaints told with gaps in them; each points like a symptom."""
    hints: tuple[tuple[str, re.Pattern[str]], ...]
    """The same for words that may also be no complaint: they only point."""


@cache
def medical() -> Medical:
    data = load_yaml("symptoms.yaml")
    to: dict[tuple[str, str], Weights] = {}
    words: list[tuple[str, Word]] = []
    for section, kind in (
        ("symptoms", "symptom"),
        ("diseases", "disease"),
        ("parts", "part"),
        ("people", "who"),
    ):
        for name, entry in data[section].items():
            to[kind, name] = tuple(entry["to"].items())
            own = [] if kind == "who" else [name]
            words.extend(
                (w.lower(), Word(kind, name)) for w in dict.fromkeys([*own, *entry.get("words", ())])
            )
    for part in data["parts"].values():
        to.setdefault(("symptom", part["ache"]), tuple(part["to"].items()))
    words.extend((w, Word("sensation", w)) for w in data["sensations"])
    aches = {name: entry["ache"] for name, entry in data["parts"].items()}
    return Medical(to, aches, tuple(words), _patterns(data, "signs", to), _patterns(data, "hints", to))


def _patterns(
    data: Any, section: str, to: dict[tuple[str, str], Weights]
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compiled; what they point to goes into ``to``."""
    for sign in data[section]:
        to[section[:-1], sign["match"]] = tuple(sign["to"].items())
    return tuple((sign["match"], re.compile(sign["match"])) for sign in data[section])


@dataclass(frozen=True, slots=True)
class Complaints:
    """What was complained of."""

    symptoms: tuple[str, ...] = ()
    points: tuple[tuple[str, str], ...] = ()
    """(kind, canonical) of everything that points to a department."""
    spans: tuple[tuple[int, int], ...] = ()
    hints: tuple[tuple[str, str], ...] = ()
    """(kind, canonical) of what points somewhere but may be no complaint."""


def complaints(text: str, mentions: Sequence[Mention]) -> Complaints:
    """Symptoms in order, composing body part and sensation (膝盖这两天老疼 → 膝痛)."""
    data = medical()
    symptoms: dict[str, None] = {}
    points: dict[tuple[str, str], None] = {}
    spans: list[tuple[int, int]] = []
    part: Mention | None = None
    for mention in mentions:
        if mention.kind in ("symptom", "disease"):
            if _denied(text, mention.start):
                continue
            points[mention.kind, mention.value] = None
            spans.append((mention.start, mention.end))
            if mention.kind == "symptom":
                symptoms[mention.value] = None
        elif mention.kind == "part":
            part = mention
            points["part", mention.value] = None
        elif mention.kind == "sensation" and part is not None:
            between = text[part.end : mention.start]
            if (len(between) <= _FAR and not any(c in between for c in ",。;!?没不")) or not between:
                ache = data.aches[part.value]
                symptoms[ache] = None
                points["symptom", ache] = None
                spans.append((part.start, mention.end))
                part = None
    if not symptoms and not any(kind == "disease" for kind, _ in points):
        shown = [m for m in mentions if m.kind == "part" and _looked_at(text, m)]
        points = {key: None for key in points if key[0] != "part"} | {("part", m.value): None for m in shown}
        spans.extend((m.start, m.end) for m in shown)
    for name, match in _found(medical().signs, text, mentions):
        points["sign", name] = None
        if not spans:
            spans.append(match.span())
    return Complaints(tuple(symptoms), tuple(points), tuple(spans), _hints(text[:_HINTED], mentions))


def _hints(text: str, mentions: Sequence[Mention]) -> tuple[tuple[str, str], ...]:
    return tuple(("hint", name) for name, _ in _found(medical().hints, text, mentions))


def _found(
    patterns: Iterable[tuple[str, re.Pattern[str]]], text: str, mentions: Sequence[Mention]
) -> Iterator[tuple[str, re.Match[str]]]:
    """Gapped complaints; 康复科 and 刘芳 are names, whatever stands in them."""
    names = [(m.start, m.end) for m in mentions if m.kind in _NAMES]
    for name, pattern in patterns:
        match = pattern.search(text)
        if match is None or _denied(text, match.start()):
            continue
        if all(match.end() <= start or end <= match.start() for start, end in names):
            yield name, match


def _looked_at(text: str, part: Mention) -> bool:
    if text[part.start : part.end] in _NOWHERE:
        return False
    if part.start == 0 and _ALONE.fullmatch(text, part.end):
        return True
    return bool(_LOOK_BEFORE.search(text[: part.start]) or _LOOK_AFTER.match(text, part.end))


def _denied(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start]
    return before.endswith(("不", "没", "没有", "不是", "没怎么", "不怎么", "也不", "无"))


def organ_department(part: str, known: frozenset[str]) -> str | None:
    """Who looks after an organ (眼睛 → 眼科), where one department clearly does."""
    ranked = sorted((entry for entry in medical().to["part", part] if entry[0] in known), key=lambda e: -e[1])
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def candidates(
    points: Iterable[tuple[str, str]], who: Iterable[str], known: frozenset[str]
) -> tuple[Candidate, ...]:
    """The departments the complaints point to, best first; only departments this hospital has."""
    data = medical()
    missing: dict[str, float] = {}
    for key in points:
        share = _HINT if key[0] == "hint" else 1.0
        for department, weight in data.to.get(key, ()):
            missing[department] = missing.get(department, 1.0) * (1.0 - weight * share)
    if not missing:
        return ()
    scores = {department: 1.0 - rest for department, rest in missing.items()}
    for person in who:
        for department, weight in data.to["who", person]:
            scores[department] = max(scores.get(department, 0.0), weight)
            scores = {d: s if d == department else s * 0.8 for d, s in scores.items()}
    ranked = sorted(((s, d) for d, s in scores.items() if d in known), key=lambda pair: (-pair[0], pair[1]))
    return tuple(Candidate(d, round(s, 3)) for s, d in ranked[:TOP])
