"""The first outcome of a command that has been carried out already, from what its event remembers."""

from sqlalchemy import bindparam, select

from bot.domain.outcomes import Booked, Cancelled, Changed, Outcome
from bot.domain.states import AppointmentState
from bot.services.appointments import any_appointment_row, view_at
from bot.services.context import Context
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent

_E = table(AppointmentEvent)
_BY_KEY = select(_E).where(_E.c.key == bindparam("command_key"))


def first_outcome(uow: UnitOfWork, context: Context, key: str) -> Outcome | None:
    """What the key was answered with, as things stood then; None if it is new."""
    event = uow.execute(_BY_KEY, {"command_key": key}).first()
    if event is None:
        return None
    row = any_appointment_row(uow, context.account_id, event.appointment_id)
    assert row is not None  # the event refers to it
    booked = AppointmentState.BOOKED
    match event.kind:
        case "booked":
            return Booked(view_at(uow, context, row, seat_id=event.to_seat_id, version=1, state=booked))
        case "changed":
            to, came, version = event.to_seat_id, event.from_seat_id, event.version
            after = view_at(uow, context, row, seat_id=to, version=version, state=booked)
            before = view_at(uow, context, row, seat_id=came, version=version - 1, state=booked)
            return Changed(after, before)
        case "cancelled":
            cancelled = AppointmentState.CANCELLED
            seat, version = event.from_seat_id, event.version
            view = view_at(uow, context, row, seat_id=seat, version=version, state=cancelled)
            return Cancelled(view, event.refund_fen)
        case _:
            return None
