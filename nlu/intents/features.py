"""Features of a delexicalised sentence: tokens, pairs of them, characters, pairs of them, and how it sounds."""

import re
from collections.abc import Iterable
from functools import cache

from nlu.data import load_yaml
from nlu.intents.sounding import spelt, units
from nlu.intents.tokens import tokens

LONGEST = 120
"""Of a longer message head and tail decide: 「…」 of a voice stream says what it wants at one of its ends."""
_NOISE = re.compile(r"[\s,。!?;:、.~\"'()\[\]<>…#]+")
Span = tuple[int, int, str]
"""(start, end, letter)"""


def delexicalize(text: str, spans: Iterable[Span]) -> str:
    """Names and dates become a letter each (normalised text has no capitals), so that no hospital is learnt."""
    out: list[str] = []
    last = 0
    for start, end, letter in sorted(spans):
        if start < last:
            continue
        out.append(text[last:start])
        out.append(letter)
        last = end
    out.append(text[last:])
    return _NOISE.sub(" ", "".join(out)).strip()


def features(text: str, hinted: bool = False) -> list[str]:
    """Distinct features; prefixes keep the kinds apart.  ``hinted``: something in it may be a complaint."""
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + " " + text[-LONGEST // 2 :]
    written = spelt(text)
    words = [w for w in tokens(written) if w != " "]
    found = {"w" + w for w in words}
    found.update(f"b{a}_{b}" for a, b in zip(["^", *words], [*words, "$"], strict=True))
    marked = f"^{written}$"
    heard = ["^", *units(text), "$"]
    found.update(marked)
    found.update(map(str.__add__, marked, marked[1:]))
    for n in (1, 2, 3):
        found.update(["p" + ".".join(heard[i : i + n]) for i in range(len(heard) - n + 1)])
    found.update(concepts(text))
    if hinted:
        found.add("c:hint")
    return list(found)


def concepts(text: str) -> list[str]:
    """What of cues.yaml is in the sentence; ``c:none`` where nothing is: the mark of small talk."""
    hits = ["c:" + name for name, cue in _cues() if cue.search(text)]
    if not hits and not any(letter in text for letter in "DMSTPK"):
        hits.append("c:none")
    return hits


@cache
def _cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in load_yaml("cues.yaml")["cues"].items())
