"""Each step of the plans by itself: how many were due in a period, and what became of them (R26, R38)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from bot.domain.discharge import WayOut
from bot.domain.followup import REPLANNED, FollowupState
from bot.services.figures.periods import Term
from bot.services.figures.rates import local_day
from bot.services.figures.whose import EVERYBODY, Whose
from bot.services.followup.discharges import D, F
from bot.services.followup.editions import E
from bot.store.db import UnitOfWork

_STOPPED = (FollowupState.DECEASED, FollowupState.READMITTED)


@dataclass(frozen=True, slots=True)
class StepRate:
    """One step of one plan, all its editions together."""

    plan: str
    plan_title: str
    step: str
    step_title: str
    due: int
    stopped: int
    """By a death or another stay: nobody may be asked."""
    attempted: int
    reached: int
    completed: int
    on_time: int
    lost: int
    refused: int

    @property
    def expected(self) -> int:
        """Stopped ones count where somebody was reached before."""
        return self.due - self.stopped


def step_rates(uow: UnitOfWork, term: Term, today: date) -> tuple[StepRate, ...]:
    """Steps whose due day is in ``term`` and whose last day on time is over."""
    reached = func.coalesce(F.c.reached_at, F.c.completed_at)
    query = (
        select(
            E.c.name, F.c.step, func.count(),
            _count(and_(F.c.state.in_(_STOPPED), reached.is_(None))),
            _count(func.coalesce(F.c.attempted_at, reached).is_not(None)),
            _count(reached.is_not(None)),
            _count(F.c.completed_at.is_not(None)),
            _count(local_day(uow, reached) <= F.c.overdue_on),
            _count(F.c.state == FollowupState.LOST),
            _count(F.c.state == FollowupState.REFUSED),
        )
        .join_from(F, E, E.c.id == F.c.plan_id)
        .join(D, D.c.id == F.c.discharge_id)
        .where(
            F.c.due_on >= term.since, F.c.due_on < term.until, F.c.overdue_on < today, D.c.way != WayOut.DIED,
            or_(F.c.state != FollowupState.CLOSED, F.c.reason != REPLANNED),
        )
        .group_by(E.c.name, F.c.step)
    )  # fmt: skip
    rows = uow.connection.execute(query).fetchall()
    titles = _titles(uow)
    found = (
        StepRate(
            plan,
            titles.get((plan, ""), plan),
            step,
            titles.get((plan, step), step),
            *(int(n or 0) for n in counts),
        )
        for plan, step, *counts in rows
    )
    return tuple(sorted(found, key=lambda each: (each.plan, each.step)))


def _titles(uow: UnitOfWork) -> dict[tuple[str, str], str]:
    """Of plans, and of their steps, as the newest edition that has them calls them."""
    found: dict[tuple[str, str], str] = {}
    for name, data in uow.connection.execute(select(E.c.name, E.c.data).order_by(E.c.version)):
        found[name, ""] = data["title"]
        found |= {(name, each["name"]): each.get("title", each["name"]) for each in data["steps"]}
    return found


def lost_reasons(uow: UnitOfWork, term: Term, *, whose: Whose = EVERYBODY) -> dict[str, int]:
    """失访 by reason (R38), of steps that were due in ``term``; the most frequent first."""
    query = (
        select(F.c.reason, func.count())
        .join_from(F, D, D.c.id == F.c.discharge_id)
        .where(
            F.c.due_on >= term.since, F.c.due_on < term.until, F.c.state == FollowupState.LOST, whose.stays()
        )
        .group_by(F.c.reason)
    )
    rows = uow.connection.execute(query).fetchall()
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def _count(condition: ColumnElement[Any]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
