"""Whose rows a figure is counted from: somebody's wards and departments, and what they ask for of them (R20, R49)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from bot.domain.roles import Scope
from bot.services.followup.discharges import D
from bot.services.within import EVERYTHING, within


@dataclass(frozen=True, slots=True)
class Whose:
    """Empty names ask for nothing."""

    scope: Scope = EVERYTHING
    ward: str = ""
    doctor: str = ""
    department: str = ""

    def stays(self) -> ColumnElement[bool]:
        """Of the discharges a query joins."""
        wanted = [within(self.scope, D.c.ward, D.c.department)]
        if self.ward:
            wanted.append(D.c.ward == self.ward)
        if self.doctor:
            wanted.append(D.c.doctor == self.doctor)
        if self.department:
            wanted.append(D.c.department == self.department)
        return and_(*wanted)


EVERYBODY = Whose()
