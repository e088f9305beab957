"""爽约: who did not come, for one visit or all of a clinic that is over; and what was marked by mistake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, insert, select, update

from bot.domain.roles import Scope
from bot.domain.states import APPOINTMENT, LIVE_APPOINTMENTS, AppointmentState
from bot.services import phone_tasks
from bot.services.appointments import A, C, S
from bot.services.context import Context
from bot.services.desk_booking.visiting import Done, NotNow, Stale, locked, move
from bot.services.desk_booking.whom import department_ids
from bot.services.pushes import void_many
from bot.services.reminders import scope_of
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent, AuditEntry
from bot.store.types import written

_S = AppointmentState
_EVENT, _AUDIT = insert(table(AppointmentEvent)).inline(), insert(table(AuditEntry)).inline()
MOST = 1000
"""Visits of one clinic: it has at most 500 numbers."""


@dataclass(frozen=True, slots=True)
class Missed:
    """How many visits of the clinic were marked."""

    visits: int


def no_show(uow: UnitOfWork, context: Context, appointment_id: int, version: int) -> Done | Stale | NotNow:
    """They did not come.  The seat stays as it is: nobody else can have it any more."""
    row = locked(uow, appointment_id, version)
    if isinstance(row, Stale):
        return row
    if _S.NO_SHOW not in APPOINTMENT[_S(row.state)]:
        return NotNow("state")
    if row.starts_at + timedelta(minutes=row.minutes) > context.now:
        return NotNow("going_on")
    move(uow, context, row, _S.NO_SHOW)
    _hush(uow, [row.id])
    return Done()


def came(uow: UnitOfWork, context: Context, appointment_id: int, version: int) -> Done | Stale | NotNow:
    """A check-in (that day) or a 爽约 that was marked by mistake: booked, as before.  What the visit had planned is
    still planned after a check-in; after a 爽约 nothing of it is to come."""
    row = locked(uow, appointment_id, version)
    if isinstance(row, Stale):
        return row
    if _S(row.state) not in (_S.CHECKED_IN, _S.NO_SHOW):
        return NotNow("state")
    if _S(row.state) is _S.CHECKED_IN and row.day != context.today:
        return NotNow("day")
    if _S(row.state) is _S.NO_SHOW and _booked_again(uow, row):
        return NotNow("again")
    move(uow, context, row, _S.BOOKED, kind=f"{row.state}_undone")
    return Done()


def missing(uow: UnitOfWork, context: Context, clinic_id: int) -> int | None:
    """How many of the clinic have not come; None while it is going on."""
    ends = select(func.max(S.c.starts_at)).where(S.c.clinic_id == clinic_id)
    last = uow.connection.execute(ends).scalar()
    if last is None or last + timedelta(minutes=30) > context.now:
        return None
    query = select(func.count()).select_from(A).where(_absent(clinic_id))
    return uow.connection.execute(query).scalar_one()


def all_no_shows(
    uow: UnitOfWork, context: Context, scope: Scope, clinic_id: int, agreed: int
) -> Missed | Stale | NotNow | None:
    """Everybody of a clinic that is over who has not checked in.  ``agreed``: as many as the page told; another
    number is `Stale`.  None: no such clinic within the scope."""
    ours = C.c.department_id.in_(sorted(department_ids(scope, context.directory)))
    if uow.connection.execute(select(C.c.id).where(C.c.id == clinic_id, ours)).first() is None:
        return None
    if missing(uow, context, clinic_id) is None:
        return NotNow("going_on")
    query = select(A.c.id, A.c.version).where(_absent(clinic_id)).order_by(A.c.id).limit(MOST)
    rows = uow.connection.execute(query.with_for_update()).fetchall()
    if len(rows) != agreed:
        return Stale()
    if rows:
        _mark(uow, context, rows)
    return Missed(len(rows))


def _mark(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    ids, actor, kind = [row.id for row in rows], context.actor, _S.NO_SHOW.value
    uow.connection.execute(update(A).where(A.c.id.in_(ids)).values(state=_S.NO_SHOW))
    stamp = context.now.isoformat()
    events = [
        {
            "appointment_id": row.id, "key": f"desk:{kind}:{row.id}:{stamp}", "kind": kind, "version": row.version,
            "refund_fen": 0, "actor": actor, "reason": "", "at": context.now,
        }
        for row in rows
    ]  # fmt: skip
    audits = [
        {
            "at": context.now, "actor": actor, "action": f"appointment.{kind}", "subject": f"appointment:{each}",
            "detail": {},
        }
        for each in ids
    ]  # fmt: skip
    uow.execute_many(_EVENT, events)
    uow.execute_many(_AUDIT, audits)
    _hush(uow, ids)


def _absent(clinic_id: int) -> ColumnElement[bool]:
    return and_(A.c.clinic_id == clinic_id, A.c.state == written(_S.BOOKED))


def _booked_again(uow: UnitOfWork, row: Record) -> bool:
    """The same patient has another live visit at the same clinic: they cannot have two."""
    live = A.c.state.in_([written(state) for state in LIVE_APPOINTMENTS])
    other = select(A.c.id).where(A.c.clinic_id == row.clinic_id, A.c.patient_id == row.patient_id, live)
    return uow.connection.execute(other.limit(1)).first() is not None


def _hush(uow: UnitOfWork, visits: list[int]) -> None:
    """Nobody is reminded of, or called about, a visit that is over."""
    scopes = [scope_of(each) for each in visits]
    void_many(uow, scopes, reason="no_show")
    phone_tasks.cancel(uow, scopes)
