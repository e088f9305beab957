"""Dates and times of a text: the way in.  Pieces are matched, read, and put together by `walk` and `times`."""

from collections.abc import Mapping
from datetime import date

from nlu.dates.atom import Atom
from nlu.dates.atoms import read
from nlu.dates.counts import count, later
from nlu.dates.found import Found
from nlu.dates.grammar import pattern, trigger
from nlu.dates.times import times
from nlu.dates.told import is_told
from nlu.dates.walk import walk

_LETTERS = {"days": "T", "invalid": "T", "anchored": "T", "period": "P", "clock": "K"}
_EVENTS = (("出院", "出院"), ("术", "手术"), ("产", "分娩"), ("分娩", "分娩"))
"""What is said, and the name of the day in ``anchors``; others are called what they are (拆线, 化疗)."""

Anchors = Mapping[str, date]


def find(
    text: str,
    today: date,
    symptoms: tuple[tuple[int, int], ...] = (),
    anchors: Anchors | None = None,
) -> Found:
    """Dates and times of a normalised text.

    ``symptoms`` are spans of complaints: 今天头疼 is no wish for today.  ``anchors`` are the days from which
    出院后两周 and the like count; without the day the words are reported, and nothing is guessed.
    """
    found = Found()
    if not trigger().search(text):
        return found
    atoms = [
        read(str(match.lastgroup), match.group(), match.start(), match.end(), today)
        for match in pattern().finditer(text)
    ]
    atoms = [a for a in atoms if a.kind != "noise" and not is_told(a, text, symptoms)]
    if not atoms:
        return found
    _resolve(atoms, found, today, anchors or {})
    found.any_day = any(a.kind == "any" for a in atoms)
    for atom in atoms:
        if atom.kind == "invalid":
            found.invalid, found.over = text[atom.start : atom.end], atom.over
    walk(atoms, found, text, today)
    times(atoms, found, text)
    # 元旦那天有号就约: of that day, not as soon as can be
    found.asap = any(a.kind == "asap" and not (found.days and a.text.startswith("有号")) for a in atoms)
    found.spans = [(a.start, a.end, _LETTERS[a.kind]) for a in atoms if a.kind in _LETTERS]
    return found


def _resolve(atoms: list[Atom], found: Found, today: date, anchors: Anchors) -> None:
    """出院后两周: the day, where the day of the event is known; 节后的周三 hangs on one nobody told us."""
    before: Atom | None = None
    for atom in atoms:
        hangs = before is not None and before.kind == "anchored" and atom.start - before.end <= 1
        if hangs and atom.kind == "days":
            atom.kind = "anchored"
            found.unresolved = f"{found.unresolved}{atom.text}"
            continue
        before = atom
        if atom.kind != "anchored":
            continue
        day = anchors.get(_event(atom.text)) if atom.unit != "vague" else None
        if day is None:
            found.unresolved = atom.text
            continue
        atom.days, atom.kind, atom.unit = (later(day, *count(atom.text)),), "days", "day"


def _event(text: str) -> str:
    for part, event in _EVENTS:
        if part in text[:4]:
            return event
    return text[:2]
