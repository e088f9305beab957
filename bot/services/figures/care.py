"""How fast dangers were seen and tickets answered, and what the reviewed sample was worth (R37, R48)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, select

from bot.services.figures.periods import Term
from bot.services.figures.whose import EVERYBODY, Whose
from bot.services.followup.discharges import D, F
from bot.services.tables import Record, table
from bot.services.within import within
from bot.store.care_models import Contact, RedFlag, Review, Ticket
from bot.store.db import UnitOfWork

_A, _T, _C, _V = table(RedFlag), table(Ticket), table(Contact), table(Review)


@dataclass(frozen=True, slots=True)
class FlagFigures:
    """Red flags of one level."""

    level: str
    raised: int
    acknowledged: int
    in_time: int
    """Before their deadline."""
    median: float | None
    """Minutes from raised to acknowledged."""
    slowest: float | None


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """意见, 投诉, 表扬 of one kind and category."""

    kind: str
    category: str
    opened: int
    in_time: int
    """Answered before they were due."""
    late: int
    waiting: int
    """Not answered, and not due yet."""
    overdue: int
    """Not answered, and due."""


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """R48: 及时性, 准确性."""

    reviewed: int
    timely: int
    accurate: int


def flags(uow: UnitOfWork, term: Term, *, whose: Whose = EVERYBODY) -> tuple[FlagFigures, ...]:
    """Raised in ``term``, the urgent first."""
    theirs = within(whose.scope, _A.c.ward)
    if whose.ward:
        theirs = and_(theirs, _A.c.ward == whose.ward)
    by_level: dict[str, list[Record]] = defaultdict(list)
    for row in uow.connection.execute(_between(_A, "raised_at", term).where(theirs)).fetchall():
        by_level[str(row.level)].append(row)
    return tuple(_flags(level, rows) for level, rows in sorted(by_level.items(), reverse=True))


def rules(uow: UnitOfWork, term: Term) -> dict[str, int]:
    """How often each danger was raised in ``term``; the most frequent first."""
    first, last = term.moments
    query = (
        select(_A.c.title, func.count())
        .where(_A.c.raised_at >= first, _A.c.raised_at < last)
        .group_by(_A.c.title)
    )
    rows = uow.connection.execute(query).fetchall()
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def tickets(
    uow: UnitOfWork, term: Term, now: datetime, *, whose: Whose = EVERYBODY
) -> tuple[TicketFigures, ...]:
    """Opened in ``term``, by kind and category."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    query = _between(_T, "opened_at", term)
    if whose != EVERYBODY:
        stays = query.outerjoin_from(_T, F, F.c.id == _T.c.followup_id).outerjoin(
            D, D.c.id == F.c.discharge_id
        )
        query = stays.where(_of_ward(whose))
    for row in uow.connection.execute(query).fetchall():
        found[str(row.kind), row.category].append(row)
    return tuple(_tickets(*key, rows, now) for key, rows in sorted(found.items()))


def departments(uow: UnitOfWork, term: Term) -> dict[str, int]:
    """Complaints and suggestions opened in ``term``, by department; the most first."""
    counts: dict[str, int] = defaultdict(int)
    for row in uow.connection.execute(_between(_T, "opened_at", term)).fetchall():
        if str(row.kind) != "praise":
            counts[row.department or "未定"] += 1
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def tries(uow: UnitOfWork, term: Term) -> dict[str, int]:
    """Every try to reach somebody in ``term``, by its outcome (R38)."""
    first, last = term.moments
    query = select(_C.c.outcome, func.count()).where(_C.c.at >= first, _C.c.at < last).group_by(_C.c.outcome)
    rows = uow.connection.execute(query).fetchall()
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def reviews(uow: UnitOfWork, term: Term) -> ReviewFigures:
    rows = uow.connection.execute(_between(_V, "at", term)).fetchall()
    return ReviewFigures(len(rows), sum(row.timely for row in rows), sum(row.accurate for row in rows))


def _of_ward(whose: Whose) -> ColumnElement[bool]:
    """A ticket is its department's, and of the ward whose patient it came from."""
    theirs = within(whose.scope, D.c.ward, _T.c.department)
    return and_(theirs, D.c.ward == whose.ward) if whose.ward else theirs


def _between(rows: Table, column: str, term: Term) -> Select[Any]:
    first, last = term.moments
    clear = [each for each in rows.c if each.name not in ("detail", "note", "text", "answer", "measure")]
    at = rows.c[column]
    return select(*clear).where(at >= first, at < last).order_by(rows.c.id)


def _flags(level: str, rows: Sequence[Record]) -> FlagFigures:
    taken = sorted(
        (row.acknowledged_at - row.raised_at).total_seconds() / 60 for row in rows if row.acknowledged_at
    )
    in_time = sum(1 for row in rows if row.acknowledged_at and row.acknowledged_at <= row.deadline_at)
    median = round(taken[(len(taken) - 1) // 2], 1) if taken else None
    return FlagFigures(level, len(rows), len(taken), in_time, median, round(taken[-1], 1) if taken else None)


def _tickets(kind: str, category: str, rows: Sequence[Record], now: datetime) -> TicketFigures:
    answered = [(row.answered_at or row.closed_at, row.due_at) for row in rows]
    in_time = sum(1 for at, due in answered if at is not None and at <= due)
    late = sum(1 for at, due in answered if at is not None and at > due)
    overdue = sum(1 for at, due in answered if at is None and due <= now)
    waiting = len(rows) - in_time - late - overdue
    return TicketFigures(kind, category, len(rows), in_time, late, waiting, overdue)
