"""Departments, doctors and clinics from the office's tables: all rows or none, every mistake with its row.

docs/importing.md lists the columns.  Importing a file again changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.clock import Clock, today
from bot.services import import_clinics, import_departments, import_doctors
from bot.services.clinics import alone
from bot.services.context import Context, write_audit
from bot.services.directory import touch
from bot.services.sheets import Columns, Line, RowError, Sheet, lines
from bot.services.suspension.new_clinics import close_new
from bot.services.suspension.schedule_change import displace
from bot.store.db import Database, UnitOfWork


class Kind(StrEnum):
    DEPARTMENTS = "departments"
    DOCTORS = "doctors"
    CLINICS = "clinics"


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with ``errors`` or ``dry_run`` would have done."""

    rows: int
    added: int = 0
    changed: int = 0
    errors: tuple[RowError, ...] = ()
    ignored: tuple[str, ...] = ()
    """Columns nobody knows."""
    dry_run: bool = False
    displaced: int = 0
    """Appointments that lose their seats, and whose patients are told and offered others (R12)."""
    suspension_id: int | None = None
    closed: int = 0
    """Clinics that came into days which are suspended: nobody can book them."""

    @property
    def unchanged(self) -> int:
        return self.rows - self.added - self.changed


Write = Callable[[UnitOfWork, list[Line], date], tuple[int, int]]
"""Writes the good rows, adds errors to the bad ones; (added, changed)."""

_KINDS: dict[Kind, tuple[Columns, Write]] = {
    Kind.DEPARTMENTS: (import_departments.COLUMNS, import_departments.write),
    Kind.DOCTORS: (import_doctors.COLUMNS, import_doctors.write),
    Kind.CLINICS: (import_clinics.COLUMNS, import_clinics.write),
}


class Undo(Exception):
    """Takes the transaction back, and the report out."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def import_sheet(
    db: Database, clock: Clock, kind: Kind, sheet: Sheet, *, dry_run: bool = False, actor: str = "cli",
    suspending: Context | None = None,
) -> Report:  # fmt: skip
    """Read the sheet into the hospital, in one transaction.  ``suspending``: clinics may also shrink below what is
    sold or be cut anew; whoever loses a seat is suspended as by `bot.services.suspension`."""
    columns, write = _KINDS[kind]

    def work(uow: UnitOfWork) -> Report:
        rows, head_errors, ignored = lines(sheet, columns)
        if head_errors:
            raise Undo(Report(len(rows), errors=tuple(head_errors), ignored=ignored, dry_run=dry_run))
        displaced: list[int] = []
        if kind is Kind.CLINICS:
            alone(uow)
        if kind is Kind.CLINICS and suspending is not None:
            added, changed = import_clinics.write(uow, rows, today(clock), displaced)
        else:
            added, changed = write(uow, rows, today(clock))
        errors = tuple(error for row in rows for error in row.errors)
        closed = close_new(uow) if kind is Kind.CLINICS and not errors else 0
        report = Report(len(rows), added, changed, errors, ignored, dry_run, len(displaced), closed=closed)
        if errors or dry_run:
            raise Undo(report)
        if displaced and suspending is not None:
            report = replace(report, suspension_id=displace(uow, suspending, displaced))
        if kind is not Kind.CLINICS and added + changed:
            touch(uow)
        write_audit(
            uow, at=clock.now(), actor=actor, action=f"import.{kind}", subject="hospital",
            added=str(added), changed=str(changed),
        )  # fmt: skip
        return report

    try:
        return db.run(work)
    except Undo as undo:
        return undo.report
