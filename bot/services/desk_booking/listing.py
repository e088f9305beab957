"""预约 as the window lists them: a day's by department, or those of whoever a search found; masked, bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select

from bot.domain.roles import Scope
from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView
from bot.services.appointments import ROWS, A, C, S, appointment_row, view_of
from bot.services.context import Context
from bot.services.desk_booking.whom import Sought, department_ids, patients
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent
from bot.store.types import written

PAGE = 50
_E = table(AppointmentEvent)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of what happened."""

    at: datetime
    kind: str
    actor: str
    reason: str
    refund_fen: int
    left: datetime | None
    """When the visit would have begun before this."""
    came: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An appointment with all that its page tells."""

    view: AppointmentView
    channel: str
    created_at: datetime
    events: tuple[Event, ...]


def day(
    uow: UnitOfWork, context: Context, scope: Scope, on: date, department: int | None,
    state: AppointmentState | None, number: int,
) -> tuple[Sequence[AppointmentView], bool]:  # fmt: skip
    """By time; and whether there is a further page."""
    among = department_ids(scope, context.directory)
    if department is not None:
        among = frozenset(among) & context.directory.within(department)
    query = ROWS.where(C.c.day == on, C.c.department_id.in_(sorted(among)))
    if state is not None:
        query = query.where(A.c.state == written(state))
    query = query.order_by(S.c.starts_at, A.c.id).limit(PAGE + 1).offset((number - 1) * PAGE)
    rows = uow.connection.execute(query).fetchall()
    views = [view_of(row, uow, context.directory, context.now) for row in rows[:PAGE]]
    return views, len(rows) > PAGE


def found(uow: UnitOfWork, context: Context, scope: Scope, sought: Sought) -> Sequence[AppointmentView]:
    """Of whom the words name, and the one whose voucher it is: newest first, at most a page."""
    people = [each.id for each in patients(uow, context, Scope(everything=True), sought)]
    conditions: list[ColumnElement[bool]] = [A.c.patient_id.in_(people)] if people else []
    if sought.code:
        conditions.append(A.c.code == sought.code)
    return _some(uow, context, scope, conditions)


def of_patient(uow: UnitOfWork, context: Context, scope: Scope, patient_id: str) -> Sequence[AppointmentView]:
    return _some(uow, context, scope, [A.c.patient_id == patient_id])


def older(
    uow: UnitOfWork, context: Context, patient_id: str, before: int, most: int
) -> Sequence[AppointmentView]:
    """Of one patient, those with smaller ids, the newest first."""
    query = ROWS.where(A.c.patient_id == patient_id, A.c.id < before).order_by(A.c.id.desc()).limit(most)
    return [view_of(row, uow, context.directory, context.now) for row in uow.connection.execute(query)]


def _some(
    uow: UnitOfWork, context: Context, scope: Scope, conditions: list[ColumnElement[bool]]
) -> Sequence[AppointmentView]:
    if not conditions:
        return ()
    ours = C.c.department_id.in_(sorted(department_ids(scope, context.directory)))
    query = ROWS.where(or_(*conditions), ours).order_by(S.c.starts_at.desc(), A.c.id.desc()).limit(PAGE)
    return [view_of(row, uow, context.directory, context.now) for row in uow.connection.execute(query)]


def one(uow: UnitOfWork, context: Context, scope: Scope, appointment_id: int) -> Shown | None:
    """None also where it is another department's."""
    row = appointment_row(uow, None, appointment_id)
    if row is None or row.department_id not in department_ids(scope, context.directory):
        return None
    view = view_of(row, uow, context.directory, context.now)
    query = select(A.c.channel, A.c.created_at).where(A.c.id == appointment_id)
    made = uow.connection.execute(query).one()
    return Shown(view, made.channel, made.created_at, _events(uow, appointment_id))


def _events(uow: UnitOfWork, appointment_id: int) -> tuple[Event, ...]:
    old, new = S.alias("old_slot"), S.alias("new_slot")
    query = (
        select(_E, old.c.starts_at.label("left_at"), new.c.starts_at.label("came_at"))
        .outerjoin(old, old.c.id == _E.c.from_slot_id)
        .outerjoin(new, new.c.id == _E.c.to_slot_id)
        .where(_E.c.appointment_id == appointment_id)
        .order_by(_E.c.id)
        .limit(100)
    )
    return tuple(
        Event(row.at, row.kind, row.actor, row.reason, row.refund_fen, row.left_at, row.came_at)
        for row in uow.connection.execute(query)
    )
