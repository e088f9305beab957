"""意见、投诉、表扬: what kind, about what, and whether a free text says anything at all (docs/ways/ticket.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from nlu.data import load_yaml
from nlu.normalize import normalize

OTHER = "其他"
SURE = 0.55
"""Below, the category is 其他: a person decides."""
COMPLAINT, SUGGESTION, PRAISE = "complaint", "suggestion", "praise"
_WISH = re.compile("建议|希望|意见|反映|反馈")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a person has to confirm."""

    kind: str
    """complaint | suggestion | praise"""
    category: str
    confidence: float
    """Of the category."""


@dataclass(frozen=True, slots=True)
class _Words:
    """Strong ones name the thing, weak ones only point to it."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]

    def score(self, text: str) -> float:
        strong = {found.group() for found in self.strong.finditer(text)}
        weak = {found.group() for found in self.weak.finditer(text)}
        return 2.0 * len(strong) + len(weak)


def guess(text: str) -> Guess:
    """Kind and category of the patient's own words."""
    said = normalize(text).text
    category, confidence = _category(said)
    return Guess(_kind(said), category, confidence)


def says_something(text: str) -> bool:
    """Not 「没有」「挺好」「无」: what people write into a box that they have nothing for."""
    said = re.sub(r"[\W_]+", "", normalize(text).text)
    return len(said) > 1 and _nothing().fullmatch(said) is None


def _category(said: str) -> tuple[str, float]:
    scores = {name: words.score(said) for name, words in _tables().items() if name not in _KINDS}
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    (best, first), (_, second) = ranked[0], ranked[1]
    confidence = min(first / 2, 1.0) * first / (first + second) if first else 0.0
    return (best, confidence) if confidence >= SURE else (OTHER, confidence)


def _kind(said: str) -> str:
    tables = _tables()
    scores = {kind: tables[kind].score(said) for kind in _KINDS}
    if scores[PRAISE] > scores[COMPLAINT] and scores[PRAISE] >= scores[SUGGESTION]:
        return PRAISE
    return COMPLAINT if scores[COMPLAINT] > scores[SUGGESTION] else SUGGESTION


_KINDS = (COMPLAINT, SUGGESTION, PRAISE)


@cache
def _nothing() -> re.Pattern[str]:
    return re.compile("|".join(load_yaml("tickets.yaml")["nothing"]))


@cache
def _tables() -> Mapping[str, _Words]:
    raw = load_yaml("tickets.yaml")
    return {name: _compiled(data) for name, data in {**raw["kinds"], **raw["categories"]}.items()}


def _compiled(data: Mapping[str, str]) -> _Words:
    return _Words(re.compile(data["strong"]), re.compile(data["weak"]))


def concerns(text: str) -> bool:
    """Whether the words say that something is good, bad or could be better: more than a request that would be
    understood by itself (挂骨科明天的号)."""
    said = normalize(text).text
    tables = _tables()
    return tables[COMPLAINT].score(said) > 0 or tables[PRAISE].score(said) >= 2 or bool(_WISH.search(said))

