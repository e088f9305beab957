"""The demo hospital (示例市人民医院): departments and doctors of ``nlu/data``, clinics for the next 14 days.

Everything follows from the doctor's staff number and the day, so that extending day by day gives the same
schedule as seeding at once.  王建国 has clinics with seats every morning and afternoon.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2s
from typing import Any

from sqlalchemy import distinct, func, select

from bot.domain.clock import Clock, today
from bot.domain.timetable import room
from bot.domain.views import Period
from bot.services.clinics import ClinicPlan, add_clinics, alone
from bot.services.context import write_audit
from bot.services.directory import touch
from bot.services.suspension.new_clinics import close_new
from bot.settings import BadSettings
from bot.store.db import Database, UnitOfWork
from bot.store.models import AuditEntry, Clinic, Department, Doctor
from nlu.data import load_yaml

DAYS = 14
SEEDED = "demo.seeded"
"""In the audit log of a database whose doctors are the demo's: no others are given clinics."""
ALWAYS = "1001"
"""王建国's staff number: the first sentence of the README has to work every day."""
_FEES = {"主任医师": 5000, "副主任医师": 3000, "主治医师": 1000, "住院医师": 0}
_FREE_OF_CHARGE = ("康复科", "感染科")
_MINUTES = {"主任医师": 10, "副主任医师": 10, "主治医师": 6, "住院医师": 6}


@dataclass(frozen=True, slots=True)
class Practice:
    """A doctor, as far as the schedule depends on it."""

    id: int
    staff_no: str
    title: str
    department_id: int
    department: str


def seed(db: Database, clock: Clock) -> int:
    """Departments and doctors if there are none, then the missing clinics; how many clinics were made."""
    hospital = load_yaml("demo_hospital.yaml")
    return db.run(lambda uow: _seed(uow, hospital, clock))


def extend(db: Database, clock: Clock) -> int:
    """Clinics for the days that have come into the booking window; a look only, if nothing is missing."""
    first = today(clock)
    with db.read() as uow:
        known = uow.connection.execute(select(Doctor.id).where(Doctor.staff_no == ALWAYS)).scalar()
        days = select(func.count(distinct(Clinic.day))).where(
            Clinic.doctor_id == known, Clinic.day >= first, Clinic.day <= first + timedelta(days=DAYS)
        )
        complete = uow.connection.execute(days).scalar_one() > DAYS
    return 0 if known is None or complete else db.run(lambda uow: _extend(uow, first))


def _seed(uow: UnitOfWork, hospital: Mapping[str, Any], clock: Clock) -> int:
    if uow.session.scalar(select(Department.id).limit(1)) is None:
        departments = _departments(uow, hospital)
        _doctors(uow, hospital, departments)
        touch(uow)
        write_audit(uow, at=clock.now(), actor="cli", action=SEEDED, subject="hospital")
    return _extend(uow, today(clock))


def _departments(uow: UnitOfWork, hospital: Mapping[str, Any]) -> dict[str, int]:
    """Groups first: the departments refer to them."""
    ids: dict[str, int] = {}
    for position, entry in enumerate([*hospital["groups"], *hospital["departments"]]):
        row = Department(
            code=entry["code"],
            name=entry["name"],
            parent_id=ids.get(entry.get("parent", "")),
            aliases=list(entry.get("aliases", ())),
            location=entry.get("location", ""),
            notes=entry.get("notes", ""),
            position=position,
        )
        uow.session.add(row)
        uow.session.flush()
        ids[row.name] = row.id
    return ids


def _doctors(uow: UnitOfWork, hospital: Mapping[str, Any], departments: Mapping[str, int]) -> None:
    uow.session.add_all(
        Doctor(
            staff_no=entry["staff_no"],
            name=entry["name"],
            title=entry["title"],
            department_id=departments[entry["department"]],
            specialty=entry.get("specialty", ""),
            aliases=list(entry.get("aliases", ())),
        )
        for entry in hospital["doctors"]
    )
    uow.session.flush()


def _extend(uow: UnitOfWork, first: date) -> int:
    if uow.session.scalar(select(AuditEntry.id).where(AuditEntry.action == SEEDED).limit(1)) is None:
        raise BadSettings(
            "DATABASE_URL: this database holds a hospital's own data; the demo needs an empty one"
        )
    rows = uow.session.execute(
        select(Doctor.id, Doctor.staff_no, Doctor.title, Doctor.department_id, Department.name)
        .join(Department, Department.id == Doctor.department_id)
        .where(Doctor.active)
    )
    doctors = [Practice(*row) for row in rows]
    days = [first + timedelta(days=ahead) for ahead in range(DAYS + 1)]
    alone(uow)
    made = add_clinics(uow, (plan for day in days for doctor in doctors for plan in plans(doctor, day)))
    close_new(uow)
    return made


def plans(doctor: Practice, day: date) -> Iterator[ClinicPlan]:
    """The clinics of one doctor on one day."""
    minutes = _MINUTES.get(doctor.title, 10)
    for period in _periods(doctor, day):
        dice = _dice(doctor.staff_no, day, period.value)
        seats = min(room(period, minutes), 12 + dice % 9)
        yield ClinicPlan(
            doctor_id=doctor.id,
            department_id=doctor.department_id,
            day=day,
            period=period,
            seats=seats,
            minutes_each=minutes,
            fee_fen=_fee(doctor, period),
            kind=_kind(doctor.title, period),
            locked=0 if doctor.staff_no == ALWAYS else _kept(dice, seats),
        )


def _periods(doctor: Practice, day: date) -> tuple[Period, ...]:
    if doctor.staff_no == ALWAYS:
        return Period.AM, Period.PM
    if doctor.department == "急诊科":
        return Period.AM, Period.PM, Period.EVENING
    if day.weekday() >= 5 and _dice(doctor.staff_no, day, "weekend") % 3:
        return ()
    match _dice(doctor.staff_no, day, "day") % 8:
        case 0 | 1:
            return ()
        case 2 | 3:
            return (Period.AM,)
        case 4:
            return (Period.PM,)
        case 5:
            return Period.AM, Period.PM, Period.EVENING
        case _:
            return Period.AM, Period.PM


def _kept(dice: int, seats: int) -> int:
    """One clinic in seven is full for us, one in seven nearly so."""
    match dice // 16 % 7:
        case 0:
            return seats
        case 1:
            return seats - 2
        case _:
            return 0


def _kind(title: str, period: Period) -> str:
    if title == "主任医师" and period is Period.EVENING:
        return "特需号"
    return "专家号" if title in ("主任医师", "副主任医师") else "普通号"


def _fee(doctor: Practice, period: Period) -> int:
    if _kind(doctor.title, period) == "特需号":
        return 10000
    if doctor.department in _FREE_OF_CHARGE and doctor.title not in ("主任医师", "副主任医师"):
        return 0
    return _FEES.get(doctor.title, 1000)


def _dice(staff_no: str, day: date, what: str) -> int:
    """The same for ever: no demo surprises, no random tests.  A real hash: a checksum's low bits hardly differ
    from one day to the next, and some doctors would never work."""
    return int.from_bytes(
        blake2s(f"{staff_no}|{day.isoformat()}|{what}".encode(), digest_size=4).digest(), "big"
    )
