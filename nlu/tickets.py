"""意见、投诉、表扬: what kind, about what, and whether a free text says anything at all (docs/ways/ticket.md).

A small linear model over characters and over the words of ``data/tickets/words.yaml``; a person confirms what it says.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu.data import load_yaml, read_text
from nlu.normalize import normalize

OTHER = "其他"
SURE = 0.3
"""Below, the category is 其他: a person decides.  Of eleven categories a guess at random would be a tenth."""
SHARPNESS = 3.0
"""Margins times this go through the softmax."""
COMPLAINT, SUGGESTION, PRAISE = "complaint", "suggestion", "praise"
_WISH = re.compile("建议|希望|意见|反映|反馈")
_WORD_WEIGHT = 0.35
"""Of a word's feature, beside characters whose weights add up to one."""
_LONGEST = 600
"""Characters looked at: what it is about is said by then."""


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

    def score(self, text: str) -> int:
        strong = {found.group() for found in self.strong.finditer(text)}
        weak = {found.group() for found in self.weak.finditer(text)}
        return 2 * len(strong) + len(weak)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature, for the kinds and for the categories, in their order."""

    names: Mapping[str, tuple[str, ...]]
    bias: Mapping[str, tuple[float, ...]]
    weights: Mapping[str, Mapping[str, tuple[float, ...]]]

    def shares(self, of: str, features: Mapping[str, float]) -> dict[str, float]:
        """How much each name gets; together 1."""
        totals = list(self.bias[of])
        for name, value in features.items():
            for i, weight in enumerate(self.weights[of].get(name, ())):
                totals[i] += value * weight
        grown = [math.exp(SHARPNESS * (total - max(totals))) for total in totals]
        return {name: each / sum(grown) for name, each in zip(self.names[of], grown, strict=True)}


def guess(text: str, model: Model | None = None) -> Guess:
    """Kind and category of the patient's own words."""
    model, seen = model or _model(), features(text)
    kinds, categories = model.shares("kind", seen), model.shares("category", seen)
    category = max(categories, key=lambda name: categories[name])
    confidence = categories[category]
    kind = max(kinds, key=lambda name: kinds[name])
    return Guess(kind, category if confidence >= SURE else OTHER, confidence)


def says_something(text: str) -> bool:
    """Not 「没有」「挺好」「无」: what people write into a box that they have nothing for."""
    said = re.sub(r"[\W_]+", "", normalize(text).text)
    return len(said) > 1 and _nothing().fullmatch(said) is None


def concerns(text: str) -> bool:
    """Whether the words say that something is good, bad or could be better: more than a request that would be
    understood by itself (挂骨科明天的号)."""
    said = normalize(text).text
    tables = _tables()
    return tables[COMPLAINT].score(said) > 0 or tables[PRAISE].score(said) >= 2 or bool(_WISH.search(said))


def features(text: str) -> dict[str, float]:
    """Characters, pairs of them, and which words occur."""
    said = normalize(text).text[:_LONGEST]
    found = {*said, *(said[i : i + 2] for i in range(len(said) - 1))}
    seen = dict.fromkeys(sorted(found), max(len(found), 1) ** -0.5)
    for name, words in _tables().items():
        score = words.score(said)
        seen |= {f"#{name}{least}": _WORD_WEIGHT for least in (1, 2, 4) if score >= least}
    return seen


def from_data(raw: Mapping[str, Any]) -> Model:
    """As `nlu.tickets_train` wrote it: hundredths, one row a feature."""
    names = {of: tuple(part["names"]) for of, part in raw.items()}
    bias = {of: tuple(part["bias"]) for of, part in raw.items()}
    weights = {
        of: {name: tuple(n / 100 for n in row) for name, row in part["weights"].items()}
        for of, part in raw.items()
    }
    return Model(names, bias, weights)


@cache
def _model() -> Model:
    return from_data(json.loads(read_text("tickets/model.json")))


@cache
def _nothing() -> re.Pattern[str]:
    return re.compile("|".join(load_yaml("tickets/words.yaml")["nothing"]))


@cache
def _tables() -> Mapping[str, _Words]:
    raw = load_yaml("tickets/words.yaml")
    return {
        name: _Words(re.compile(data["strong"]), re.compile(data["weak"]))
        for name, data in {**raw["kinds"], **raw["categories"]}.items()
    }
