"""Which doctors a message names: by full name, by surname and title, by a family name, or nearly (`near.py`)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nlu.entities import surnames
from nlu.entities.departments import Departments, refused
from nlu.entities.near import NearNames
from nlu.entities.phrasebook import Mention, Word
from nlu.entities.sounds import sound, sounds
from nlu.lexicon import DoctorEntry, Lexicon

_TITLE = r"(?:副主任医师|副主任|主任医师|主任|主治医师|主治|住院医师|教授|专家|医生|医师|大夫|博士|院长|老师|医|先生(?=的号))"
_ANY_FAMILY = rf"({'|'.join(sorted(surnames.DOUBLE))}|[\u4e00-\u9fff])"
_FAMILY = re.compile(
    rf"(?:那个|那位|哪个|找|挂|约)姓{_ANY_FAMILY}的(?!病|患|人)|姓{_ANY_FAMILY}的?(?:女|男)?(?:医生|大夫|主任|专家|教授|医师)"
)
_PARTIAL = re.compile(r"(?:副|主任|主治|教授|专家|医生|大夫|医师)")
_SEVERAL = re.compile(r"和|跟|或|都|还是|、")


@dataclass(frozen=True, slots=True)
class Doctors:
    """One message's doctors."""

    names: tuple[str, ...] = ()
    """Everyone that may be meant."""
    said: str | None = None
    """The words, also where nobody fits."""
    spans: tuple[tuple[int, int, str], ...] = ()

    @property
    def one(self) -> str | None:
        return self.names[0] if len(self.names) == 1 else None


class DoctorFinder:
    """One hospital's doctors, indexed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._by_name: dict[str, list[DoctorEntry]] = defaultdict(list)
        self._by_surname: dict[str, list[DoctorEntry]] = defaultdict(list)
        for doctor in lexicon.doctors:
            self._by_name[doctor.name].append(doctor)
            self._by_surname[surnames.surname(doctor.name)].append(doctor)
        family = "|".join(map(re.escape, sorted(self._by_surname, key=len, reverse=True))) or r"(?!)"
        self._titled = re.compile(
            rf"({family})({_TITLE})|([\u4e00-\u9fff])(副?主任(?:医师)?|教授|医生|大夫|医师)"
        )
        self._near = NearNames(tuple(self._by_name))

    def words(self) -> Iterator[tuple[str, Word]]:
        """For the phrasebook."""
        for name, entries in self._by_name.items():
            aliases = {alias for entry in entries for alias in entry.aliases}
            for word in (name, *sorted(aliases)):
                yield word, Word("doctor", name)

    def departments(self, names: Sequence[str]) -> frozenset[str]:
        """Where these doctors work."""
        return frozenset(d.department for name in names for d in self._by_name[name])

    def starts(self, text: str, mentions: Sequence[Mention]) -> frozenset[int]:
        """Where a doctor is named, by full name or title."""
        full = {m.start for m in mentions if m.kind == "doctor"}
        return frozenset(full | {m.start() for m in self._titled.finditer(text) if m.group(1)})

    def read(self, text: str, mentions: Sequence[Mention], where: Departments) -> Doctors:
        """``where`` narrows 王主任 to a department's."""
        named = [m for m in mentions if m.kind == "doctor"]
        spans = tuple((m.start, m.end, "doctor") for m in named)
        wanted = [m for m in named if not refused(text, m.start)]
        if wanted:
            last = wanted[-1]
            names = tuple(dict.fromkeys(m.value for m in wanted))
            if len(names) > 1 and not _SEVERAL.search(text[wanted[0].end : last.start]):
                names = (last.value,)
            return Doctors(names, text[last.start : last.end], spans)
        if near := self._near.find(text):
            start, end, names = near
            return Doctors(names, text[start:end], (*spans, (start, end, "doctor")))
        found = self._by_title_in(text, where)
        return replace(found, spans=(*spans, *found.spans))

    def _by_title_in(self, text: str, where: Departments) -> Doctors:
        found = Doctors()
        if family := _FAMILY.search(text):
            found = Doctors(
                self._titled_doctors(family.group(1) or family.group(2), "医生", where), family.group()
            )
        spans = []
        for match in self._titled.finditer(text):
            surname, title = match.group(1) or match.group(3), match.group(2) or match.group(4)
            if match.group(1) is None and not self._is_surname(surname, text, match.start()):
                continue
            spans.append((match.start(), match.end(), "doctor"))
            if not refused(text, match.start()):
                found = Doctors(self._titled_doctors(surname, title, where), match.group())
        return replace(found, spans=tuple(spans))

    def _is_surname(self, char: str, text: str, at: int) -> bool:
        """A surname nobody here has: still a doctor the patient asks for (no 主任医生, 女医生, 找医生)."""
        if char in surnames.SINGLE:
            return True
        homophones = [s for s in self._by_surname if len(s) == 1 and sound(s) == sound(char)]
        return bool(homophones) and char not in surnames.NEVER and not _PARTIAL.match(text, at)

    def _titled_doctors(self, surname: str, title: str, where: Departments) -> tuple[str, ...]:
        """王主任: the chief physicians of that name, or their deputies where there is no chief."""
        entries = self._by_surname.get(surname, [])
        if not entries and surname not in surnames.SINGLE:
            entries = [d for s, ds in self._by_surname.items() if sounds(s) == sounds(surname) for d in ds]
        if where.last is not None:
            entries = [d for d in entries if d.department == where.last]
        elif where.group:
            entries = [d for d in entries if d.department in where.group]
        return tuple(dict.fromkeys(d.name for d in _of_title(entries, title)))


def _of_title(entries: Sequence[DoctorEntry], title: str) -> Sequence[DoctorEntry]:
    if title.startswith("副主任"):
        return [d for d in entries if d.title.startswith("副主任")]
    if title.startswith("主任"):
        chiefs = [d for d in entries if d.title == "主任医师"]
        return chiefs or [d for d in entries if d.title == "副主任医师"]
    if title in ("教授", "专家"):
        return [d for d in entries if "主任" in d.title] or list(entries)
    if title.startswith("主治"):
        return [d for d in entries if d.title == "主治医师"] or list(entries)
    return entries
