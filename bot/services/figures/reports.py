"""Reports (R32): every week's problems, every month's and year's figures; made once, kept as they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.services.context import Context, audit
from bot.services.figures.gathering import gather
from bot.services.figures.periods import MADE_AT, ReportKind, Term, owed
from bot.services.followup.discharges import D
from bot.services.hospital import Hospital
from bot.services.tables import Record, table
from bot.store.care_models import Report
from bot.store.db import Database, UnitOfWork

_T = table(Report)
ACTOR = "system:scheduler"
SCREEN = 30
"""Reports on one page of the list."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it was made."""

    id: int
    kind: ReportKind
    term: Term
    made_at: datetime
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A report as the list shows it."""

    id: int
    kind: ReportKind
    term: Term
    made_at: datetime
    waiting: bool = False
    """Asked for, and not counted yet."""


def make_owed(hospital: Hospital) -> int:
    """The scheduler's tick: what is owed by now and is not there; how many were made.  Two schedulers may do it at
    once, and what fell due while the house was down is made when it is up again."""
    context = hospital.acting(ACTOR)
    with hospital.db.read() as uow:
        last = _last(uow)
        first = begun(uow)
    made = 0
    for kind in ReportKind:
        for term in owed(kind, context.now, last.get(kind)):
            if first is not None and first < term.until:
                made += make(hospital.db, context, kind, term)
    return made


def make_asked(hospital: Hospital) -> int:
    """What somebody waits for: a year takes seconds to count, and no request waits for that."""
    with hospital.db.read() as uow:
        query = select(_T.c.kind, _T.c.starts_on, _T.c.ends_on).where(_T.c.asked_at.is_not(None))
        wanted = uow.connection.execute(query.order_by(_T.c.asked_at)).fetchall()
    context = hospital.acting(ACTOR)
    return sum(
        make(hospital.db, context, ReportKind(row.kind), Term(row.starts_on, row.ends_on)) for row in wanted
    )


def ask(uow: UnitOfWork, context: Context, kind: ReportKind, term: Term) -> tuple[int, bool]:
    """Put it down for the scheduler; its id, and False where it was asked for or made before."""
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    values = _row(context, kind, term, {}) | {"asked_at": context.now}
    statement = insert(_T).values(values).on_conflict_do_nothing(index_elements=[_T.c.kind, _T.c.starts_on])
    new = uow.connection.execute(statement.returning(_T.c.id)).first() is not None
    if new:
        audit(uow, context, "report.asked", f"report:{kind}:{term.since}")
    found = find(uow, kind, term)
    assert found is not None  # written above
    return found, new


def make(db: Database, context: Context, kind: ReportKind, term: Term) -> bool:
    """Count, then write in a short transaction of its own; False: it was there."""
    with db.read() as uow:
        there = exists().where(*_is(kind, term), _T.c.asked_at.is_(None))
        if uow.connection.execute(select(there)).scalar_one():
            return False
        figures = gather(uow, context, kind, term)
    return db.run(lambda uow: _keep(uow, context, kind, term, figures))


def finished(term: Term, now: datetime) -> bool:
    """Its morning has come: nothing is reported of days that are not over."""
    return now >= datetime.combine(term.until, MADE_AT, term.moments[1].tzinfo)


def listed(uow: UnitOfWork) -> Sequence[Kept]:
    """The newest first."""
    made = select(_T).where(_T.c.asked_at.is_(None)).order_by(_T.c.starts_on.desc(), _T.c.kind)
    return [_kept(row) for row in uow.connection.execute(made)]


def page(uow: UnitOfWork, number: int) -> tuple[Sequence[Line], bool]:
    """One screen of the list, without their figures; whether there are more."""
    query = select(_T.c.id, _T.c.kind, _T.c.starts_on, _T.c.ends_on, _T.c.made_at, _T.c.asked_at)
    ordered = query.order_by(_T.c.starts_on.desc(), _T.c.kind).limit(SCREEN + 1).offset((number - 1) * SCREEN)
    rows = uow.connection.execute(ordered).fetchall()
    lines = [_line(row) for row in rows[:SCREEN]]
    return lines, len(rows) > SCREEN


def find(uow: UnitOfWork, kind: ReportKind, term: Term) -> int | None:
    """The report of this period, if it was made."""
    return uow.connection.execute(select(_T.c.id).where(*_is(kind, term))).scalar_one_or_none()


def begun(uow: UnitOfWork) -> date | None:
    """The first day there is anything to report of."""
    first: date | None = uow.connection.execute(select(func.min(D.c.discharged_on))).scalar_one()
    return first


def kept(uow: UnitOfWork, report_id: int) -> Kept | None:
    row = uow.connection.execute(select(_T).where(_T.c.id == report_id, _T.c.asked_at.is_(None))).first()
    return None if row is None else _kept(row)


def awaited(uow: UnitOfWork, report_id: int) -> Line | None:
    """One that is being made."""
    row = uow.connection.execute(select(_T).where(_T.c.id == report_id, _T.c.asked_at.is_not(None))).first()
    return None if row is None else _line(row)


def _keep(uow: UnitOfWork, context: Context, kind: ReportKind, term: Term, figures: dict[str, Any]) -> bool:
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    values = _row(context, kind, term, figures)
    statement = insert(_T).values(values | {"asked_at": None})
    statement = statement.on_conflict_do_update(
        index_elements=[_T.c.kind, _T.c.starts_on],
        set_={"figures": figures, "made_at": context.now, "asked_at": None},
        where=_T.c.asked_at.is_not(None),
    )
    new = uow.connection.execute(statement.returning(_T.c.id)).first() is not None
    if new:
        audit(uow, context, "report.made", f"report:{kind}:{term.since}")
    return new


def _row(context: Context, kind: ReportKind, term: Term, figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind.value, "starts_on": term.since, "ends_on": term.until, "figures": figures,
        "made_at": context.now,
    }  # fmt: skip


def _line(row: Record) -> Line:
    term = Term(row.starts_on, row.ends_on)
    return Line(row.id, ReportKind(row.kind), term, row.made_at, row.asked_at is not None)


def _last(uow: UnitOfWork) -> dict[ReportKind, date]:
    rows = uow.connection.execute(select(_T.c.kind, func.max(_T.c.starts_on)).group_by(_T.c.kind))
    return {ReportKind(row[0]): row[1] for row in rows}


def _is(kind: ReportKind, term: Term) -> tuple[Any, Any]:
    return _T.c.kind == kind.value, _T.c.starts_on == term.since


def _kept(row: Record) -> Kept:
    return Kept(row.id, ReportKind(row.kind), Term(row.starts_on, row.ends_on), row.made_at, row.figures)
