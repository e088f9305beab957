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
    """Only on the day of the visit, and only in the state before."""

    why: str
    """day | state | revisit"""


@dataclass(frozen=True, slots=True)
class Done:
    """It has been written."""


def check_in(uow: UnitOfWork, context: Context, appointment_id: int, version: int) -> Done | Stale | NotNow:
    """They are here.  Their seat stays theirs."""
    row = _locked(uow, appointment_id, version)
    if isinstance(row, Stale):
        return row
    if row.day != context.today:
        return NotNow("day")
    if AppointmentState.CHECKED_IN not in APPOINTMENT[AppointmentState(row.state)]:
        return NotNow("state")
    _move(uow, context, row, AppointmentState.CHECKED_IN)
    return Done()


def finish(
    uow: UnitOfWork, context: Context, appointment_id: int, version: int, revisit: date | None
) -> Done | Stale | NotNow:
    """Seen by the doctor: the caring message is planned (R51), and the reminder of the day to come back (R33)."""
    row = _locked(uow, appointment_id, version)
    if isinstance(row, Stale):
        return row
    if AppointmentState.DONE not in APPOINTMENT[AppointmentState(row.state)]:
        return NotNow("state")
    if revisit is not None and not context.today < revisit <= context.today + FURTHEST:
        return NotNow("revisit")
    _move(uow, context, row, AppointmentState.DONE)
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
    row = _locked(uow, command.appointment_id, version)
    if isinstance(row, Stale):
        return row
    if isinstance(command, Change):
        return change.change(command, uow, context)
    return cancel.cancel(command, uow, context)


def _locked(uow: UnitOfWork, appointment_id: int, version: int) -> Record | Stale:
    """``version`` rises with every change of the time; the states say the rest."""
    row = appointment_row(uow, None, appointment_id, lock=True)
    return row if row is not None and row.version == version else Stale()


def _move(uow: UnitOfWork, context: Context, row: Record, state: AppointmentState) -> None:
    after = step(APPOINTMENT, AppointmentState(row.state), state)
    uow.connection.execute(update(A).where(A.c.id == row.id).values(state=after))
    record(
        uow, context, appointment_id=row.id, key=f"desk:{state.value}:{row.id}:{context.now.isoformat()}",
        kind=state.value, version=row.version,
    )  # fmt: skip
