"""``python -m nlu train``: corpus → weights.  scikit-learn is for development; the program never imports it."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from nlu.corpus import TRAIN, Line, read, rows
from nlu.data import FOLDER
from nlu.intents import model
from nlu.intents.features import features
from nlu.lexicon import Lexicon
from nlu.reading import Reader

TODAY = date(2026, 11, 23)
STEP = 100
"""Weights are stored as integers of 1/STEP."""
STRENGTH = 2.0
"""Inverse regularisation, chosen by cross-validation."""
SHARPNESS = 6.5
"""Margins times this, through a softmax, are as sure as they are right on unseen folds."""
SMALLEST = 8
"""Weights smaller than this many STEPs are left out: half of the file, nothing of the accuracy."""
RARE = 2
"""Features of fewer sentences are left out: most of the file, a quarter of a point on unseen authors."""

Example = tuple[str, str]
"""(intent, text)"""


def corpus() -> list[Example]:
    """Every sentence to learn from whose intent is judged."""
    return [(line.intent, line.text) for line in read(TRAIN) if line.intent]


def shapes(examples: list[Example]) -> list[list[str]]:
    reader = Reader(Lexicon.demo())
    read = (reader.read(text, TODAY) for _, text in examples)
    return [features(reading.shape, bool(reading.complaints.hints)) for reading in read]


def fit(examples: list[Example]) -> dict[str, Any]:
    """The model as it is stored."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.svm import LinearSVC

    found = shapes(examples)
    seen = Counter(name for names in found for name in names)
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(
        [{name: len(f) ** -0.5 for name in f if seen[name] >= RARE} for f in found]
    )
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")
    learner = LinearSVC(C=STRENGTH, random_state=0)
    learner.fit(matrix, [intent for intent, _ in examples])
    weights: dict[str, list[int]] = {}
    for name, column in zip(vectors.get_feature_names_out(), learner.coef_.T, strict=True):
        kept = [(i, round(float(w) * STEP)) for i, w in enumerate(column) if abs(w) * STEP >= SMALLEST]
        if kept:
            weights[name] = [v for pair in kept for v in pair]
    return {
        "classes": list(learner.classes_),
        "bias": [round(float(b) * SHARPNESS, 4) for b in learner.intercept_],
        "scale": SHARPNESS / STEP,
        "weights": weights,
    }


def train(write: Callable[[str], None] = print) -> None:
    """Fit on everything and store."""
    examples = corpus()
    data = fit(examples)
    (FOLDER / model.FILE).write_text(
        json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )
    write(f"{len(examples)} sentences, {len(data['classes'])} intents, {len(data['weights'])} features")


def authors() -> Iterator[tuple[str, list[Line], list[Line]]]:
    """(author, everybody else's lines, the author's): how unseen people are understood.

    Most files of the corpus are by intent; only ``author_*`` hold one way of speaking each.
    """
    by_file = {path.stem: list(rows(path)) for path in sorted(TRAIN.glob("*.tsv"))}
    for name in by_file:
        if name.startswith("author_"):
            others = [line for other, lines in by_file.items() if other != name for line in lines]
            yield name.removeprefix("author_"), others, by_file[name]


def folds(count: int = 5) -> list[tuple[list[Line], list[Line]]]:
    """(learnt, unseen) pairs, each line unseen once; whole templates, by position, so that runs compare."""
    by_intent: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in read(TRAIN):
        by_intent[line.intent][line.template].append(line)
    parts: list[list[Line]] = [[] for _ in range(count)]
    for templates in by_intent.values():
        for i, lines in enumerate(templates.values()):
            parts[i % count].extend(lines)
    return [([line for part in parts if part is not unseen for line in part], unseen) for unseen in parts]
