"""Messages typed in pinyin (mingtian gua guke), in characters where every letter belongs to a known word."""

import re
from collections.abc import Iterable
from functools import cache

from nlu.data import load_yaml, read_text
from nlu.entities.sounds import syllable
from nlu.normalize import Normal

_RUN = re.compile(r"[a-z](?:[a-z' ]*[a-z])?")
_LATIN = re.compile(r"[a-z]{2}")
_SHORTEST = 4
"""Letters; fewer only beside a digit (3dian)."""
_LONGEST = 120
_LONGEST_WORD = 8
_CHARACTERS = re.compile(r"[\u4e00-\u9fff]+")
_COUNTED = frozenset(
    ("yue", "hao", "ri", "dian", "dianban", "fen", "haode", "dianzhong", "tian", "zhou", "sui")
)
_KNOWN = frozenset(("you", "help", "hello", "thanks", "thank", "pm", "am", "the"))
"""English first."""
Offsets = list[int]


class Pinyin:
    """Letters → words: the house's own, and the names of one hospital (gu ke, wang jian guo)."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._words = dict(_everyday())
        for name in names:
            if 2 <= len(name) <= _LONGEST_WORD and _CHARACTERS.fullmatch(name):
                self._words.setdefault("".join(map(syllable, name)), name)
        self._longest = max(map(len, self._words))

    def in_characters(self, normal: Normal) -> Normal:
        """The same message in characters, each knowing the letters it came from."""
        if not _LATIN.search(normal.text):
            return normal
        text, offsets = normal.text, normal.offsets
        out: list[str] = []
        places: Offsets = []
        last = 0
        for match in _RUN.finditer(text):
            words = self._read(match.group(), text[match.start() - 1 : match.start()])
            if words is None:
                continue
            _copy(text, last, match.start(), out, places)
            for word, start, end in words:
                _put(word, match.start() + start, match.start() + end, out, places)
            last = match.end()
        if not last:
            return normal
        _copy(text, last, len(text), out, places)
        return Normal(
            normal.original, "".join(out), tuple(places if offsets is None else [offsets[i] for i in places])
        )

    def _read(self, run: str, before: str) -> list[tuple[str, int, int]] | None:
        """The run cut into the fewest known words: (word, start, end in the run)."""
        at = [i for i, c in enumerate(run) if c.isalpha()]
        letters = "".join(run[i] for i in at)
        counted = before.isdigit() and letters in _COUNTED
        if len(letters) > _LONGEST or (len(letters) < _SHORTEST and not counted) or letters in _KNOWN:
            return None
        steps = self._cut(letters)
        if steps is None:
            return None
        return [(self._words[letters[i:k]], at[i], at[k - 1] + 1) for i, k in steps]

    def _cut(self, letters: str) -> list[tuple[int, int]] | None:
        size = len(letters)
        best: list[tuple[int, int] | None] = [(0, 0)] + [None] * size
        for end in range(1, size + 1):
            for start in range(max(0, end - self._longest), end):
                known, here = best[start], best[end]
                if known is None or letters[start:end] not in self._words:
                    continue
                if here is None or known[0] + 1 < here[0]:
                    best[end] = (known[0] + 1, start)
        steps: list[tuple[int, int]] = []
        end = size
        while end:
            step = best[end]
            if step is None:
                return None
            steps.append((step[1], end))
            end = step[1]
        return steps[::-1]


@cache
def _everyday() -> dict[str, str]:
    """Letters → word; the first list that has it decides."""
    data = load_yaml("symptoms.yaml")
    lists = [
        read_text("pinyin.txt").split(),
        *load_yaml("phrases.yaml").values(),
        *load_yaml("people.yaml").values(),
        [
            w
            for s in ("symptoms", "diseases", "parts")
            for n, e in data[s].items()
            for w in (n, *e.get("words", ()))
        ],
        data["sensations"],
    ]
    table: dict[str, str] = {}
    for words in lists:
        for entry in map(str, words):
            word, _, letters = entry.partition("=")
            if len(word) <= _LONGEST_WORD and _CHARACTERS.fullmatch(word):
                table.setdefault(letters or "".join(syllable(c) for c in word), word)
    return table


def _copy(text: str, start: int, end: int, out: list[str], places: Offsets) -> None:
    out.extend(text[start:end])
    places.extend(range(start, end))


def _put(word: str, start: int, end: int, out: list[str], places: Offsets) -> None:
    for i, char in enumerate(word):
        out.append(char)
        places.append(end - 1 if i == len(word) - 1 and i else start)
