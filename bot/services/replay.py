"""The first outcome of a command that has been carried out already, from what its event remembers."""

from sqlalchemy import bindparam, select

from bot.domain.outcomes import Booked, Cancelled, Changed, GivenUp, Outcome, Rebooked
from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView
from bot.services.appointments import any_appointment_row, view_at
from bot.services.context import Context
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent

NEW = ":new"
"""Ends the key of the booking that takes a suspended visit's place."""
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
        case "rebooked":
            new = first_outcome(uow, context, key + NEW)
            assert isinstance(new, Booked)  # written in the same transaction
            return Rebooked(new.appointment, _suspended(uow, context, row, event))
        case "given_up":
            return GivenUp(_suspended(uow, context, row, event), event.refund_fen)
        case _:
            return None


def _suspended(uow: UnitOfWork, context: Context, row: Record, event: Record) -> AppointmentView:
    """The visit that could not take place, as it stood when it was answered for."""
    seat, version, state = event.from_seat_id, event.version, AppointmentState.SUSPENDED
    return view_at(uow, context, row, seat_id=seat, version=version, state=state)
