"""Messages typed in pinyin (mingtian gua guke), in characters where every letter belongs to a known word."""

import re
from functools import cache

from nlu.data import load_yaml, read_text
from nlu.entities.sounds import syllable
from nlu.normalize import Normal

_RUN = re.compile(r"[a-z](?:[a-z' ]*[a-z])?")
_LATIN = re.compile(r"[a-z]{2}")
_SHORTEST = 4
"""Letters; fewer only beside a digit (3dian)."""
_LONGEST = 120
_COUNTED = frozenset(
    ("yue", "hao", "ri", "dian", "dianban", "fen", "haode", "dianzhong", "tian", "zhou", "sui")
)
_KNOWN = frozenset(("you", "help", "hello", "thanks", "thank", "pm", "am", "the"))
"""English first."""
Offsets = list[int]


@cache
def _words() -> dict[str, str]:
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
            if 1 <= len(word) <= 8 and all("\u4e00" <= c <= "\u9fff" for c in word):
                table.setdefault(letters or "".join(syllable(c) for c in word), word)
    return table


@cache
def _longest() -> int:
    return max(map(len, _words()))


def in_characters(normal: Normal) -> Normal:
    """The same message in characters, each knowing the letters it came from."""
    if not _LATIN.search(normal.text):
        return normal
    text, offsets = normal.text, normal.offsets
    out: list[str] = []
    places: Offsets = []
    changed = False
    last = 0
    for match in _RUN.finditer(text):
        words = _read(match.group(), text[match.start() - 1 : match.start()])
        if words is None:
            continue
        changed = True
        _copy(text, last, match.start(), out, places)
        for word, start, end in words:
            _put(word, match.start() + start, match.start() + end, out, places)
        last = match.end()
    if not changed:
        return normal
    _copy(text, last, len(text), out, places)
    return Normal(
        normal.original, "".join(out), tuple(places if offsets is None else [offsets[i] for i in places])
    )


def _copy(text: str, start: int, end: int, out: list[str], places: Offsets) -> None:
    out.extend(text[start:end])
    places.extend(range(start, end))


def _put(word: str, start: int, end: int, out: list[str], places: Offsets) -> None:
    for i, char in enumerate(word):
        out.append(char)
        places.append(end - 1 if i == len(word) - 1 and i else start)


def _read(run: str, before: str) -> list[tuple[str, int, int]] | None:
    """The run cut into the fewest known words: (word, start, end in the run)."""
    at = [i for i, c in enumerate(run) if c.isalpha()]
    letters = "".join(run[i] for i in at)
    counted = before.isdigit() and letters in _COUNTED
    if len(letters) > _LONGEST or (len(letters) < _SHORTEST and not counted) or letters in _KNOWN:
        return None
    words, longest, size = _words(), _longest(), len(letters)
    best: list[tuple[int, int] | None] = [(0, 0)] + [None] * size
    for end in range(1, size + 1):
        for start in range(max(0, end - longest), end):
            known = best[start]
            if known is not None and letters[start:end] in words:
                here = best[end]
                if here is None or known[0] + 1 < here[0]:
                    best[end] = (known[0] + 1, start)
    if best[size] is None:
        return None
    found: list[tuple[str, int, int]] = []
    end = size
    while end:
        step = best[end]
        assert step is not None  # on the way back only over places that were reached
        found.append((words[letters[step[1] : end]], at[step[1]], at[end - 1] + 1))
        end = step[1]
    return found[::-1]
