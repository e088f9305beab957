"""What publishing a plan would change: whose plan it becomes, which open steps stop, the load of the coming days.

Nothing moves by publishing alone: a stay is looked at anew when a file tells of it, and keeps the edition it began with
as long as the same plan holds for it (docs/followup.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from bot.domain.followup import OPEN, UNTOUCHED, Anchors, Days, Plan, Step, calendar_of, choose
from bot.domain.masking import mask_name
from bot.services.followup.discharges import D, F, opened, stay_of
from bot.services.followup.editions import E
from bot.services.tables import Record
from bot.store.db import UnitOfWork

MOST = 1000
"""Stays looked at, the latest: enough to see what a plan does, quick enough for a page."""
DAYS = 28
"""Whose load is reckoned."""
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Difference:
    """In stays and steps."""

    looked_at: int
    since: date | None
    """The earliest discharge among them."""
    kept_stays: int
    kept_steps: int
    """Open steps of this plan, laid out already: they go on as they are."""
    joins: int
    """Stays it would hold for, that another plan or none holds for now."""
    leaves: int
    stopped: int
    """Open steps that nobody was reached about, of stays that change their plan."""
    added: int
    """Steps that those stays would get instead."""
    load: tuple[tuple[date, int, int], ...]
    """(day, now, with the draft): steps due that day, had the plans held for all of them."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One discharge under the draft."""

    masked_name: str
    ward: str
    department: str
    discharged_on: date
    now: Plan | None
    then: Plan | None
    """The plan that would hold."""
    days: tuple[tuple[Step, Days | None], ...]


@dataclass
class _Counted:
    joins: int = 0
    leaves: int = 0
    stopped: int = 0
    added: int = 0


def difference(uow: UnitOfWork, plans: Mapping[str, Plan], draft: Plan, today: date) -> Difference:
    """``plans``: those in force, by name; the draft takes the place of its own."""
    now, then = tuple(plans.values()), tuple((dict(plans) | {draft.name: draft}).values())
    stays = _stays(uow, today)
    untouched = _untouched(uow, [row.id for row in stays])
    counted, before, after = _Counted(), Counter[date](), Counter[date]()
    for row in stays:
        stay = stay_of(uow, row)
        holds, would = choose(now, stay), choose(then, stay)
        first, second = _days(holds, row), _days(would, row)
        before.update(first)
        after.update(second)
        if (holds and holds.name) == (would and would.name):
            continue
        counted.joins += would is not None and would.name == draft.name
        counted.leaves += holds is not None and holds.name == draft.name
        counted.stopped += untouched[row.id]
        counted.added += 0 if would is None else len(calendar_of(would, _anchors(row)))
    kept_stays, kept_steps = kept(uow, draft.name)
    span = [today + timedelta(days=n) for n in range(DAYS)]
    return Difference(
        len(stays), min((row.discharged_on for row in stays), default=None), kept_stays, kept_steps, counted.joins,
        counted.leaves, counted.stopped, counted.added, tuple((day, before[day], after[day]) for day in span),
    )  # fmt: skip


def trial(uow: UnitOfWork, plans: Mapping[str, Plan], draft: Plan, admission_no: str) -> Trial | None:
    """One person's calendar; None: no such stay, or no discharge yet, or a death."""
    row = uow.connection.execute(select(D).where(D.c.admission_no == admission_no)).first()
    if row is None or row.discharged_on is None or row.died_on is not None:
        return None
    stay = stay_of(uow, row)
    then = choose((dict(plans) | {draft.name: draft}).values(), stay)
    days = calendar_of(then, _anchors(row)) if then else {}
    steps = tuple((step, days[step.name]) for step in then.steps if step.name in days) if then else ()
    name = mask_name(opened(uow.keys, row, ("name",))["name"])
    return Trial(name, row.ward, row.department, row.discharged_on, choose(plans.values(), stay), then, steps)


def changes(before: Plan | None, after: Plan) -> Iterator[tuple[Step | None, Step | None]]:
    """The steps that are different, (as it was, as it will be), for whoever reads what is published."""
    old = {} if before is None else {step.name: step for step in before.steps}
    yield from ((old.get(step.name), step) for step in after.steps if old.get(step.name) != step)
    kept = {step.name for step in after.steps}
    yield from ((step, None) for name, step in old.items() if name not in kept)


def _stays(uow: UnitOfWork, today: date) -> Sequence[Record]:
    """The latest discharges of the living."""
    wanted = select(D).where(
        D.c.discharged_on.is_not(None), D.c.discharged_on <= today, D.c.died_on.is_(None)
    )
    return uow.connection.execute(wanted.order_by(D.c.discharged_on.desc(), D.c.id).limit(MOST)).fetchall()


def _untouched(uow: UnitOfWork, ids: Sequence[str]) -> Mapping[str, int]:
    found: dict[str, int] = defaultdict(int)
    counted = select(F.c.discharge_id, func.count().label("steps")).where(F.c.state.in_(UNTOUCHED))
    for start in range(0, len(ids), _CHUNK):
        mine = counted.where(F.c.discharge_id.in_(ids[start : start + _CHUNK])).group_by(F.c.discharge_id)
        found.update({row.discharge_id: row.steps for row in uow.connection.execute(mine)})
    return found


def kept(uow: UnitOfWork, name: str) -> tuple[int, int]:
    """Stays and open steps that this plan has laid out."""
    open_ = (E.c.name == name, F.c.state.in_(OPEN))
    counted = select(func.count(F.c.discharge_id.distinct()), func.count()).join_from(
        F, E, E.c.id == F.c.plan_id
    )
    row: Any = uow.connection.execute(counted.where(*open_)).one()
    return row[0], row[1]


def _anchors(row: Record) -> Anchors:
    return Anchors(row.discharged_on, row.surgery_on)


def _days(plan: Plan | None, row: Record) -> list[date]:
    return [] if plan is None else [when.due for when in calendar_of(plan, _anchors(row)).values() if when]
