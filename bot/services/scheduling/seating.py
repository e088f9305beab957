"""Numbers taken from patients and given back to them (锁号、放号), each time with the reason."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update

from bot.domain.states import SEAT, ClinicState, SeatState
from bot.services.clinics import C, N
from bot.services.context import Context, audit
from bot.services.reshape import RETIRED
from bot.store.db import UnitOfWork

REASONS = {
    "channel": "留给其他渠道", "on_site": "留给现场患者", "doctor": "医生要求", "more": "加号",
    "mistake": "弄错了，改回来",
}  # fmt: skip
_LOCKS = tuple(state for state in (SeatState.FREE, SeatState.COOLING) if SeatState.LOCKED in SEAT[state])


@dataclass(frozen=True, slots=True)
class Set:
    """How many of those asked for; the others were not free (or not locked) any more."""

    seats: int


@dataclass(frozen=True, slots=True)
class NotOpen:
    """The clinic is suspended: its seats come back when the suspension is withdrawn."""


def lock(
    uow: UnitOfWork, context: Context, among: Collection[int], clinic_id: int, numbers: Collection[int], reason: str
) -> Set | NotOpen | None:  # fmt: skip
    """No patient gets these numbers.  What is sold stays sold.  None: no such clinic."""
    return _set(uow, context, among, clinic_id, numbers, reason, _LOCKS, SeatState.LOCKED)


def unlock(
    uow: UnitOfWork, context: Context, among: Collection[int], clinic_id: int, numbers: Collection[int], reason: str
) -> Set | NotOpen | None:  # fmt: skip
    """Anybody may book them now; what a suspension has locked stays so."""
    return _set(uow, context, among, clinic_id, numbers, reason, (SeatState.LOCKED,), SeatState.FREE)


def _set(
    uow: UnitOfWork, context: Context, among: Collection[int], clinic_id: int, numbers: Collection[int], reason: str,
    before: Collection[SeatState], after: SeatState,
) -> Set | NotOpen | None:  # fmt: skip
    if reason not in REASONS:
        raise ValueError(f"{reason}: {', '.join(REASONS)}")
    query = select(C.c.state).where(C.c.id == clinic_id, C.c.department_id.in_(sorted(among)))
    row = uow.connection.execute(query.with_for_update()).first()
    if row is None:
        return None
    if row.state != ClinicState.OPEN:
        return NotOpen()
    statement = (
        update(N)
        .where(N.c.clinic_id == clinic_id, N.c.number.in_(sorted(numbers)), N.c.number < RETIRED)
        .where(N.c.state.in_(before), N.c.suspended_by.is_(None))
        .values(state=after, release_at=None)
        .returning(N.c.number)
    )
    done = sorted(row.number for row in uow.connection.execute(statement))
    if done:
        uow.connection.execute(update(C).where(C.c.id == clinic_id).values(version=C.c.version + 1))
        audit(
            uow, context, "seat.locked" if after is SeatState.LOCKED else "seat.unlocked", f"clinic:{clinic_id}",
            numbers=",".join(map(str, done)), reason=reason,
        )  # fmt: skip
    return Set(len(done))
