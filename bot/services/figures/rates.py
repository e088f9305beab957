"""回访率 (R30, R31): reached by the due date ÷ (discharged − deaths in hospital), by whatever the office asks for.

One discharge counts once, in the period in which it left the ward.  docs/figures.md says each number in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, and_, case, cast, extract, func, or_, select

from bot.domain.discharge import WayOut
from bot.domain.followup import REPLANNED, FollowupState
from bot.services.figures.periods import Term
from bot.services.figures.whose import EVERYBODY, Whose
from bot.services.followup.discharges import D, F
from bot.store.db import UnitOfWork

BY: Mapping[str, ColumnElement[Any]] = {
    "ward": D.c.ward,
    "department": D.c.department,
    "doctor": D.c.doctor,
    "month": extract("year", D.c.discharged_on) * 100 + extract("month", D.c.discharged_on),
    "year": extract("year", D.c.discharged_on),
}
"""What rates may be counted by."""
_STOPPED = (FollowupState.DECEASED, FollowupState.READMITTED)


@dataclass(frozen=True, slots=True)
class Rate:
    """The numbers of one ward, doctor, month …: ``key`` says whose; attempted ≥ reached ≥ completed."""

    key: tuple[str, ...]
    discharged: int
    died: int
    """In hospital: left out (R30)."""
    pending: int
    """The last day on time of their first follow-up is not over: they count when it is."""
    expected: int
    """应访: discharged − died − pending."""
    attempted: int
    reached: int
    completed: int
    on_time: int
    """Reached no later than the last day on time."""
    stopped: int
    """Of those not reached: died after leaving, or admitted again.  The formula leaves them in."""
    unplanned: int
    """Of those not reached: no plan had a step for them."""

    @property
    def late(self) -> int:
        return self.reached - self.on_time

    @property
    def rate(self) -> float | None:
        """回访率; None: nobody was to be followed up."""
        return self.on_time / self.expected if self.expected else None

    def below(self, percent: int) -> bool:
        """Under the line (80 % R31), without rounding."""
        return self.expected > 0 and 100 * self.on_time < percent * self.expected


def rates(
    uow: UnitOfWork, term: Term, today: date, *, by: Sequence[str] = (), whose: Whose = EVERYBODY
) -> tuple[Rate, ...]:
    """Of everybody discharged in ``term``, as it stands ``today``; ``by`` names of `BY`, none: one total."""
    stays = stays_of(uow, term, whose)
    keys = [stays.c[name] for name in by]
    query = select(*keys, *_counts(stays, today)).group_by(*keys).order_by(*keys)
    rows = uow.connection.execute(query).fetchall()
    found = [Rate(tuple(map(str, row[: len(by)])), *(int(n or 0) for n in row[len(by) :])) for row in rows]
    return tuple(sorted(found, key=lambda rate: rate.key))  # databases differ in how they order Chinese


def summed(found: Sequence[Rate]) -> Rate | None:
    """The total of rates that share no discharge: one query less for a screen."""
    if not found:
        return None
    numbers = zip(*(astuple(each)[1:] for each in found), strict=True)
    return Rate((), *(sum(each) for each in numbers))


def local_day(uow: UnitOfWork, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The hospital's day of a moment: eight hours ahead, all year."""
    if uow.dialect == "sqlite":
        return func.date(moment, "+8 hours")
    return cast(func.timezone("Asia/Shanghai", moment), Date)


def stays_of(uow: UnitOfWork, term: Term, whose: Whose) -> Subquery:
    """One row a discharge: what became of its steps, those aside that no plan holds any more."""
    live = and_(
        F.c.discharge_id == D.c.id,
        or_(F.c.state != FollowupState.CLOSED, F.c.reason != REPLANNED),
    )
    reached = func.coalesce(F.c.reached_at, F.c.completed_at)
    query: Select[Any] = (
        select(
            *(column.label(name) for name, column in BY.items()),
            D.c.id,
            D.c.way,
            func.min(F.c.overdue_on).label("until"),
            func.min(func.coalesce(F.c.attempted_at, reached)).label("attempted"),
            local_day(uow, func.min(reached)).label("reached"),
            func.min(F.c.completed_at).label("completed"),
            func.sum(case((F.c.state.in_(_STOPPED), 1), else_=0)).label("stops"),
            func.count(F.c.id).label("steps"),
            func.min(F.c.id).label("first"),
        )
        .outerjoin_from(D, F, live)
        .where(D.c.discharged_on >= term.since, D.c.discharged_on < term.until, whose.stays())
        .group_by(D.c.id)
    )
    return query.subquery()


def _counts(stays: Subquery, today: date) -> list[ColumnElement[int]]:
    """In the order of `Rate`."""
    s = stays.c
    died = s.way == WayOut.DIED
    over = or_(s.until.is_(None), s.until < today)
    due = and_(~died, over)
    alone = and_(due, s.reached.is_(None))

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    return [
        func.count(),
        count(died),
        count(and_(~died, ~over)),
        count(due),
        count(and_(due, s.attempted.is_not(None))),
        count(and_(due, s.reached.is_not(None))),
        count(and_(due, s.completed.is_not(None))),
        count(and_(due, s.reached <= s.until)),
        count(and_(alone, s.stops > 0)),
        count(and_(alone, s.steps == 0)),
    ]
