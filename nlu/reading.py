"""Everything a message mentions, before anybody asks what it wants."""

from dataclasses import dataclass
from datetime import date

from nlu.dates import Anchors, Found, find
from nlu.entities import people
from nlu.entities.medical import Complaints, complaints, medical
from nlu.entities.names import Named, Names
from nlu.entities.numbers import Numbers, numbers
from nlu.entities.phrasebook import Mention, Phrasebook
from nlu.intents.features import Span, delexicalize
from nlu.lexicon import Lexicon
from nlu.normalize import Normal, normalize
from nlu.pinyin import Pinyin

LONGEST = 1_000
"""Entities are looked for in so many characters: no patient's request is longer, and hostile input stays cheap."""
_NAMED = {"department": "D", "group": "D", "doctor": "M"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One message, read."""

    normal: Normal
    text: str
    """Normalised, numbers blanked out, cut to a sane length."""
    numbers: Numbers
    mentions: list[Mention]
    named: Named
    complaints: Complaints
    found: Found
    shape: str
    """The delexicalised sentence, for the intents."""


class Reader:
    """Holds what is compiled from one hospital's names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._names = Names(lexicon)
        self._book = Phrasebook((*self._names.words(), *people.words(), *medical().words))
        self._pinyin = Pinyin(
            word for word, meaning in self._names.words() if meaning.kind in ("department", "doctor")
        )
        self.departments = frozenset(d.name for d in lexicon.departments)

    def read(self, text: str, today: date, anchors: Anchors | None = None) -> Reading:
        normal = self._pinyin.in_characters(normalize(text))
        seen = numbers(normal.text[:LONGEST])
        clean = seen.masked
        mentions = self._book.find(clean)
        named = self._names.read(clean, mentions)
        sick = complaints(clean, mentions)
        found = find(_without(clean, named), today, sick.spans, anchors)
        return Reading(
            normal, clean, seen, mentions, named, sick, found, _shape(clean, mentions, named, sick, found)
        )


def _without(text: str, named: Named) -> str:
    """Names blanked out, so that 周明 is no Sunday and 夏雨 no season; offsets stay."""
    for start, end, kind in named.spans:
        if kind == "doctor":
            text = text[:start] + "@" * (end - start) + text[end:]
    return text


def _shape(text: str, mentions: list[Mention], named: Named, sick: Complaints, found: Found) -> str:
    spans: list[Span] = [(start, end, _NAMED[kind]) for start, end, kind in named.spans]
    spans.extend((start, end, "S") for start, end in sick.spans)
    spans.extend(found.spans)
    spans.extend((m.start, m.end, "R") for m in mentions if m.kind == "person")
    return delexicalize(text, spans)
