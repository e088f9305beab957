"""``python -m nlu tickets``: how well kind and category of a ticket are told, on sentences written by hand."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nlu.data import FOLDER
from nlu.tickets import OTHER, Guess, guess

_FILES = {"dev": "tickets/dev.tsv", "train": "tickets/train.tsv"}


@dataclass(frozen=True, slots=True)
class Line:
    """What a person says a text is."""

    kind: str
    category: str
    text: str


def read(split: str) -> Iterator[Line]:
    with (FOLDER / _FILES[split]).open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Line(row["kind"], row["category"], row["text"])


def evaluate(
    split: str, *, errors: bool, write: Callable[[str], None], guess: Callable[[str], Guess] = guess
) -> None:
    """Kind and category, each over all lines; category also where it was not left open."""
    lines = list(read(split))
    told = [(line, guess(line.text)) for line in lines]
    named = [(line, said) for line, said in told if said.category != OTHER]
    write(f"tickets {split}: {len(lines)} texts")
    write(_share("kind", [line.kind == said.kind for line, said in told]))
    write(_share("category", [line.category == said.category for line, said in told]))
    write(_share("category, where it names one", [line.category == said.category for line, said in named]))
    missed = Counter((line.category, said.category) for line, said in told if line.category != said.category)
    write("confusions: " + ", ".join(f"{a}→{b} {n}" for (a, b), n in missed.most_common(10)))
    for line, said in told if errors else ():
        if (line.kind, line.category) != (said.kind, said.category):
            write(
                f"  {line.kind} {line.category}: {said.kind} {said.category} {said.confidence:.2f}  {line.text}"
            )


def _share(title: str, right: list[bool]) -> str:
    return f"{title:34}{sum(right) / max(len(right), 1):6.1%} of {len(right)}"
