"""Departments and doctors together: a department narrows the doctors, a doctor tells the department."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.entities.departments import DepartmentFinder
from nlu.entities.doctors import DoctorFinder
from nlu.entities.phrasebook import Mention, Word
from nlu.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Named:
    """Departments and doctors of one message."""

    department: str | None = None
    group: tuple[str, ...] = ()
    """Departments of a group that was named (内科)."""
    doctor: str | None = None
    doctors: tuple[str, ...] = ()
    said: str | None = None
    spans: tuple[tuple[int, int, str], ...] = ()


class Names:
    """One hospital's names, indexed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._departments = DepartmentFinder(lexicon)
        self._doctors = DoctorFinder(lexicon)

    def words(self) -> Iterator[tuple[str, Word]]:
        """For the phrasebook."""
        yield from self._departments.words()
        yield from self._doctors.words()

    def read(self, text: str, mentions: Sequence[Mention]) -> Named:
        """Everyone and everything named."""
        where = self._departments.read(text, mentions, self._doctors.starts(text, mentions))
        who = self._doctors.read(text, mentions, where)
        department = where.last
        if department is None and who.one:
            works = self._doctors.departments(who.names)
            department = next(iter(works)) if len(works) == 1 else None
        spans = tuple(sorted((*where.spans, *who.spans)))
        return Named(department, where.group, who.one, who.names, who.said, spans)
