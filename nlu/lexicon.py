"""The hospital's own names: departments with their aliases, and doctors.  Everything else is the same everywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlu.data import load_yaml

DEMO = "demo_hospital.yaml"


@dataclass(frozen=True, slots=True)
class DepartmentEntry:
    """A department that can be booked, and what patients call it.  ``parent`` is its group (内科)."""

    name: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class DoctorEntry:
    """A doctor.  Two of the same name are two entries."""

    name: str
    title: str
    department: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names by which patients call this hospital's departments and doctors.

    ``groups`` are words for several departments at once (内科, 妇产科): they resolve to candidates, never to one.
    """

    departments: tuple[DepartmentEntry, ...]
    doctors: tuple[DoctorEntry, ...]
    groups: tuple[tuple[str, str], ...] = ()
    """(word, group): what patients say → the ``parent`` it stands for."""

    def __init__(
        self,
        departments: Sequence[DepartmentEntry],
        doctors: Sequence[DoctorEntry],
        groups: Iterable[tuple[str, str]] = (),
    ) -> None:
        object.__setattr__(self, "departments", tuple(departments))
        object.__setattr__(self, "doctors", tuple(doctors))
        words = dict(groups)
        for department in departments:
            if department.parent:
                words.setdefault(department.parent, department.parent)
        object.__setattr__(self, "groups", tuple(words.items()))

    def children(self, group: str) -> tuple[str, ...]:
        """Departments of a group, in the hospital's order."""
        return tuple(d.name for d in self.departments if d.parent == group)

    @classmethod
    def demo(cls) -> "Lexicon":
        """The demo hospital, for ``python -m nlu`` and tests without a database."""
        return cls.from_mapping(load_yaml(DEMO))

    @classmethod
    def from_mapping(cls, hospital: Mapping[str, Any]) -> "Lexicon":
        """From the form of ``nlu/data/demo_hospital.yaml``."""
        return cls(
            [
                DepartmentEntry(d["name"], tuple(d.get("aliases", ())), d.get("parent"))
                for d in hospital["departments"]
            ],
            [
                DoctorEntry(d["name"], d["title"], d["department"], tuple(d.get("aliases", ())))
                for d in hospital["doctors"]
            ],
            [
                (word, group["name"])
                for group in hospital.get("groups", ())
                for word in (group["name"], *group.get("aliases", ()))
            ],
        )
