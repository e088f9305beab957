"""出院患者 from the office's table or a FHIR bundle: all rows or none, again is once, known by 住院号."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import bindparam, func, insert, select, update

from bot.domain.discharge import WayOut
from bot.domain.followup import UNTOUCHED
from bot.domain.identity import same_name
from bot.services.context import Context, audit
from bot.services.followup.discharges import D, F, opened, sealed
from bot.services.followup.editions import keep_editions
from bot.services.followup.rows import COLUMNS, Row, read_row
from bot.services.followup.settling import Settled, settle
from bot.services.importing import Report, Undo
from bot.services.sheets import Sheet, extras, lines
from bot.services.tables import Record
from bot.store.db import Database, UnitOfWork
from bot.store.followup_models import SEALED

_LOCK = 0x44495343
""""DISC": one import at a time, so that two files with the same 住院号 wait for each other."""
_CHUNK = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: the rows, and the follow-ups that began or stopped by them."""

    report: Report
    kept: tuple[str, ...] = ()
    """Columns nobody knows, stored with the row."""
    settled: Settled = field(default_factory=Settled)


@dataclass
class _Changes:
    """What is to be written, and whose plans have to be looked at again."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    people: set[bytes] = field(default_factory=set)
    alive: set[bytes] = field(default_factory=set)
    """Reported dead before, and by this file not."""
    moved: list[str] = field(default_factory=list)
    """Discharges whose identity number was corrected: invitations to whoever had the wrong one are void."""


def import_discharges(
    db: Database, context: Context, sheet: Sheet, plans: Mapping[str, Mapping[str, Any]], *, dry_run: bool = False
) -> Imported:  # fmt: skip
    """Read the sheet, and begin or stop the follow-ups of everybody in it, in one transaction."""
    imported = Imported(Report(0))

    def work(uow: UnitOfWork) -> Report:
        nonlocal imported
        rows, head_errors, unknown = lines(sheet, COLUMNS)
        if head_errors:
            imported = Imported(Report(len(rows), errors=tuple(head_errors), dry_run=dry_run), unknown)
            raise Undo(imported.report)
        if uow.dialect == "postgresql":
            uow.connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        pairs = zip(rows, extras(sheet, COLUMNS), strict=True)
        good = [row for line, extra in pairs if (row := read_row(line, extra, context.today)) is not None]
        changes = _compare(uow, context, good)
        errors = tuple(error for line in rows for error in line.errors)
        report = Report(len(rows), len(changes.added), len(changes.changed), errors, dry_run=dry_run)
        imported = Imported(report, unknown)
        if errors:
            raise Undo(report)
        _write(uow, changes)
        editions = keep_editions(uow, plans, context.now)
        settled = settle(uow, context, editions, changes.people, alive=changes.alive)
        imported = Imported(report, unknown, settled)
        if dry_run:
            raise Undo(report)
        audit(
            uow,
            context,
            "import.discharges",
            "hospital",
            added=str(report.added),
            changed=str(report.changed),
        )
        return report

    with suppress(Undo):
        db.run(work)
    return imported


def _compare(uow: UnitOfWork, context: Context, rows: Sequence[Row]) -> _Changes:
    """The good rows against what is there; errors of rows that cannot be are added to their lines."""
    changes = _Changes()
    seen: dict[str, int] = {}
    for chunk in _chunks(rows):
        there = _there(uow, [row.admission_no for row in chunk])
        for row in chunk:
            number = row.admission_no
            if number in seen:
                row.line.fail("admission_no", f"与第 {seen[number]} 行重复")
                continue
            seen[number] = row.line.number
            index = uow.keys.index("patients.id_number", f"{row.identity.kind}:{row.identity.number}")
            if number in there:
                _change(uow, context, row, there[number], index, changes)
            else:
                _add(uow, context, row, index, changes)
    return changes


def _there(uow: UnitOfWork, numbers: Sequence[str]) -> dict[str, Record]:
    rows = uow.connection.execute(select(D).where(D.c.admission_no.in_(numbers)))
    return {row.admission_no: row for row in rows}


def _add(uow: UnitOfWork, context: Context, row: Row, index: bytes, changes: _Changes) -> None:
    key = uuid4().hex
    values = {**row.values, "extra": _json({k: v for k, v in row.extra.items() if v})}
    written = {"id": key, "patient_id": None, "id_number_index": index, **values}
    written |= {column: sealed(uow.keys, column, key, values[column]) for column in SEALED}
    changes.added.append({**written, "created_at": context.now, "changed_at": context.now})
    changes.people.add(index)


def _change(
    uow: UnitOfWork, context: Context, row: Row, there: Record, index: bytes, changes: _Changes
) -> None:
    before = {**there._mapping, **opened(uow.keys, there)}
    moved = index != there.id_number_index
    if moved and not same_name(before["name"], row.values["name"]):
        row.line.fail("admission_no", "这个住院号以前导入的是另一位患者")
        return
    now = {name: row.values[name] for name in row.told}
    if before["way"] is WayOut.DIED and row.values["way"] is not WayOut.DIED and "died_on" not in row.told:
        now["died_on"] = None
    extra = json.loads(before["extra"])
    now["extra"] = _json({k: v for k, v in (extra | row.extra).items() if v})
    different = {name: value for name, value in now.items() if before[name] != value}
    if not different:
        return
    changes.people |= {index, there.id_number_index}
    if before["died_on"] is not None and "died_on" in different and different["died_on"] is None:
        changes.alive.add(index)
    if moved:
        different |= {"id_number_index": index, "patient_id": None}
        changes.moved.append(there.id)
    after = {column.name: there._mapping[column.name] for column in D.c} | different
    after |= {name: sealed(uow.keys, name, there.id, different[name]) for name in SEALED if name in different}
    changes.changed.append({**after, "changed_at": context.now})


def _json(extra: Mapping[str, str]) -> str:
    return json.dumps(extra, ensure_ascii=False, sort_keys=True)


def _write(uow: UnitOfWork, changes: _Changes) -> None:
    for chunk in _chunks(changes.added):
        uow.connection.execute(insert(D), chunk)
    columns = [column.name for column in D.c if column.name != "id"]
    statement = update(D).where(D.c.id == bindparam("b_id")).values({n: bindparam(f"b_{n}") for n in columns})
    for chunk in _chunks(changes.changed):
        uow.connection.execute(
            statement, [{f"b_{name}": value for name, value in row.items()} for row in chunk]
        )
    newer = update(F).where(F.c.state.in_(UNTOUCHED)).values(version=F.c.version + 1)
    for ids in _chunks(changes.moved):
        uow.connection.execute(newer.where(F.c.discharge_id.in_(ids)))


def _chunks(rows: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(rows), _CHUNK):
        yield list(rows[start : start + _CHUNK])
