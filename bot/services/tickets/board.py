"""The board of tickets: pages of lines within somebody's wards and departments, and how many of each state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select, true

from bot.domain.roles import Scope
from bot.domain.tickets import WITH_STAFF, TicketKind, TicketState
from bot.services.context import Context
from bot.services.tickets import desk
from bot.services.tickets.desk import Line
from bot.services.tickets.rows import T
from bot.store.db import UnitOfWork

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; empty: everything."""

    state: TicketState | None = None
    """None: whatever waits for staff."""
    kind: TicketKind | None = None
    department: str = ""
    owner: str = ""
    overdue: bool = False


def within(scope: Scope) -> ColumnElement[bool]:
    """Rows of these wards and departments: theirs to begin with, or given to them."""
    if scope.everything:
        return true()
    names = sorted(scope.wards | scope.departments)
    return or_(T.c.department.in_(names), T.c.assigned_to.in_(names)) if names else false()


def page(
    uow: UnitOfWork, context: Context, scope: Scope, wanted: Filter, number: int
) -> tuple[Sequence[Line], bool]:
    """The most urgent first, what is closed newest first; and whether there is a further page."""
    done = wanted.state is TicketState.CLOSED
    order = (T.c.closed_at.desc(), T.c.id.desc()) if done else (T.c.due_at, T.c.id)
    query = select(*desk.COLUMNS).where(within(scope), *_conditions(context, wanted)).order_by(*order)
    rows = uow.connection.execute(query.limit(PAGE + 1).offset((number - 1) * PAGE)).all()
    return [desk.line(row, context) for row in rows[:PAGE]], len(rows) > PAGE


def after(
    uow: UnitOfWork, context: Context, scope: Scope, wanted: Filter, since: int, most: int
) -> Sequence[Line]:
    """In the order in which they were opened, those after the id ``since``."""
    query = select(*desk.COLUMNS).where(within(scope), *_conditions(context, wanted), T.c.id > since)
    return [desk.line(row, context) for row in uow.connection.execute(query.order_by(T.c.id).limit(most))]


def counts(uow: UnitOfWork, scope: Scope) -> Mapping[TicketState, int]:
    grouped = select(T.c.state, func.count()).where(within(scope)).group_by(T.c.state)
    return {TicketState(row[0]): row[1] for row in uow.connection.execute(grouped)}


def late(uow: UnitOfWork, context: Context, scope: Scope) -> int:
    overdue = (T.c.state.in_(WITH_STAFF), T.c.due_at <= context.now)
    return uow.connection.execute(
        select(func.count()).select_from(T).where(within(scope), *overdue)
    ).scalar_one()


def departments(uow: UnitOfWork, scope: Scope) -> Sequence[str]:
    """Those that have tickets, for the filter."""
    found = select(T.c.department).where(within(scope)).distinct().order_by(T.c.department)
    return list(uow.connection.execute(found).scalars())


def one(uow: UnitOfWork, context: Context, scope: Scope, ticket_id: int) -> Line | None:
    """Its line, if it is within the scope."""
    row = uow.connection.execute(select(*desk.COLUMNS).where(T.c.id == ticket_id, within(scope))).first()
    return None if row is None else desk.line(row, context)


def visible(uow: UnitOfWork, scope: Scope, ticket_id: int) -> bool:
    """Whether a ticket is within the scope; that it exists is nobody else's business."""
    found = select(T.c.id).where(T.c.id == ticket_id, within(scope))
    return uow.connection.execute(found).first() is not None


def _conditions(context: Context, wanted: Filter) -> list[ColumnElement[bool]]:
    states = WITH_STAFF if wanted.state is None else (wanted.state,)
    found: list[ColumnElement[bool]] = [T.c.state.in_(states)]
    if wanted.kind is not None:
        found.append(T.c.kind == wanted.kind)
    if wanted.department:
        found.append(or_(T.c.department == wanted.department, T.c.assigned_to == wanted.department))
    if wanted.owner:
        found.append(or_(T.c.owner == wanted.owner, T.c.assigned_to == wanted.owner))
    if wanted.overdue:
        found += [T.c.state.in_(WITH_STAFF), T.c.due_at <= context.now]
    return found
