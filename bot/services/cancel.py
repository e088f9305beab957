"""退号: until the deadline (R17); the seat cools down before anybody can have it."""

from dataclasses import replace

from sqlalchemy import bindparam, update

from bot.domain.commands import Cancel, GiveUp
from bot.domain.outcomes import Cancelled, NotLive, NotYours, Outcome, Refused
from bot.domain.rules import refund_fen, refuse_cancel
from bot.domain.states import APPOINTMENT, AppointmentState, step
from bot.services.appointments import appointment_row, view_of
from bot.services.change import MOVABLE, cooling
from bot.services.context import Context, record
from bot.services.reminders import Visit, cancelled
from bot.services.suspension.answers import decline
from bot.services.suspension.rows import live_case_of
from bot.services.tables import table
from bot.store import seats
from bot.store.db import UnitOfWork
from bot.store.models import Appointment

_T = table(Appointment)
_CANCEL = update(_T).where(_T.c.id == bindparam("appointment"))


def cancel(command: Cancel, uow: UnitOfWork, context: Context) -> Outcome:
    row = appointment_row(uow, context.account_id, command.appointment_id, lock=True)
    if row is None:
        return Refused(NotYours())
    before = view_of(row, uow, context.directory, context.now)
    if (
        before.state is AppointmentState.SUSPENDED
    ):  # they say that they do not come: no need to call them (R18)
        case_id = live_case_of(uow, before.id)
        return (
            Refused(NotLive(before))
            if case_id is None
            else decline(GiveUp(command.key, case_id), uow, context)
        )
    if before.state not in MOVABLE:
        return Refused(NotLive(before))
    policy = context.directory.policy(context.today, row.department_id, row.doctor_id)
    because = refuse_cancel(before.starts_at, policy, context.now)
    if because is not None:
        return Refused(because)
    refund = refund_fen(before.fee_fen, before.starts_at, policy, context.now)
    state = step(APPOINTMENT, before.state, AppointmentState.CANCELLED)
    values = {"state": state, "cancelled_at": context.now, "hold_expires_at": None}
    uow.connection.execute(_CANCEL.values(values), {"appointment": before.id})
    seats.give_back(uow, row.seat_id, uow.now + cooling(policy, context.rng))
    record(
        uow, context, appointment_id=before.id, key=command.key, kind="cancelled", version=before.version,
        from_slot_id=row.slot_id, from_seat_id=row.seat_id, refund_fen=refund, reason=command.reason,
    )  # fmt: skip
    cancelled(uow, context, Visit(row.id, row.version, row.patient_id, row.account_id, row.starts_at))
    return Cancelled(replace(before, state=state), refund)
