"""A table to be printed, whatever it is printed as: `bot.services.figures.workbook`, `bot.services.figures.page`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Share:
    """A rate: printed as 87.5%, a number in a workbook."""

    part: int
    whole: int

    def __str__(self) -> str:
        return percent(self.part, self.whole)


Cell = str | int | float | date | Share | None
Row = tuple[Cell, ...]
NOTHING = "（无）"
"""Where a table has no rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A head and how wide it is, in characters."""

    head: str
    width: int = 10


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` may be made while they are written: a year does not fit into memory."""

    name: str
    """Short: a sheet's."""
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    notes: tuple[str, ...] = field(default=())
    """What stands below the title: ward, period, formulas."""


def heads(told: str, width: int) -> tuple[Column, ...]:
    """Columns of one width, their heads apart by blanks."""
    return tuple(Column(head, width) for head in told.split())


def percent(part: int, whole: int) -> str:
    """87.5%; of nothing there is no rate."""
    return f"{100 * part / whole:.1f}%" if whole else "—"
