"""Bringing a published clinic to what the office says now: never below what is sold, never moving what is sold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, select, update

from bot.domain.states import LIVE_APPOINTMENTS, SeatState
from bot.services.appointments import RETIRED as RETIRED
from bot.services.appointments import A
from bot.services.clinics import C, ClinicPlan, N, Place, S, add_slots
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent

E = table(AppointmentEvent)
_SOLD = (SeatState.BOOKED, SeatState.HELD)
_UNSOLD = (SeatState.FREE, SeatState.COOLING)


@dataclass(frozen=True, slots=True)
class Standing:
    """A clinic as it stands."""

    clinic: Record
    seats: tuple[tuple[int, datetime, SeatState], ...]
    """Number, beginning of its slot, state."""

    @property
    def capacity(self) -> int:
        return sum(state is not SeatState.LOCKED for _, _, state in self.seats)


def standing(uow: UnitOfWork, first: date, last: date) -> dict[Place, Standing]:
    """All clinics of these days."""
    return standing_of(uow, and_(C.c.day >= first, C.c.day <= last))


def standing_of(uow: UnitOfWork, which: ColumnElement[bool]) -> dict[Place, Standing]:
    """Those clinics, with their seats, in two queries."""
    connection = uow.connection
    clinics = connection.execute(select(C).where(which)).fetchall()
    seats: dict[int, list[tuple[int, datetime, SeatState]]] = {}
    rows = connection.execute(
        select(N.c.clinic_id, N.c.number, S.c.starts_at, N.c.state)
        .join_from(N, S, S.c.id == N.c.slot_id)
        .join(C, C.c.id == N.c.clinic_id)
        .where(which)
        .order_by(N.c.clinic_id, N.c.number)
    )
    for row in rows:
        seats.setdefault(row.clinic_id, []).append((row.number, row.starts_at, SeatState(row.state)))
    return {
        (row.doctor_id, row.day, row.period): Standing(row, tuple(seats.get(row.id, ()))) for row in clinics
    }


def reshape(
    uow: UnitOfWork,
    there: Standing,
    plan: ClinicPlan,
    *,
    told: Collection[str],
    displaced: list[int] | None = None,
) -> bool | str:
    """Whether anything changed; or in Chinese why it cannot be (R12: what is published binds).

    ``told``: the columns of the file; what it does not speak of stays as it is.  ``displaced`` takes the appointments
    that lose their seats; None: then nothing is done that would take one.
    """
    wanted = {number: slot.starts_at for slot in plan.slots() for number in slot.numbers}
    moved = any(wanted.get(number, begins) != begins for number, begins, _ in there.seats)
    resized: bool | str = False
    if moved:
        resized = _rebuild(uow, there, plan, displaced)
    elif plan.seats > there.capacity:
        resized = _grow(uow, there, plan)
    elif plan.seats < there.capacity:
        resized = _shrink(uow, there, there.capacity - plan.seats, displaced)
    if isinstance(resized, str):
        return resized
    return _relabel(uow, there, plan, told, force=resized) or resized


def _relabel(
    uow: UnitOfWork, there: Standing, plan: ClinicPlan, told: Collection[str], *, force: bool
) -> bool:
    """Fee, kind and room: they hold for whoever books from now on."""
    values = {
        "department": ("department_id", plan.department_id),
        "kind": ("kind", plan.kind),
        "fee": ("fee_fen", plan.fee_fen),
        "location": ("location", plan.location),
    }
    row = there.clinic._mapping
    spoken = (pair for column, pair in values.items() if column in told)
    different = {name: value for name, value in spoken if row[name] != value}
    if not different and not force:
        return False
    statement = update(C).where(C.c.id == there.clinic.id).values(**different, version=C.c.version + 1)
    uow.connection.execute(statement)
    return True


def _rebuild(uow: UnitOfWork, there: Standing, plan: ClinicPlan, displaced: list[int] | None) -> bool | str:
    connection, clinic_id = uow.connection, there.clinic.id
    connection.execute(select(C.c.id).where(C.c.id == clinic_id).with_for_update())  # who books waits for us
    # Also by somebody who has moved away: a retry is told the seat it got then.
    ever = select(S.c.id).where(S.c.clinic_id == clinic_id, S.c.id.in_(select(E.c.to_slot_id)))
    if connection.execute(ever.limit(1)).first() is not None:
        if displaced is None:
            return "已有人预约，不能改时段的划分（每号分钟、开始时间）"
        return _recut(uow, there, plan, displaced)
    connection.execute(delete(N).where(N.c.clinic_id == clinic_id))
    connection.execute(delete(S).where(S.c.clinic_id == clinic_id))
    add_slots(uow, [(clinic_id, plan.slots(), plan.seats)])
    return True


def _recut(uow: UnitOfWork, there: Standing, plan: ClinicPlan, displaced: list[int]) -> bool:
    """The new division beside the old one, whose seats are put aside: old appointments and retries speak of them.
    Who has a number that keeps its time keeps the seat."""
    wanted = {number: slot.starts_at for slot in plan.slots() for number in slot.numbers}
    sold = {n for n, _, state in there.seats if state in _SOLD}
    kept = {n for n, begins, _ in there.seats if n in sold and wanted.get(n) == begins}
    gone = [n for n, _, _ in there.seats if n not in kept and n < RETIRED]
    displaced.extend(_live(uow, there, [n for n in gone if n in sold]))
    highest = max((n for n, _, _ in there.seats), default=0)
    mine = (N.c.clinic_id == there.clinic.id, N.c.number.in_(gone))
    unsold = (*mine, N.c.state.in_(_UNSOLD))
    uow.connection.execute(update(N).where(*unsold).values(state=SeatState.LOCKED, release_at=None))
    aside = RETIRED * (highest // RETIRED + 1)
    uow.connection.execute(update(N).where(*mine).values(number=N.c.number + aside))
    missing = [number for number in wanted if number not in kept]
    add_slots(uow, [(there.clinic.id, plan.only(missing), plan.seats)])
    return True


def _live(uow: UnitOfWork, there: Standing, numbers: Collection[int]) -> list[int]:
    """The appointments that have these numbers."""
    mine = (A.c.clinic_id == there.clinic.id, A.c.state.in_(LIVE_APPOINTMENTS), N.c.number.in_(numbers))
    found = uow.connection.execute(select(A.c.id).join_from(A, N, N.c.id == A.c.seat_id).where(*mine))
    return [row.id for row in found]


def _grow(uow: UnitOfWork, there: Standing, plan: ClinicPlan) -> bool:
    """First the locked numbers again, lowest first, then new ones."""
    missing = plan.seats - there.capacity
    locked = [number for number, _, state in there.seats if state is SeatState.LOCKED and number < RETIRED]
    locked = locked[:missing]
    if locked:
        _set(uow, there, locked, SeatState.FREE, (SeatState.LOCKED,))
    known = {number for number, _, _ in there.seats}
    fresh = [number for slot in plan.slots() for number in slot.numbers if number not in known]
    add_slots(uow, [(there.clinic.id, plan.only(fresh[: missing - len(locked)]), plan.seats)])
    return True


def _shrink(uow: UnitOfWork, there: Standing, surplus: int, displaced: list[int] | None) -> bool | str:
    """The highest unsold numbers are locked, not deleted: old appointments may speak of them.  Where more have to go,
    the highest sold ones."""
    unsold = [number for number, _, state in there.seats if state in _UNSOLD]
    if displaced is not None and len(unsold) < surplus:
        sold = [number for number, _, state in there.seats if state in _SOLD]
        displaced.extend(_live(uow, there, sold[len(unsold) - surplus :]))
        surplus = len(unsold)
    chosen = unsold[-surplus:] if surplus else []
    if len(unsold) < surplus or _set(uow, there, chosen, SeatState.LOCKED, _UNSOLD) < surplus:
        least = there.capacity - len(unsold)
        return f"已约出 {least} 个号，号数不能少于 {least}"
    return True


def _set(
    uow: UnitOfWork, there: Standing, numbers: list[int], state: SeatState, among: tuple[SeatState, ...]
) -> int:
    statement = (
        update(N)
        .where(N.c.clinic_id == there.clinic.id, N.c.number.in_(numbers), N.c.state.in_(among))
        .values(state=state, release_at=None)
    )
    return uow.connection.execute(statement).rowcount
