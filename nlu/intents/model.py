"""The trained weights, read without numpy: intent probabilities of one sentence in a few microseconds."""

import json
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt
from typing import Any

from nlu.data import read_text

FILE = "model.json"
Scores = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Model:
    """One separating plane per intent over binary features scaled to unit length; a softmax makes them comparable."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, tuple[int, ...]]
    scale: float
    """Integer weights times this; temperature included."""

    def scores(self, features: list[str]) -> Scores:
        """(intent, probability), best first.  What the model never saw pulls towards unknown by its weight in n."""
        rows = [row for row in map(self.weights.get, features) if row is not None]
        factor = self.scale / sqrt(len(features) or 1)
        if rows:
            logits = [
                b + factor * s for b, s in zip(self.bias, map(sum, zip(*rows, strict=True)), strict=True)
            ]
        else:
            logits = list(self.bias)
        top = max(logits)
        powers = [exp(x - top) for x in logits]
        total = sum(powers)
        ranked = sorted(zip(powers, self.classes, strict=True), reverse=True)
        return [(name, power / total) for power, name in ranked]


@cache
def model() -> Model:
    """The stored one."""
    return from_data(json.loads(read_text(FILE)))


def from_data(data: dict[str, Any]) -> Model:
    """From the stored form, where rows are sparse: [class, weight, class, weight…]."""
    classes = tuple(data["classes"])
    weights: dict[str, tuple[int, ...]] = {}
    for feature, sparse in data["weights"].items():
        row = [0] * len(classes)
        for i in range(0, len(sparse), 2):
            row[sparse[i]] = sparse[i + 1]
        weights[feature] = tuple(row)
    return Model(classes, tuple(data["bias"]), weights, data["scale"])
