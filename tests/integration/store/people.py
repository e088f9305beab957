"""The least that must exist before somebody can book: rows for the store's own tests and benches."""

from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import insert

from bot.domain.states import SeatState
from bot.store.db import Database
from bot.store.models import (
    Account,
    Clinic,
    Department,
    Doctor,
    Patient,
    Seat,
    Slot,
)

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def clinic(db: Database, *, seats: int = 3, slots: int = 1) -> list[int]:
    """One clinic; gives its slots, with ``seats`` each."""
    with db.write() as uow:
        department = Department(code="01", name="心血管内科")
        uow.session.add(department)
        uow.session.flush()
        doctor = Doctor(staff_no="0001", name="王建国", title="主任医师", department_id=department.id)
        uow.session.add(doctor)
        uow.session.flush()
        held = Clinic(
            doctor_id=doctor.id,
            department_id=department.id,
            day=date(2026, 11, 24),
            period="pm",
            fee_fen=5000,
        )
        uow.session.add(held)
        uow.session.flush()
        made = [Slot(clinic_id=held.id, starts_at=NOW.replace(minute=n), minutes=30) for n in range(slots)]
        uow.session.add_all(made)
        uow.session.flush()
        uow.session.execute(
            insert(Seat),
            [
                {
                    "slot_id": slot.id,
                    "clinic_id": held.id,
                    "number": n * seats + k + 1,
                    "state": SeatState.FREE,
                }
                for n, slot in enumerate(made)
                for k in range(seats)
            ],
        )
        return [slot.id for slot in made]


def patients(db: Database, count: int) -> list[str]:
    """Patients, each with every field encrypted under its own id."""
    rows = []
    for n in range(count):
        key = uuid4().hex
        sealed = {
            column: db.keys.encrypt(value.encode(), f"patients.{column}:{key}")
            for column, value in {
                "name": "张三",
                "id_number": f"1101011990{n:08d}",
                "phone": "13800138000",
            }.items()
        }
        rows.append({
            "id": key, **sealed, "name_index": b"n" * 32, "id_kind": "resident_id", "sex": "male",
            "id_number_index": db.keys.index("patients.id_number", key), "phone_index": b"p" * 32,
            "created_at": NOW,
        })  # fmt: skip
    with db.write() as uow:
        uow.session.execute(insert(Patient), rows)
    return [str(row["id"]) for row in rows]


def account(db: Database, openid: str = "o-1") -> int:
    with db.write() as uow:
        row = Account(channel="wechat", app_id="gh_1", openid=openid, created_at=NOW, last_message_at=NOW)
        uow.session.add(row)
        uow.session.flush()
        return row.id


def appointment(
    seat: int, slot: int, clinic_id: int, patient: str, key: str, state: str = "booked"
) -> dict[str, object]:
    """A row for an insert."""
    return {
        "key": key, "code": uuid4().hex[:16], "seat_id": seat, "slot_id": slot, "clinic_id": clinic_id,
        "doctor_id": 1, "patient_id": patient, "phone_index": b"p" * 32, "channel": "wechat", "state": state,
        "version": 1, "fee_fen": 5000, "created_at": NOW,
        "hold_expires_at": NOW if state == "held" else None,
    }  # fmt: skip
