"""Whom staff have to call, in which order (R36): red flags first, then what is overdue, what is to be dialled again,
what is due; last what waits for an answer or for the agreed hour.  Names are masked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, literal, or_, select, union

from bot.domain.flags import FlagLevel, FlagState
from bot.domain.followup import Audience, FollowupState
from bot.domain.masking import mask_name
from bot.domain.roles import Scope
from bot.domain.views import Relation
from bot.services.context import Context
from bot.services.followup.discharges import D, F, unsealed
from bot.services.followup.editions import E
from bot.services.followup.plans import read_plan
from bot.services.people import A, G
from bot.services.tables import Record, table
from bot.services.within import EVERYTHING, within
from bot.store.care_models import RedFlag
from bot.store.db import UnitOfWork
from bot.store.types import written

R = table(RedFlag)
PAGE = 50
_S = FollowupState
_FLAGS = (
    select(R.c.followup_id, func.max(case((R.c.level == FlagLevel.URGENT, 2), else_=1)).label("level"))
    .where(R.c.state.in_([written(FlagState.OPEN), written(FlagState.ACKNOWLEDGED)]))
    .where(R.c.followup_id.is_not(None))
    .group_by(R.c.followup_id)
    .cte("flags")
)
_LEVEL = func.coalesce(_FLAGS.c.level, 0)


class Show(StrEnum):
    """Which part of a queue."""

    ALL = "all"
    FLAGGED = "flagged"
    OVERDUE = "overdue"
    REDIAL = "redial"
    """To be dialled again now; also whoever did not answer an invitation."""
    DUE = "due"
    WAITING = "waiting"
    """Invited, not answered yet and taken by nobody; or a later hour was agreed."""
    LOST = "lost"


_RANKS = (Show.FLAGGED, Show.OVERDUE, Show.REDIAL, Show.DUE, Show.WAITING)


@dataclass(frozen=True, slots=True)
class Which:
    """Whose queue; everything given has to hold."""

    wards: tuple[str, ...] = ()
    doctor: str = ""
    """经管医生 of the stay"""
    owner: str = ""
    """Grade (R39): senior | attending | nurse"""
    staff_no: str = ""
    """Whoever has taken it or was given it."""
    free: bool = False
    """Nobody has."""
    show: Show = Show.ALL
    scope: Scope = EVERYTHING
    """Whoever looks sees the stays of their wards and departments."""


@dataclass(frozen=True, slots=True)
class Row:
    """One step to be worked on."""

    id: int
    because: Show
    urgent: bool
    masked_name: str
    admission_no: str
    ward: str
    department: str
    doctor: str
    plan: str
    step: str
    questionnaire: str
    audience: str
    owner: str
    state: FollowupState
    due_on: date | None
    overdue_on: date | None
    assigned_to: str | None
    calls: int
    next_call_at: datetime | None
    reached: bool
    registered: bool
    """Known to the chat."""
    muted: bool
    """Whoever would be invited wants no such messages (退订): that is no refusal of the call (R35)."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a queue."""

    rows: tuple[Row, ...]
    number: int
    more: bool


def page_of(uow: UnitOfWork, context: Context, which: Which, number: int = 1, size: int = PAGE) -> Page:
    """In two queries, however long the queue."""
    rank = _rank(context.now)
    again = case((rank == _RANKS.index(Show.REDIAL), F.c.next_call_at))
    query = (
        _rows(which, context.now, F, *_OF_STAY, rank.label("rank"), _LEVEL.label("level"))
        .order_by(rank, _LEVEL.desc(), again, F.c.due_on, F.c.id)
        .limit(size + 1)
        .offset((number - 1) * size)
    )
    found = uow.connection.execute(query).fetchall()
    shown = found[:size]
    titles = _titles(uow, {row.plan_id for row in shown})
    return Page(tuple(_row(uow, context, row, titles) for row in shown), number, len(found) > size)


def row_of(uow: UnitOfWork, context: Context, followup_id: int) -> Row | None:
    """One step, whether there is work to do or not."""
    query = _joined(F, *_OF_STAY, _rank(context.now).label("rank"), _LEVEL.label("level"))
    row = uow.connection.execute(query.where(F.c.id == followup_id)).first()
    return None if row is None else _row(uow, context, row, _titles(uow, {row.plan_id}))


def counts(
    uow: UnitOfWork, context: Context, which: Which, by: str = "ward"
) -> Mapping[str, Mapping[Show, int]]:
    """How long the queues are, by ``ward``, ``doctor``, ``owner`` or ``staff``, in one query."""
    key = {"ward": D.c.ward, "doctor": D.c.doctor, "owner": F.c.owner, "staff": F.c.assigned_to}[by]
    rank = _rank(context.now)
    query = _rows(which, context.now, key.label("key"), rank.label("rank"), func.count().label("steps"))
    found: dict[str, dict[Show, int]] = {}
    for row in uow.connection.execute(query.group_by(key, rank)):
        found.setdefault(row.key or "", {})[_RANKS[row.rank]] = row.steps
    return dict(sorted(found.items()))


def lost(uow: UnitOfWork, which: Which) -> int:
    """How many are lost (R38): they are in nobody's queue."""
    query = _rows(replace(which, show=Show.LOST), uow.now, func.count())
    return int(uow.connection.execute(query).scalar_one())


