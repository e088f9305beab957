"""Appointments of many patients, written at once: what a suspension needs before it can begin."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, select, text, update

from bot.domain.clock import local
from bot.domain.states import SeatState
from bot.domain.suspension import Scope
from bot.services.demo import seed
from bot.store.db import Database
from bot.store.models import Appointment, Clinic, Guardianship, Seat, Slot
from tests.integration.store import people

CHUNK = 2000


def booked(db: Database, accounts: Sequence[int]) -> Scope:
    """One appointment for each account in the demo hospital's next days; the days they fill, of the whole hospital."""
    seed(db, db.clock)
    with db.read() as uow:
        wanted = (
            select(Seat.id, Seat.slot_id, Seat.clinic_id, Clinic.doctor_id, Clinic.day)
            .join(Clinic, Clinic.id == Seat.clinic_id)
            .join(Slot, Slot.id == Seat.slot_id)
            .where(Seat.state == SeatState.FREE, Slot.starts_at > uow.now + timedelta(hours=16))
            .order_by(Clinic.day, Seat.id)
            .limit(len(accounts))
        )
        seats = uow.connection.execute(wanted).fetchall()
    assert len(seats) == len(accounts), f"the demo hospital has {len(seats)} free seats"
    patients = people.patients(db, len(accounts))
    looks_after = [
        {"account_id": account, "patient_id": patient, "relation": "self", "created_at": db.clock.now()}
        for account, patient in zip(accounts, patients, strict=True)
    ]
    with db.write() as uow:
        uow.connection.execute(insert(Guardianship), looks_after)
    for at in range(0, len(seats), CHUNK):
        part = seats[at : at + CHUNK]
        rows = [
            people.appointment(seat.id, seat.slot_id, seat.clinic_id, patients[at + n], uuid4().hex)
            | {"doctor_id": seat.doctor_id, "account_id": accounts[at + n], "created_at": db.clock.now()}
            for n, seat in enumerate(part)
        ]
        with db.write() as uow:
            uow.connection.execute(insert(Appointment), rows)
            ids = [seat.id for seat in part]
            uow.connection.execute(update(Seat).where(Seat.id.in_(ids)).values(state=SeatState.BOOKED))
    if db.dialect == "postgresql":  # visits are days old by then: its planner has long seen them
        with db.write() as uow:
            uow.connection.execute(text("ANALYZE"))
    zone = local(db.clock.now()).tzinfo
    first, last = (datetime.combine(day, datetime.min.time(), zone) for day in (seats[0].day, seats[-1].day))
    return Scope(first, last + timedelta(days=1))
