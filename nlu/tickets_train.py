"""``python -m nlu tickets train``: the sentences of data/tickets/train.tsv → weights.  scikit-learn is for development;
the program never imports it."""

import json
from collections.abc import Sequence
from typing import Any

from nlu.data import FOLDER
from nlu.tickets import features
from nlu.tickets_eval import Line, read

STRENGTH = 1.0
"""Inverse regularisation."""
SMALLEST = 3
"""Rows whose weights are all smaller than this many hundredths are left out."""


def fit(lines: Sequence[Line]) -> dict[str, Any]:
    """The model as it is stored."""
    return {of: _fit(lines, of) for of in ("kind", "category")}


def train() -> None:
    """Write the model."""
    path = FOLDER / "tickets" / "model.json"
    told = json.dumps(fit(list(read("train"))), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    path.write_text(told + "\n", encoding="utf-8")


def _fit(lines: Sequence[Line], of: str) -> dict[str, Any]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.svm import LinearSVC

    vectors = DictVectorizer()
    matrix = vectors.fit_transform([features(line.text) for line in lines])
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")
    learner = LinearSVC(C=STRENGTH, class_weight="balanced", random_state=0)
    learner.fit(matrix, [getattr(line, of) for line in lines])
    weights = {}
    for name, column in zip(vectors.get_feature_names_out(), learner.coef_.T, strict=True):
        row = [round(float(w) * 100) for w in column]
        if max(map(abs, row)) >= SMALLEST:
            weights[name] = row
    bias = [round(float(b), 4) for b in learner.intercept_]
    return {"names": list(learner.classes_), "bias": bias, "weights": weights}
