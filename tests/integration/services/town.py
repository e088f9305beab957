"""A hospital small enough to know by heart, on a real database.

内科 is a group of 心血管内科 (王建国 主任, 王海燕 副主任) and 消化内科 (周明); 儿科 has 张敏.  It is Monday 2026-11-23, 10:00.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import func, select, update

from bot.domain.accounts import AccountRef
from bot.domain.commands import Book, RegisterPatient
from bot.domain.identity import check_digit
from bot.domain.outcomes import Booked, Registered
from bot.domain.states import SeatState
from bot.domain.views import AppointmentView, PatientView, Period, Relation
from bot.services.clinics import ClinicPlan, add_clinics
from bot.services.directory import touch
from bot.services.hospital import Hospital
from bot.services.tables import table
from bot.settings import load
from bot.store.db import Database
from bot.store.models import Appointment, Clinic, Department, Doctor, PolicyRule, Seat, Slot
from tests.conftest import FixedClock

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)
AGREED = ("privacy", "health_data")
N = table(Seat)


def id_number(number: int, birth: str = "19900307") -> str:
    """A valid identity number for each of 0…999."""
    body = f"110101{birth}{number:03d}"
    return body + check_digit(body)


def phone_number(number: int) -> str:
    return f"138{number:08d}"


@dataclass
class Town:
    """The hospital, and shortcuts for arranging and looking."""

    db: Database
    clock: FixedClock
    hospital: Hospital
    departments: dict[str, int]
    doctors: dict[str, int]

    @classmethod
    def found(cls, db: Database, clock: FixedClock, seed: int = 1) -> "Town":
        with db.write() as uow:
            departments: dict[str, int] = {}
            for position, (name, parent) in enumerate(
                [("内科", ""), ("心血管内科", "内科"), ("消化内科", "内科"), ("儿科", "")]
            ):
                row = Department(
                    code=f"D{position}", name=name, parent_id=departments.get(parent), aliases=[f"{name}门诊"],
                    location=f"{name}候诊区", notes=f"{name}须知", position=position,
                )  # fmt: skip
                uow.session.add(row)
                uow.session.flush()
                departments[name] = row.id
            doctors: dict[str, int] = {}
            for number, (name, title, department) in enumerate(
                [
                    ("王建国", "主任医师", "心血管内科"),
                    ("王海燕", "副主任医师", "心血管内科"),
                    ("周明", "主任医师", "消化内科"),
                    ("张敏", "主治医师", "儿科"),
                ],
                start=1,
            ):
                doctor = Doctor(
                    staff_no=f"100{number}", name=name, title=title, department_id=departments[department]
                )
                uow.session.add(doctor)
                uow.session.flush()
                doctors[name] = doctor.id
            touch(uow)
        settings = load(hospital_name="试验医院", desk_hours="08:00-17:30")
        hospital = Hospital(db, clock=clock, rng=Random(seed), settings=settings, recheck=0)
        return cls(db, clock, hospital, departments, doctors)

    # -- arranging ------------------------------------------------------------------------------

    def clinic(
        self,
        doctor: str = "王建国",
        day: date = TOMORROW,
        period: Period = Period.PM,
        *,
        seats: int = 6,
        minutes: int = 10,
        fee: int = 5000,
        locked: int = 0,
    ) -> list[int]:
        """A clinic; the ids of its slots, by time."""
        with self.db.write() as uow:
            department = uow.session.execute(
                select(Doctor.department_id).where(Doctor.id == self.doctors[doctor])
            ).scalar_one()
            plan = ClinicPlan(
                self.doctors[doctor], department, day, period, seats, minutes, fee, "专家号", locked=locked
            )
            assert add_clinics(uow, [plan]) == 1
            found = uow.session.scalars(
                select(Slot.id)
                .join(Clinic)
                .where(
                    Clinic.doctor_id == self.doctors[doctor], Clinic.day == day, Clinic.period == period.value
                )
                .order_by(Slot.starts_at)
            )
            return list(found)

    def rule(self, name: str, value: int, scope: str = "hospital", scope_id: int = 0) -> None:
        with self.db.write() as uow:
            uow.session.add(
                PolicyRule(
                    scope=scope, scope_id=scope_id, name=name, value=value, effective_from=date(2026, 1, 1)
                )
            )
            touch(uow)

    def account(self, user: str = "o-1") -> AccountRef:
        return self.hospital.account("wechat", "gh_1", user)

    def register(
        self, account: AccountRef, number: int = 1, *, key: str = "", relation: Relation = Relation.SELF
    ) -> PatientView:
        outcome = self.hospital.execute(registration(number, key=key, relation=relation), account)
        assert isinstance(outcome, Registered), outcome
        return outcome.patient

    def book(self, account: AccountRef, slot: int, patient: PatientView, key: str = "") -> AppointmentView:
        outcome = self.hospital.execute(Book(key or f"book-{slot}-{patient.id}", slot, patient.id), account)
        assert isinstance(outcome, Booked), outcome
        return outcome.appointment

    def sell_out(self, *slots: int) -> None:
        """Somebody else was faster, everywhere."""
        with self.db.write() as uow:
            uow.session.execute(update(N).where(N.c.slot_id.in_(slots)).values(state=SeatState.LOCKED))

    # -- looking --------------------------------------------------------------------------------

    def seats(self, slot: int) -> list[SeatState]:
        with self.db.read() as uow:
            rows = uow.session.execute(select(N.c.state).where(N.c.slot_id == slot).order_by(N.c.number))
            return [SeatState(row.state) for row in rows]

    def count(self, model: type[object], *where: object) -> int:
        with self.db.read() as uow:
            query = select(func.count()).select_from(model).where(*where)  # type: ignore[arg-type]
            return uow.session.execute(query).scalar_one()

    def consistent(self) -> bool:
        """Every live appointment has its own booked seat, and every booked seat its appointment."""
        with self.db.read() as uow:
            live = uow.session.scalars(
                select(Appointment.seat_id).where(Appointment.state.in_(["held", "booked", "checked_in"]))
            ).all()
            taken = uow.session.scalars(
                select(Seat.id).where(Seat.state.in_(["held", "booked", "used"]))
            ).all()
            return len(live) == len(set(live)) and set(live) == set(taken)


def registration(number: int = 1, *, key: str = "", relation: Relation = Relation.SELF) -> RegisterPatient:
    return RegisterPatient(
        key or f"register-{number}",
        relation,
        "王小明",
        "resident_id",
        id_number(number),
        phone_number(number),
        AGREED,
    )


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    """A moment on the hospital's wall clock."""
    from bot.domain.clock import HOSPITAL_TZ

    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HOSPITAL_TZ)
