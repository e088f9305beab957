"""Every fixed word the hospital and the house know, in one pass: longest match first, by first character."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A known word: its kind (department, group, doctor, person, symptom, disease, part, sensation) and meaning."""

    kind: str
    value: str
    soft: bool = False
    """Also an everyday word (呼吸, 心理): a department only in the right company."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A known word at a place in the text."""

    start: int
    end: int
    kind: str
    value: str
    soft: bool = False


class Phrasebook:
    """Immutable once built; looked up once per message."""

    def __init__(self, words: Iterable[tuple[str, Word]]) -> None:
        table: dict[str, list[Word]] = defaultdict(list)
        for text, word in words:
            if text:
                table[text].append(word)
        self._words = dict(table)
        lengths: dict[str, set[int]] = defaultdict(set)
        for text in table:
            lengths[text[0]].add(len(text))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def find(self, text: str) -> list[Mention]:
        """All mentions from left to right; a longer word hides the shorter ones inside it."""
        found: list[Mention] = []
        words, lengths = self._words, self._lengths
        i, size = 0, len(text)
        while i < size:
            for length in lengths.get(text[i], ()):
                entry = words.get(text[i : i + length])
                if entry is not None and i + length <= size:
                    found.extend(Mention(i, i + length, w.kind, w.value, w.soft) for w in entry)
                    i += length
                    break
            else:
                i += 1
        return found
