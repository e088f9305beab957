"""The project's own utterances, one TSV row each.

``data/corpus`` is learnt from, the misses of ``data/dev`` are read, ``data/test`` is only measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from nlu.data import FOLDER
from nlu.parser import ZONE

NOW = datetime(2026, 11, 23, 10, tzinfo=ZONE)
"""The moment every gold date is relative to: a Monday morning."""
TRAIN = FOLDER / "corpus"
DEV = FOLDER / "dev"
"""Judges every change; its misses are read."""
TEST = FOLDER / "test"
"""Judges the result; its misses change nothing."""
HEAD = ("template", "register", "gold", "text")
REGISTERS = (
    "plain", "terse", "polite", "angry", "elderly", "dialect", "voice", "typo", "traditional", "pinyin",
)  # fmt: skip
KEYS = frozenset(
    ("ask", "department", "doctor", "dates", "from", "asap", "period", "time", "patient", "choice", "invalid")
) | {"nodate", "flag", "top", "clinic"}
"""What may stand in a gold; docs/nlu.md says what each means."""


@dataclass(frozen=True, slots=True)
class Gold:
    """What a person says the utterance means."""

    intents: tuple[str, ...]
    """Any of these is right; empty: the intent is not judged (a bare answer to an open question)."""
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Each with the values that are right."""

    def one(self, key: str) -> str | None:
        return self.slots[key][0] if self.slots.get(key) else None

    def days(self, key: str) -> tuple[date, ...]:
        """The days under ``key``: 11-24, 11-24..11-27, several with commas."""
        return tuple(
            sorted({day for part in (self.one(key) or "").split(",") if part for day in _span(part)})
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance of the corpus."""

    template: str
    """Which phrasing it is; no template is in two parts."""
    register: str
    gold: Gold
    text: str

    @property
    def intent(self) -> str:
        return self.gold.intents[0] if self.gold.intents else ""

    @property
    def expecting(self) -> tuple[str, ...]:
        """The question that is open in the dialog."""
        asked = self.gold.one("ask")
        return (asked,) if asked else ("confirm",) if self.intent in ("confirm", "deny") else ()


def read(folder: Path) -> Iterator[Line]:
    """Every line of every file of one part."""
    for path in sorted(folder.glob("*.tsv")):
        yield from rows(path)


def rows(path: Path) -> Iterator[Line]:
    """Every line of one file."""
    head, *below = path.read_text(encoding="utf-8").splitlines()
    if tuple(head.split("\t")) != HEAD:
        raise ValueError(f"{path.name}: the first row must be {' '.join(HEAD)}")
    for number, row in enumerate(below, 2):
        cells = row.split("\t")
        if len(cells) != len(HEAD) or cells[1] not in REGISTERS or not cells[3].strip():
            raise ValueError(f"{path.name}:{number}: {row!r}")
        yield Line(cells[0], cells[1], gold(cells[2]), cells[3])


def gold(words: str) -> Gold:
    """``book department=骨科 dates=11-24``; ``a|b`` where either is right; ``-`` for an intent not judged."""
    first, *rest = words.split()
    slots = {}
    for pair in rest:
        key, _, value = pair.partition("=")
        if key not in KEYS:
            raise ValueError(f"unknown key in gold: {pair}")
        slots[key] = tuple(value.split("|"))
    return Gold(() if first == "-" else tuple(first.split("|")), slots)


def _span(part: str) -> list[date]:
    start, _, end = part.partition("..")
    first, last = _day(start), _day(end or start)
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def _day(text: str) -> date:
    month, day = map(int, text.split("-"))
    this_year = date(NOW.year, month, day)
    return this_year if this_year >= NOW.date() else date(NOW.year + 1, month, day)