def wards(uow: UnitOfWork, scope: Scope) -> tuple[str, ...]:
    """Those of the stays that somebody sees."""
    rows = uow.connection.execute(select(D.c.ward).where(within(scope, D.c.ward, D.c.department)).distinct())
    return tuple(sorted(row.ward for row in rows if row.ward))


def _wishes(theirs: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Of the first account that looks after the patient as ``theirs`` says."""
    mine = select(A.c.preferences).join_from(G, A, A.c.id == G.c.account_id).order_by(G.c.id).limit(1)
    mine = mine.where(G.c.patient_id == D.c.patient_id, G.c.ended_at.is_(None), theirs)
    return mine.correlate(D).scalar_subquery()


_OWN, _RELATIVES = _wishes(G.c.relation == Relation.SELF), _wishes(G.c.relation != Relation.SELF)
_WISHES = case(  # of the account that `inviting` chooses
    (F.c.audience == Audience.FAMILY, func.coalesce(_RELATIVES, _OWN)),
    else_=func.coalesce(_OWN, _RELATIVES),
)
_OF_STAY = (
    D.c.name, D.c.admission_no, D.c.ward, D.c.department, D.c.doctor, D.c.patient_id, D.c.id.label("stay"),
    _WISHES.label("wishes"),
)  # fmt: skip


def _rank(now: datetime) -> ColumnElement[int]:
    late = F.c.state == written(_S.OVERDUE)
    waiting = or_(
        F.c.next_call_at > now,
        and_(F.c.next_call_at.is_(None), F.c.attempted_at.is_not(None), ~late, F.c.assigned_to.is_(None)),
    )
    return case(
        (_LEVEL > 0, literal(0)),
        (waiting, literal(4)),
        (late, literal(1)),
        (F.c.next_call_at <= now, literal(2)),
        else_=literal(3),
    )


def _joined(*columns: Any) -> Select[Any]:
    query = select(*columns).join_from(F, D, D.c.id == F.c.discharge_id)
    return query.outerjoin(_FLAGS, _FLAGS.c.followup_id == F.c.id)


def _rows(which: Which, now: datetime, *columns: Any) -> Select[Any]:
    alive = F.c.state != written(_S.DECEASED)  # R30: whatever was flagged before
    query = _joined(*columns).where(_shown(which.show, now), alive)
    if which.wards:
        query = query.where(D.c.ward.in_(which.wards))
    if not which.scope.everything:
        query = query.where(within(which.scope, D.c.ward, D.c.department))
    if which.doctor:
        query = query.where(D.c.doctor == which.doctor)
    if which.owner:
        query = query.where(F.c.owner == which.owner)
    if which.staff_no:
        query = query.where(F.c.assigned_to == which.staff_no)
    if which.free:
        query = query.where(F.c.assigned_to.is_(None))
    return query


def _shown(show: Show, now: datetime) -> ColumnElement[bool]:
    if show is Show.LOST:
        return F.c.state == written(_S.LOST)
    flagged = select(_FLAGS.c.followup_id)
    if show is Show.FLAGGED:
        return F.c.id.in_(flagged)
    everything = F.c.id.in_(union(_WORKED_ON, _WANTED_AGAIN, flagged))
    return everything if show is Show.ALL else and_(everything, _rank(now) == _RANKS.index(show))


_WORKED_ON = select(F.c.id).where(
    F.c.state.in_([written(each) for each in (_S.DUE, _S.OVERDUE, _S.CONTACTING)])
)
_WANTED_AGAIN = select(F.c.id).where(F.c.state == written(_S.LOST), F.c.next_call_at.is_not(None))
"""R38.  Three looks at an index, put together: an OR would read every step that is still to come."""


def _titles(uow: UnitOfWork, plans: set[int]) -> Mapping[tuple[int, str], tuple[str, str]]:
    """(edition, step) → titles."""
    found: dict[tuple[int, str], tuple[str, str]] = {}
    for row in uow.connection.execute(select(E).where(E.c.id.in_(plans))) if plans else ():
        plan = read_plan(row.name, row.data)
        found |= {(row.id, each.name): (plan.title, each.title) for each in plan.steps}
    return found


def _muted(context: Context, row: Record) -> bool:
    if row.kind not in context.kinds or not context.kinds[row.kind].optional:
        return False
    return bool((row.wishes or {}).get(context.kinds[row.kind].group.name) == "off")


def _row(
    uow: UnitOfWork, context: Context, row: Record, titles: Mapping[tuple[int, str], tuple[str, str]]
) -> Row:
    plan, step = titles.get((row.plan_id, row.step), ("", row.step))
    lost = row.state is _S.LOST and row.next_call_at is None
    name = unsealed(uow.keys, "name", row.stay, row.name)
    return Row(
        id=row.id, because=Show.LOST if lost else _RANKS[row.rank], urgent=row.level == 2, masked_name=mask_name(name),
        admission_no=row.admission_no, ward=row.ward, department=row.department, doctor=row.doctor, plan=plan,
        step=step, questionnaire=row.questionnaire, audience=row.audience, owner=row.owner, state=row.state,
        due_on=row.due_on, overdue_on=row.overdue_on, assigned_to=row.assigned_to, calls=row.calls,
        next_call_at=row.next_call_at, reached=row.reached_at is not None, registered=row.patient_id is not None,
        muted=_muted(context, row),
    )  # fmt: skip
