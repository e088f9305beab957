"""Claiming and giving back what is scarce.  Two buyers never get one seat: the row's lock decides, not a counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, func, select, update

from bot.domain.states import SEAT, SeatState
from bot.store.db import UnitOfWork
from bot.store.models import Seat, table
from bot.store.types import written

_RECHECKS = 5

_free = (
    select(Seat.id).where(Seat.slot_id == bindparam("slot"), Seat.state == written(SeatState.FREE)).limit(1)
)
_lowest = _free.order_by(Seat.number)


def _taking(*, skip_locked: bool) -> Update:
    """SQLite compiles no FOR UPDATE: there BEGIN IMMEDIATE has made us the only writer already."""
    pick = _lowest.with_for_update(skip_locked=skip_locked).scalar_subquery()
    return (
        update(table(Seat))
        .where(Seat.id == pick)
        .values(state=bindparam("becomes", type_=Seat.state.type))
        .returning(Seat.id, Seat.clinic_id, Seat.number)
    )


_take_unlocked = _taking(skip_locked=True)
_take_waiting = _taking(skip_locked=False)

_some = _lowest.limit(bindparam("many")).with_for_update(skip_locked=True)


def _taking_some(dialect: str) -> Update:
    """On PostgreSQL as an array: planned as a join, the seats would be picked more than once."""
    among = table(Seat).c.id
    picked = (
        among == func.any(func.array(_some.scalar_subquery()))
        if dialect == "postgresql"
        else among.in_(_some)
    )
    return (
        update(table(Seat))
        .where(picked)
        .values(state=bindparam("becomes", type_=Seat.state.type))
        .returning(Seat.id, Seat.clinic_id, Seat.number)
    )


_take_some = {dialect: _taking_some(dialect) for dialect in ("postgresql", "sqlite")}

_cool = (
    update(table(Seat))
    .where(Seat.id == bindparam("seat"))
    .where(Seat.state.in_([written(state) for state in SeatState if SeatState.COOLING in SEAT[state]]))
    .values(state=SeatState.COOLING, release_at=bindparam("release", type_=Seat.release_at.type))
)
_release = (
    update(table(Seat))
    .where(
        Seat.state == written(SeatState.COOLING),
        Seat.release_at <= bindparam("now", type_=Seat.release_at.type),
    )
    .values(state=SeatState.FREE, release_at=None)
)

_settle = (
    update(table(Seat))
    .where(Seat.id == bindparam("seat"), Seat.state == written(SeatState.HELD))
    .values(state=SeatState.BOOKED)
    .returning(Seat.id, Seat.clinic_id, Seat.number)
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A seat that is ours until the transaction ends, and after it if it commits."""

    id: int
    clinic_id: int
    number: int


def claim(uow: UnitOfWork, slot_id: int, state: SeatState = SeatState.BOOKED) -> Claimed | None:
    """The slot's lowest free number, now in ``state`` (booked, or held while unpaid); None if there is none.

    SKIP LOCKED passes over a seat whose buyer may still roll back.  So before saying "full" we wait for those
    buyers, and only a slot without a free row is full.
    """
    if state not in SEAT[SeatState.FREE]:
        raise ValueError(f"a free seat cannot become {state}")
    seat = _take(uow, _take_unlocked, slot_id, state)
    for _ in range(_RECHECKS):
        if seat is not None or uow.execute(_free, {"slot": slot_id}).first() is None:
            return seat
        seat = _take(uow, _take_waiting, slot_id, state)
    return seat


def claim_some(uow: UnitOfWork, slot_id: int, many: int, state: SeatState) -> list[Claimed]:
    """Up to so many of the slot's lowest free numbers; nobody is waited for."""
    rows = uow.execute(_take_some[uow.dialect], {"slot": slot_id, "many": many, "becomes": state})
    return sorted((Claimed(*row) for row in rows), key=lambda seat: seat.number)


def settle(uow: UnitOfWork, seat_id: int) -> Claimed | None:
    """A seat that was held for somebody is theirs; None if it is held no more."""
    row = uow.execute(_settle, {"seat": seat_id}).first()
    return Claimed(*row) if row else None


def give_back(uow: UnitOfWork, seat_id: int, release_at: datetime) -> bool:
    """The seat cools down and is free again from ``release_at``; False if nobody had it."""
    return _changed(uow, _cool, {"seat": seat_id, "release": release_at}) == 1


def give_back_many(uow: UnitOfWork, seats: Mapping[int, datetime]) -> None:
    """The same for many, each from its own moment."""
    uow.execute_many(_cool, [{"seat": seat_id, "release": at} for seat_id, at in seats.items()])


def release_due(uow: UnitOfWork) -> int:
    """Seats whose cooling is over are free; how many."""
    return _changed(uow, _release, {"now": uow.now})


def _take(uow: UnitOfWork, statement: Update, slot_id: int, state: SeatState) -> Claimed | None:
    row = uow.execute(statement, {"slot": slot_id, "becomes": state}).first()
    return Claimed(*row) if row else None


def _changed(uow: UnitOfWork, statement: Update, values: dict[str, Any]) -> int:
    return uow.execute(statement, values).rowcount
