"""排班 of a department's week with what is taken, and the 号 of one clinic: a few queries each, however many seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from bot.domain.masking import mask_name
from bot.domain.names import title_rank
from bot.domain.roles import Scope
from bot.domain.states import LIVE_APPOINTMENTS, AppointmentState, ClinicState, SeatState
from bot.domain.views import DoctorView, Period
from bot.services.appointments import A, C, N, S
from bot.services.context import Context
from bot.services.desk_booking.whom import department_ids
from bot.services.people import P, plain
from bot.services.reshape import RETIRED
from bot.store.db import UnitOfWork
from bot.store.types import written

_VISIT = (A.c.id, A.c.state.label("visit"), A.c.patient_id, P.c.name)
_SHOWN = (*LIVE_APPOINTMENTS, AppointmentState.DONE, AppointmentState.NO_SHOW)
"""Visits whose seat nobody else can have any more."""
_TAKEN = (SeatState.HELD, SeatState.BOOKED, SeatState.USED)


@dataclass(frozen=True, slots=True)
class Cell:
    """One clinic with its seats."""

    id: int
    day: date
    period: Period
    kind: str
    fee_fen: int
    location: str
    state: ClinicState
    doctor: DoctorView
    seats: Mapping[SeatState, int]
    version: int

    @property
    def total(self) -> int:
        return sum(self.seats.values())

    @property
    def taken(self) -> int:
        return sum(self.seats.get(state, 0) for state in _TAKEN)

    @property
    def free(self) -> int:
        return self.seats.get(SeatState.FREE, 0)

    @property
    def kept(self) -> int:
        """Numbers that patients cannot book: other channels', or locked."""
        return self.seats.get(SeatState.LOCKED, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A doctor's week."""

    doctor: DoctorView
    cells: Mapping[tuple[date, Period], Cell]


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One 号, and whose it is."""

    number: int
    state: SeatState
    by_suspension: bool
    """A suspension has locked it, and gives it back when it is withdrawn."""
    starts_at: datetime
    minutes: int
    appointment_id: int | None
    appointment_state: AppointmentState | None
    masked_name: str


def week(uow: UnitOfWork, context: Context, department: int, monday: date) -> list[Line]:
    """Doctors of the department and of those below it, by title."""
    among = context.directory.within(department)
    days = (C.c.day >= monday, C.c.day < monday + timedelta(days=7))
    cells = _cells(uow, context, and_(C.c.department_id.in_(sorted(among)), *days))
    by_doctor: dict[int, dict[tuple[date, Period], Cell]] = {}
    doctors: dict[int, DoctorView] = {}
    for cell in cells:
        doctors[cell.doctor.id] = cell.doctor
        by_doctor.setdefault(cell.doctor.id, {})[cell.day, cell.period] = cell
    ranked = sorted(doctors.values(), key=lambda doctor: (title_rank(doctor.title), doctor.id))
    return [Line(doctor, by_doctor[doctor.id]) for doctor in ranked]


def clinic(uow: UnitOfWork, context: Context, scope: Scope, clinic_id: int) -> Cell | None:
    """None also where it is another department's."""
    ours = C.c.department_id.in_(sorted(department_ids(scope, context.directory)))
    cells = _cells(uow, context, and_(C.c.id == clinic_id, ours))
    return cells[0] if cells else None


def seats(uow: UnitOfWork, clinic_id: int) -> Sequence[SeatLine]:
    """By number, with the visit of each: who has it, has been, or did not come."""
    states = [written(state) for state in _SHOWN]
    theirs = and_(A.c.seat_id == N.c.id, A.c.clinic_id == clinic_id, A.c.state.in_(states))
    query = (
        select(N.c.number, N.c.state, N.c.suspended_by, S.c.starts_at, S.c.minutes, *_VISIT)
        .join_from(N, S, S.c.id == N.c.slot_id)
        .outerjoin(A, theirs)
        .outerjoin(P, P.c.id == A.c.patient_id)
        .where(N.c.clinic_id == clinic_id, N.c.number < RETIRED)
        .order_by(N.c.number)
    )
    return [
        SeatLine(
            row.number, SeatState(row.state), row.suspended_by is not None, row.starts_at, row.minutes, row.id,
            None if row.visit is None else AppointmentState(row.visit),
            "" if row.name is None else mask_name(plain(uow.keys, "name", row.patient_id, row.name)),
        )
        for row in uow.connection.execute(query)
    ]  # fmt: skip


def _cells(uow: UnitOfWork, context: Context, which: ColumnElement[bool]) -> list[Cell]:
    clinics = uow.connection.execute(select(C).where(which)).fetchall()
    counted = uow.connection.execute(
        select(N.c.clinic_id, N.c.state, func.count().label("many"))
        .where(N.c.clinic_id.in_([row.id for row in clinics]), N.c.number < RETIRED)
        .group_by(N.c.clinic_id, N.c.state)
    )
    seats: dict[int, dict[SeatState, int]] = {}
    for row in counted:
        seats.setdefault(row.clinic_id, {})[SeatState(row.state)] = row.many
    directory = context.directory
    return [
        Cell(
            row.id, row.day, Period(row.period), row.kind, row.fee_fen,
            row.location or directory.departments[row.department_id].location, ClinicState(row.state),
            directory.doctor(row.doctor_id, row.department_id), seats.get(row.id, {}),
            row.version,
        )
        for row in clinics
    ]  # fmt: skip
