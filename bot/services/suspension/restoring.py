"""Giving visits back whose suspension was withdrawn before their patients answered: a batch in a few statements."""

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.domain.states import APPOINTMENT, AppointmentState, SeatState, step
from bot.domain.suspension import CaseState
from bot.services import reminders
from bot.services.appointments import A, N
from bot.services.context import Context
from bot.services.reminders import Visit
from bot.services.suspension import telling, visits
from bot.services.suspension.closing import close_many
from bot.services.suspension.scope import LIVE_VISIT
from bot.services.suspension.settling import give_up, is_affected, is_live, settled_themselves
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import written


def restore(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    """Each to its old seat; given up with the whole fee where that cannot be: it is over, or they have booked anew."""
    affected = [row for row in rows if is_affected(row)]
    for row in rows:
        if row not in affected:
            settled_themselves(uow, context, row)
    untouched = [row for row in affected if is_live(row)]
    suspended = [row for row in affected if not is_live(row)]
    returned = _seated(uow, _free_to_return(uow, suspended))
    close_many(uow, context, [*untouched, *returned], CaseState.WITHDRAWN, "restored")
    if returned:
        _stand(uow, context, returned)
    for row in suspended:
        if row not in returned:
            give_up(uow, context, row, outcome="not_restored")


def _free_to_return(uow: UnitOfWork, rows: Sequence[Record]) -> list[Record]:
    """Still to come, and the patient has no other visit in that clinic by now: one each (R2)."""
    coming = [row for row in rows if row.starts_at > uow.now]
    patients, clinics = {row.patient_id for row in coming}, {row.clinic_id for row in coming}
    found = uow.connection.execute(
        select(A.c.patient_id, A.c.clinic_id).where(
            A.c.patient_id.in_(patients), A.c.clinic_id.in_(clinics), LIVE_VISIT
        )
    )
    taken = {(row.patient_id, row.clinic_id) for row in found}
    free: dict[tuple[str, int], Record] = {}
    for row in coming:
        if (row.patient_id, row.clinic_id) not in taken:
            free.setdefault((row.patient_id, row.clinic_id), row)
    return list(free.values())


def _seated(uow: UnitOfWork, rows: Sequence[Record]) -> list[Record]:
    """Those whose old seats were still locked for them: now booked again."""
    taken = uow.connection.execute(
        update(N)
        .where(N.c.id.in_([row.seat_id for row in rows]), N.c.state == written(SeatState.LOCKED))
        .values(state=SeatState.BOOKED, suspended_by=None)
        .returning(N.c.id)
    )
    seats = {row.id for row in taken}
    return [row for row in rows if row.seat_id in seats]


def _stand(uow: UnitOfWork, context: Context, rows: Sequence[Record]) -> None:
    """They take place after all: told, and reminded of as before."""
    for row in rows:
        step(APPOINTMENT, AppointmentState(row.appointment_state), AppointmentState.BOOKED)
    uow.connection.execute(
        update(A)
        .where(A.c.id.in_([row.appointment_id for row in rows]))
        .values(state=AppointmentState.BOOKED, version=A.c.version + 1)
    )
    visits.record_many(uow, context, "restored", rows)
    telling.tell(uow, context, telling.WITHDRAWN, [(row, row.version + 1) for row in rows])
    reminders.restored(uow, context, [_visit(row) for row in rows])


def _visit(row: Record) -> Visit:
    version = row.appointment_version + 1
    return Visit(row.appointment_id, version, row.patient_id, row.account_id, row.starts_at)
