"""What waits today, for one person's wards and departments: each figure is one small query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, select, true

from bot.domain.flags import FlagLevel, FlagState
from bot.domain.followup import FollowupState
from bot.domain.roles import Scope
from bot.domain.states import HandoffState, PhoneTaskState
from bot.domain.tickets import TicketState
from bot.services.broadcast import listing
from bot.services.context import Context
from bot.services.suspension import looking
from bot.services.tables import table
from bot.services.tickets import board
from bot.services.within import within
from bot.store.care_models import RedFlag, Ticket
from bot.store.db import UnitOfWork
from bot.store.followup_models import Discharge, Followup
from bot.store.models import Handoff
from bot.store.push_models import PhoneTask

R, T, F, D = table(RedFlag), table(Ticket), table(Followup), table(Discharge)
P, H = table(PhoneTask), table(Handoff)
SHOWN = 8
"""Red flags listed; the rest are behind the link."""
_TICKETS = (TicketState.OPEN, TicketState.ASSIGNED, TicketState.REOPENED)
_FOLLOWUPS = (FollowupState.DUE, FollowupState.OVERDUE, FollowupState.CONTACTING)
_CALLS = (PhoneTaskState.OPEN, PhoneTaskState.TAKEN)


@dataclass(frozen=True, slots=True)
class Flag:
    """A danger nobody has finished with.  Says nothing of who the patient is."""

    id: int
    title: str
    level: FlagLevel
    state: FlagState
    ward: str
    deadline_at: datetime
    acknowledged_by: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """Something with a deadline: how many, and how many of them are late."""

    open: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """Follow-ups to be made, by state."""

    states: Mapping[FollowupState, int] = field(default_factory=dict)
    calls: int = 0
    """To be dialled (again) by now."""


def flags(uow: UnitOfWork, scope: Scope) -> tuple[int, Sequence[Flag]]:
    """How many are open, and the most pressing."""
    ours = and_(R.c.state != FlagState.CLOSED, within(scope, R.c.ward))
    total = _count(uow, select(func.count()).select_from(R).where(ours))
    columns = (R.c.id, R.c.title, R.c.level, R.c.state, R.c.ward, R.c.deadline_at, R.c.acknowledged_by)
    rows = uow.connection.execute(select(*columns).where(ours).order_by(R.c.deadline_at, R.c.id).limit(SHOWN))
    return total, [Flag(*row) for row in rows]


def tickets(uow: UnitOfWork, scope: Scope) -> Due:
    ours = and_(T.c.state.in_(_TICKETS), board.within(scope))
    return _due(uow, select(func.count()).select_from(T).where(ours), T.c.due_at <= uow.now)


def followups(uow: UnitOfWork, scope: Scope) -> Queue:
    """By state, and how many are to be dialled by now."""
    joined = F if scope.everything else F.join(D, D.c.id == F.c.discharge_id)
    ours = true() if scope.everything else within(scope, D.c.ward, D.c.department)
    open_ = select(F.c.state, func.count()).select_from(joined).where(F.c.state.in_(_FOLLOWUPS), ours)
    states = {FollowupState(row[0]): row[1] for row in uow.connection.execute(open_.group_by(F.c.state))}
    again = (
        F.c.state.in_((*_FOLLOWUPS, FollowupState.LOST)),
        F.c.next_call_at <= uow.now,
    )  # 再打一次 of the lost
    calls = select(func.count()).select_from(joined).where(*again, ours)
    return Queue(states, _count(uow, calls))


def calls(uow: UnitOfWork) -> Due:
    """The last rung of the pushes: people whom nothing reached."""
    return _due(uow, select(func.count()).select_from(P).where(P.c.state.in_(_CALLS)), P.c.due_at <= uow.now)


def conversations(uow: UnitOfWork) -> Due:
    """Patients who wait for a person in the chat; late after a quarter of an hour."""
    waiting = select(func.count()).select_from(H).where(H.c.state == HandoffState.WAITING)
    return _due(uow, waiting, H.c.opened_at <= uow.now - timedelta(minutes=15))


def suspensions(uow: UnitOfWork, context: Context, scope: Scope) -> Sequence[looking.Line]:
    """Those that run, the latest first."""
    return looking.listing(uow, context, scope, 1, running=True)[0][:SHOWN]


def broadcasts(uow: UnitOfWork) -> Sequence[listing.Line]:
    """Those that wait for approval, are being sent, or stand still."""
    return listing.open_ones(uow, SHOWN)


def day_of(uow: UnitOfWork, today: date, scope: Scope) -> int:
    """Follow-ups whose day is today, whatever has become of them: the day's load."""
    joined = F if scope.everything else F.join(D, D.c.id == F.c.discharge_id)
    ours = literal_column("1 = 1") if scope.everything else within(scope, D.c.ward, D.c.department)
    return _count(uow, select(func.count()).select_from(joined).where(F.c.due_on == today, ours))


def _due(uow: UnitOfWork, counted: Select[int], late: ColumnElement[bool]) -> Due:
    """Both in one look."""
    row = uow.connection.execute(counted.add_columns(func.sum(case((late, 1), else_=0)))).one()
    return Due(row[0], row[1] or 0)


def _count(uow: UnitOfWork, statement: Select[int]) -> int:
    return uow.connection.execute(statement).scalar_one()
