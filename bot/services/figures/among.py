"""What the KPI figures are counted over: a term, somebody's departments, and what was asked for of them (R11, R20)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, true

from bot.domain.roles import Scope
from bot.services.desk_booking.whom import department_ids
from bot.services.directory import Directory
from bot.services.figures.periods import Term
from bot.services.figures.whose import Whose
from bot.services.within import EVERYTHING

FEW = 5
"""Fewer cases than this say nothing by themselves."""


class By(StrEnum):
    """What a figure is told by."""

    DEPARTMENT = "department"
    DOCTOR = "doctor"
    CHANNEL = "channel"
    WARD = "ward"


@dataclass(frozen=True, slots=True)
class Among:
    """Empty names ask for nothing."""

    term: Term
    directory: Directory
    scope: Scope = EVERYTHING
    department: str = ""
    doctor: int | None = None
    """Of a clinic, by id."""
    channel: str = ""
    ward: str = ""
    attending: str = ""
    """经管医生 of a stay, by name."""

    @property
    def whole(self) -> bool:
        """Everybody's rows, also those of no department."""
        return self.scope.everything and not (self.department or self.doctor)

    @property
    def departments(self) -> frozenset[int]:
        """Within the scope and what was asked for."""
        ours = frozenset(department_ids(self.scope, self.directory))
        if not self.department:
            return ours
        named = [each.id for each in self.directory.departments.values() if each.name == self.department]
        return ours & frozenset().union(*(self.directory.within(each) for each in named))

    def clinics(self, department: ColumnElement[Any], doctor: ColumnElement[Any]) -> ColumnElement[bool]:
        """Of visits, seats and wishes.  All departments are named, so that their index serves."""
        if self.ward or self.attending:
            return false()
        ours = department.in_(sorted(self.departments))
        return ours if self.doctor is None else and_(ours, doctor == self.doctor)

    def of_channel(self, channel: ColumnElement[Any]) -> ColumnElement[bool]:
        """A visit made by staff does not tell phone from window."""
        match self.channel:
            case "":
                return true()
            case "desk":
                return channel.in_(["desk", "phone", "window"])
            case "api":
                return channel.startswith("api", autoescape=True)
            case name:
                return channel == name

    @property
    def whose(self) -> Whose:
        """Of stays.  They came through no channel, and know their doctor by name."""
        doctor = self.attending
        if self.doctor is not None:
            doctor = self.directory.doctors[self.doctor].name
        return Whose(self.scope, self.ward, doctor, self.department)


@dataclass(frozen=True, slots=True)
class Counted:
    """One bar: how many of how many."""

    key: tuple[str, ...]
    """The names that lead to its rows: parts of `Among`."""
    name: str
    part: int
    whole: int
    more: tuple[int, ...] = ()
    """Columns beside: what a figure tells besides its two numbers."""

    @property
    def rate(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def few(self) -> bool:
        return 0 < self.whole < FEW
