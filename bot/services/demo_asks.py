"""Made-up wishes for appointments of the last four weeks, so that the demo's 预约成功率 has something to show."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from hashlib import blake2s

from sqlalchemy import exists, insert, select

from bot.domain.clock import HOSPITAL_TZ, Clock, today
from bot.domain.demand import BOOKED
from bot.services.demand_sql import Q
from bot.services.demo import SEEDED
from bot.store.db import Database, UnitOfWork
from bot.store.models import AuditEntry, Doctor

DAYS = 28
PREFIX = "demo:"
_OUTCOMES = (BOOKED,) * 14 + ("full", "full", "no_clinic", "gave_up", "left", "too_early", "taken", "limit")
_CHANNELS = ("wechat",) * 5 + ("phone", "phone", "window", "alipay")


def seed(db: Database, clock: Clock) -> int:
    """Once a day, for the days before; a look only, where they are there.  The same for ever, from doctor and day."""
    yesterday = today(clock) - timedelta(days=1)
    with db.read() as uow:
        there = select(
            exists().where(Q.c.key.startswith(f"{PREFIX}{yesterday}:", autoescape=True), Q.c.day == yesterday)
        )
        ours = select(exists().where(AuditEntry.action == SEEDED))
        if uow.connection.execute(there).scalar_one() or not uow.connection.execute(ours).scalar_one():
            return 0
    return db.run(lambda uow: _seed(uow, yesterday))


def _seed(uow: UnitOfWork, yesterday: date) -> int:
    have = set(uow.connection.execute(select(Q.c.key).where(Q.c.key.startswith(PREFIX))).scalars())
    doctors = uow.connection.execute(select(Doctor.id, Doctor.staff_no, Doctor.department_id)).fetchall()
    rows = [
        row
        for ago in range(DAYS)
        for doctor in doctors
        for row in _asks(yesterday - timedelta(days=ago), *doctor)
        if row["key"] not in have
    ]
    if rows:
        uow.connection.execute(insert(Q), rows)
    return len(rows)


def _asks(day: date, doctor_id: int, staff_no: str, department_id: int) -> Iterator[dict[str, object]]:
    for number in range(_dice(staff_no, day, "many") % 3):
        dice = _dice(staff_no, day, str(number))
        at = datetime.combine(day, time(8 + dice % 10, dice % 60), HOSPITAL_TZ)
        yield {
            "key": f"{PREFIX}{day}:{staff_no}:{number}", "day": day, "channel": _CHANNELS[dice // 64 % len(_CHANNELS)],
            "account_id": None, "patient_id": None, "department_id": department_id, "doctor_id": doctor_id,
            "outcome": _OUTCOMES[dice // 1024 % len(_OUTCOMES)], "hindrance": "", "appointment_id": None,
            "asked_at": at, "ended_at": at,
        }  # fmt: skip


def _dice(staff_no: str, day: date, what: str) -> int:
    told = f"{staff_no}|{day.isoformat()}|ask|{what}".encode()
    return int.from_bytes(blake2s(told, digest_size=4).digest(), "big")
