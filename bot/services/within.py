"""Whose rows a query gives: those of somebody's wards and departments (R20, R49)."""

from sqlalchemy import ColumnElement, literal_column, or_

from bot.domain.roles import Scope

EVERYTHING = Scope(everything=True)


def within(
    scope: Scope, ward: ColumnElement[str] | None = None, department: ColumnElement[str] | None = None
) -> ColumnElement[bool]:
    """Rows of these wards or departments; nobody's, where somebody has none."""
    if scope.everything:
        return literal_column("1 = 1")
    parts = [
        column.in_(sorted(names))
        for column, names in ((ward, scope.wards), (department, scope.departments))
        if column is not None and names
    ]
    return or_(*parts) if parts else literal_column("1 = 0")
