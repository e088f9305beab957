"""A morning at the ticket window: clinics with too few seats, and more buyers than seats; rows with telling ids."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from bot.domain.accounts import AccountRef
from bot.domain.clock import SystemClock, today
from bot.domain.states import SeatState
from bot.domain.timetable import cut
from bot.domain.views import Period
from bot.store.db import Database
from bot.store.models import (
    Account,
    Appointment,
    AppointmentEvent,
    Clinic,
    Department,
    Doctor,
    Guardianship,
    Patient,
    PolicyRule,
    Seat,
    Slot,
    table,
)

DOCTORS, DAYS, SEATS = 10, 3, 18
BUYERS = 200
DEMAND = 1.05
"""Attempts for each seat: the last ones have to hear that it is full."""
_LIMITS = ("per_patient_open", "per_account_open", "per_phone_open", "per_patient_per_day")
Record = dict[str, Any]
_ACCOUNTS, _SLOTS, _SEATS = 7_000_000, 8_000_000, 9_000_000


@dataclass(frozen=True, slots=True)
class Buyer:
    """One attempt: who, for whom, where."""

    account: AccountRef
    patient_id: str
    phone_index: bytes
    slot_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Market:
    """The seeded database, and who is about to come."""

    db: Database
    slots: tuple[int, ...]
    capacity: int
    buyers: tuple[Buyer, ...]
    scout: Buyer
    """Buys once, before the rush, in a clinic of their own: what they do is recorded."""

    def reset(self) -> None:
        """Everybody goes home without a seat, except the scout."""
        keep = select(table(Appointment).c.id).where(table(Appointment).c.key == self.scout.key)
        with self.db.write() as uow:
            uow.connection.execute(
                delete(table(AppointmentEvent)).where(AppointmentEvent.appointment_id.not_in(keep))
            )
            uow.connection.execute(delete(table(Appointment)).where(Appointment.key != self.scout.key))
            uow.connection.execute(
                update(table(Seat)).where(Seat.slot_id != self.scout.slot_id).values(state=SeatState.FREE)
            )

    def forget_the_scout(self) -> None:
        """The scout too goes home."""
        self.reset()
        with self.db.write() as uow:
            for rows in (AppointmentEvent, Appointment):
                uow.connection.execute(delete(table(rows)))
            uow.connection.execute(update(table(Seat)).values(state=SeatState.FREE))

    def sold(self) -> tuple[int, int]:
        """Seats sold in the rush, and seats sold more than once."""
        counts = (
            select(func.count().label("n"))
            .where(Appointment.key != self.scout.key)
            .group_by(Appointment.seat_id)
            .subquery()
        )
        with self.db.read() as uow:
            numbers = [row.n for row in uow.connection.execute(select(counts.c.n))]
        return len(numbers), sum(n > 1 for n in numbers)


def found(db: Database) -> Market:
    """Seed it, and let nobody be stopped by a limit."""
    slots = _clinics(db)
    last = slots.pop()
    capacity = DOCTORS * DAYS * 2 * SEATS - SEATS
    attempts = int(capacity * DEMAND)
    people = _people(db, attempts + 1)
    room = [slot for slot in slots if slot[1] != last[1]]
    buyers = tuple(
        Buyer(account, patient, phone, room[n % len(room)][0], f"bench:{n}:{secrets.token_hex(4)}")
        for n, (account, patient, phone) in enumerate(people[:-1])
    )
    account, patient, phone = people[-1]
    return Market(
        db,
        tuple(s for s, _ in room),
        capacity,
        buyers,
        Buyer(account, patient, phone, last[0], "bench:scout"),
    )


def _clinics(db: Database) -> list[tuple[int, int]]:
    """Slots with their clinics."""
    first = today(SystemClock()) + timedelta(days=1)
    clinics: list[Record] = []
    slots: list[Record] = []
    seats: list[Record] = []
    for n in range(DOCTORS * DAYS * 2):
        doctor, day, half = n % DOCTORS, n // DOCTORS // 2, n // DOCTORS % 2
        period = (Period.AM, Period.PM)[half]
        date = first + timedelta(days=day)
        clinics.append({"id": n + 1, "doctor_id": doctor + 1, "department_id": doctor + 1, "day": date,
                        "period": period.value, "fee_fen": 5000})  # fmt: skip
        for planned in cut(date, period, SEATS, 5, None):
            slots.append({"id": _SLOTS + len(slots), "clinic_id": n + 1, "starts_at": planned.starts_at,
                          "minutes": planned.minutes})  # fmt: skip
            seats += [
                {"id": _SEATS + len(seats) + k, "slot_id": slots[-1]["id"], "clinic_id": n + 1,
                 "number": number, "state": SeatState.FREE}
                for k, number in enumerate(planned.numbers)
            ]  # fmt: skip
    with db.write() as uow:
        run = uow.connection.execute
        run(
            insert(table(Department)),
            [{"id": n + 1, "code": f"D{n}", "name": f"科{n}"} for n in range(DOCTORS)],
        )
        run(insert(table(Doctor)), [
            {"id": n + 1, "staff_no": f"{n}", "name": f"医生{n}", "title": "主治医师", "department_id": n + 1}
            for n in range(DOCTORS)
        ])  # fmt: skip
        run(insert(table(Clinic)), clinics)
        run(insert(table(Slot)), slots)
        run(insert(table(Seat)), seats)
        run(insert(table(PolicyRule)), [
            {"scope": "hospital", "scope_id": 0, "name": name, "value": 0, "effective_from": first - timedelta(days=2)}
            for name in _LIMITS
        ])  # fmt: skip
    return [(slot["id"], slot["clinic_id"]) for slot in slots]


def _people(db: Database, count: int) -> list[tuple[AccountRef, str, bytes]]:
    """Patients, each looked after by one of the buyers' accounts."""
    now = SystemClock().now()
    accounts = [AccountRef(_ACCOUNTS + n, "wechat", "gh", f"o-{n}", now) for n in range(BUYERS + 1)]
    people = []
    rows = []
    for n in range(count):
        account = accounts[n % BUYERS] if n < count - 1 else accounts[-1]
        row = _patient(db, n, now)
        rows.append(row)
        people.append((account, row["id"], row["phone_index"]))
    with db.write() as uow:
        run = uow.connection.execute
        run(insert(table(Account)), [
            {"id": a.id, "channel": a.channel, "app_id": a.app_id, "openid": a.openid, "created_at": now,
             "last_message_at": now} for a in accounts
        ])  # fmt: skip
        run(insert(table(Patient)), rows)
        run(insert(table(Guardianship)), [
            {"account_id": a.id, "patient_id": p, "relation": "self", "created_at": now} for a, p, _ in people
        ])  # fmt: skip
    return people


def _patient(db: Database, n: int, now: datetime) -> Record:
    key, phone = secrets.token_hex(16), f"138{n:08d}"
    plain = {"name": "张三", "id_number": f"11010119900101{n % 10000:04d}", "phone": phone}
    sealed = {c: db.keys.encrypt(v.encode(), f"patients.{c}:{key}") for c, v in plain.items()}
    return {
        "id": key, **sealed, "id_kind": "resident_id", "sex": "male", "created_at": now,
        "name_index": db.keys.index("patients.name", "张三"), "phone_index": db.keys.index("patients.phone", phone),
        "id_number_index": db.keys.index("patients.id_number", key),
    }  # fmt: skip
