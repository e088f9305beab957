"""Making 出诊 with their 时段 and 号 in bulk: what the demo seeds and the import reads."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import islice
from typing import TypeVar

from sqlalchemy import Table, func, insert, select, text

from bot.domain.states import ClinicState, SeatState
from bot.domain.timetable import PlannedSlot, cut
from bot.domain.views import Period
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Clinic, Seat, Slot

C, S, N = table(Clinic), table(Slot), table(Seat)
_BATCH = 2000
MANY = 100
"""From so many new clinics on PostgreSQL is told at once: until it looks by itself, it takes the tables for empty
and reads them in loops."""
_LOCK = 0x0D_0C_11  # any number that nobody else uses
T = TypeVar("T")
Place = tuple[int, date, str]
"""Doctor, day and half-day: what makes a clinic one of a kind."""


@dataclass(frozen=True, slots=True)
class ClinicPlan:
    """A clinic to be."""

    doctor_id: int
    department_id: int
    day: date
    period: Period
    seats: int
    minutes_each: int
    fee_fen: int
    kind: str = "普通号"
    location: str = ""
    starts: time | None = None
    locked: int = 0
    """Of its seats, how many other channels keep for themselves; the last numbers."""

    @property
    def place(self) -> Place:
        return self.doctor_id, self.day, self.period.value

    def slots(self) -> tuple[PlannedSlot, ...]:
        return cut(self.day, self.period, self.seats, self.minutes_each, self.starts)

    def only(self, numbers: Collection[int]) -> tuple[PlannedSlot, ...]:
        """The slots of these numbers, without the others."""
        some = [
            replace(slot, numbers=tuple(n for n in slot.numbers if n in numbers)) for slot in self.slots()
        ]
        return tuple(slot for slot in some if slot.numbers)


def alone(uow: UnitOfWork) -> None:
    """Until the transaction ends nobody else publishes clinics or begins a suspension: neither would see the other's
    (`bot.services.suspension.new_clinics`).  SQLite has one writer anyway."""
    if uow.dialect == "postgresql":
        uow.connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def existing(uow: UnitOfWork, first: date, last: date) -> dict[Place, int]:
    """Clinics there are, by place."""
    rows = uow.connection.execute(
        select(C.c.id, C.c.doctor_id, C.c.day, C.c.period).where(C.c.day >= first, C.c.day <= last)
    )
    return {(row.doctor_id, row.day, row.period): row.id for row in rows}


def add_clinics(uow: UnitOfWork, plans: Iterable[ClinicPlan]) -> int:
    """Insert those whose place is not taken yet, with slots and seats; how many."""
    wanted = {plan.place: plan for plan in plans}
    if not wanted:
        return 0
    days = [plan.day for plan in wanted.values()]
    there = existing(uow, min(days), max(days))
    fresh = [plan for place, plan in wanted.items() if place not in there]
    _insert(uow, C, (_clinic_row(plan) for plan in fresh))
    ids = existing(uow, min(days), max(days))
    pairs = [(ids[plan.place], plan) for plan in fresh]
    add_slots(uow, [(clinic_id, plan.slots(), plan.seats - plan.locked) for clinic_id, plan in pairs])
    if len(fresh) >= MANY and uow.dialect == "postgresql":
        uow.connection.execute(text("ANALYZE clinics, slots, seats"))
    return len(fresh)


def add_slots(uow: UnitOfWork, parts: Sequence[tuple[int, Sequence[PlannedSlot], int]]) -> None:
    """Slots that are missing, and the seats of all; numbers above the third are locked."""
    clinic_ids = [clinic_id for clinic_id, _, _ in parts]
    there = _slot_ids(uow, clinic_ids)
    _insert(
        uow,
        S,
        (
            {"clinic_id": clinic_id, "starts_at": slot.starts_at, "minutes": slot.minutes}
            for clinic_id, slots, _ in parts
            for slot in slots
            if (clinic_id, slot.starts_at) not in there
        ),
    )
    ids = _slot_ids(uow, clinic_ids)
    _insert(
        uow,
        N,
        (
            {
                "clinic_id": clinic_id,
                "slot_id": ids[clinic_id, slot.starts_at],
                "number": number,
                "state": SeatState.FREE if number <= open_to else SeatState.LOCKED,
            }
            for clinic_id, slots, open_to in parts
            for slot in slots
            for number in slot.numbers
        ),
    )


def _slot_ids(uow: UnitOfWork, clinic_ids: Sequence[int]) -> dict[tuple[int, object], int]:
    found: dict[tuple[int, object], int] = {}
    for batch in _batches(clinic_ids):
        rows = uow.connection.execute(
            select(S.c.id, S.c.clinic_id, S.c.starts_at).where(S.c.clinic_id.in_(batch))
        )
        found.update({(row.clinic_id, row.starts_at): row.id for row in rows})
    return found


def _clinic_row(plan: ClinicPlan) -> dict[str, object]:
    return {
        "doctor_id": plan.doctor_id,
        "department_id": plan.department_id,
        "day": plan.day,
        "period": plan.period.value,
        "kind": plan.kind,
        "fee_fen": plan.fee_fen,
        "location": plan.location,
        "state": ClinicState.OPEN,
        "version": 1,
    }


def _insert(uow: UnitOfWork, into: Table, rows: Iterable[dict[str, object]]) -> None:
    statement = insert(into).inline()
    for batch in _batches(rows):
        uow.connection.execute(statement, batch)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, _BATCH)):
        yield batch
