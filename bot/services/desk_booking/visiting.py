"""What the window does to a visit: check in, done, and change or cancel as it was seen (compare-and-set)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import update

from bot.domain.commands import Cancel, Change
from bot.domain.outcomes import Outcome
from bot.domain.states import APPOINTMENT, SEAT, AppointmentState, SeatState, step
from bot.services import cancel, change
from bot.services.appointments import A, N, appointment_row
from bot.services.context import Context, record
from bot.services.reminders import Visit, seen
from bot.services.replay import first_outcome
from bot.services.tables import Record
from bot.store.db import UnitOfWork

FURTHEST = timedelta(days=366)
"""Of a day to come back."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The visit is not as the page showed it."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Not on this day, not at this hour, or not in this state."""

    why: str
    """day | state | revisit | going_on | again"""


@dataclass(frozen=True, slots=True)
class Done:
    """It has been written."""


def check_in(uow: UnitOfWork, context: Context, appointment_id: int, version: int) -> Done | Stale | NotNow:
    """They are here.  Their seat stays theirs."""
    row = locked(uow, appointment_id, version)
    if isinstance(row, Stale):
        return row
    if row.day != context.today:
        return NotNow("day")
    if AppointmentState.CHECKED_IN not in APPOINTMENT[AppointmentState(row.state)]:
        return NotNow("state")
    move(uow, context, row, AppointmentState.CHECKED_IN)
    return Done()


def finish(
    uow: UnitOfWork, context: Context, appointment_id: int, version: int, revisit: date | None
) -> Done | Stale | NotNow:
    """Seen by the doctor: the caring message is planned (R51), and the reminder of the day to come back (R33)."""
    row = locked(uow, appointment_id, version)
    if isinstance(row, Stale):
        return row
    if AppointmentState.DONE not in APPOINTMENT[AppointmentState(row.state)]:
        return NotNow("state")
    if revisit is not None and not context.today < revisit <= context.today + FURTHEST:
        return NotNow("revisit")
    move(uow, context, row, AppointmentState.DONE)
    used = step(SEAT, SeatState.BOOKED, SeatState.USED)
    uow.connection.execute(
        update(N).where(N.c.id == row.seat_id, N.c.state == SeatState.BOOKED).values(state=used)
    )
    visit = Visit(row.id, row.version, row.patient_id, row.account_id, row.starts_at)
    if row.patient_deceased_at is None:  # nobody who died is ever messaged (R30)
        seen(uow, context, visit, revisit=revisit)
    return Done()


def settle(uow: UnitOfWork, context: Context, command: Change | Cancel, version: int) -> Outcome | Stale:
    """Change or cancel what the page showed; the same button pressed twice has the first answer again."""
    first = first_outcome(uow, context, command.key)
    if first is not None:
        return first
    row = locked(uow, command.appointment_id, version)
    if isinstance(row, Stale):
        return row
    if isinstance(command, Change):
        return change.change(command, uow, context)
    return cancel.cancel(command, uow, context)


def locked(uow: UnitOfWork, appointment_id: int, version: int) -> Record | Stale:
    """As it was seen: ``version`` rises with every change of the time; the states say the rest."""
    row = appointment_row(uow, None, appointment_id, lock=True)
    return row if row is not None and row.version == version else Stale()


def move(uow: UnitOfWork, context: Context, row: Record, state: AppointmentState, *, kind: str = "") -> None:
    """The locked row into its next state; ``kind``: what the event is called, where not as the state."""
    after = step(APPOINTMENT, AppointmentState(row.state), state)
    uow.connection.execute(update(A).where(A.c.id == row.id).values(state=after))
    record(
        uow, context, appointment_id=row.id, key=f"desk:{kind or state.value}:{row.id}:{context.now.isoformat()}",
        kind=kind or state.value, version=row.version,
    )  # fmt: skip
