"""A hospital of two departments in memory: enough of a `World` for the handlers' own rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.outcomes import Refusal
from bot.domain.policy import Policy
from bot.domain.states import AppointmentState
from bot.domain.suspension import CaseView
from bot.domain.views import (
    AppointmentView,
    ClinicView,
    DepartmentView,
    DoctorView,
    PatientView,
    Period,
    Relation,
    SeatQuery,
    Sex,
    SlotView,
)
from bot.domain.world import Matter
from nlu.understood import Slots, Understood

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=HOSPITAL_TZ)
MONDAY = NOW.date()
HEART = DepartmentView(1, "心血管内科", ("心内科",), "门诊楼3楼A区", "请带心电图。", "内科")
BONES = DepartmentView(2, "骨科", (), "门诊楼2楼B区", "")
ROOM = DepartmentView(3, "急诊科", (), "急诊楼1楼", "")
WANG = DoctorView(1, "王建国", "王", "主任医师", 1, "心血管内科", "冠心病")
HAN = DoctorView(2, "韩雪梅", "韩", "主治医师", 1, "心血管内科", "高血压")
STRONG = DoctorView(3, "王强", "王", "主任医师", 2, "骨科", "颈椎病")


def clinic(
    id: int, doctor: DoctorView, day: date, period: Period = Period.AM, free: int = 3, **more: object
) -> ClinicView:
    kept = {"kind": "专家号", "fee_fen": 5000, "location": "门诊楼3楼A区", "total": 12, **more}
    return ClinicView(id, doctor, day, period, free=free, **kept)  # type: ignore[arg-type]


def slot(id: int, clinic_id: int, day: date, hour: int, minute: int = 0, free: int = 1) -> SlotView:
    starts = datetime(day.year, day.month, day.day, hour, minute, tzinfo=HOSPITAL_TZ)
    return SlotView(id, clinic_id, starts, starts + timedelta(minutes=30), free)


def person(id: str, name: str, relation: Relation = Relation.SELF, sex: Sex = Sex.MALE) -> PatientView:
    return PatientView(id, name, "1101**********1234", "138****5678", relation, sex, date(1980, 1, 2), 46)


def appointment(
    id: int, doctor: DoctorView, day: date, patient: PatientView, period: Period = Period.AM
) -> AppointmentView:
    starts = datetime(day.year, day.month, day.day, 9 if period is Period.AM else 14, tzinfo=HOSPITAL_TZ)
    until = starts - timedelta(hours=2)
    return AppointmentView(
        id, f"A{id:05d}", 3, AppointmentState.BOOKED, 1, patient, doctor, 100 + id, 1000 + id, day, period, starts,
        starts + timedelta(minutes=30), "专家号", 5000, "门诊楼3楼A区", "", until, until,
    )  # fmt: skip


@dataclass
class Tiny:
    """Implements `bot.domain.world.World`."""

    all_clinics: list[ClinicView] = field(default_factory=list)
    all_slots: list[SlotView] = field(default_factory=list)
    people: list[PatientView] = field(default_factory=list)
    visits: list[AppointmentView] = field(default_factory=list)
    refusal: Refusal | None = None
    agreed: bool = True
    now: datetime = NOW
    hospital: str = "示例市人民医院"
    phone: str = "0100-12345678"

    def departments(self) -> Sequence[DepartmentView]:
        return [HEART, BONES]

    def department(self, name: str) -> DepartmentView | None:
        return next((d for d in (HEART, BONES, ROOM) if d.name == name), None)

    def doctors(self, *, names: Sequence[str] = (), department_id: int | None = None) -> Sequence[DoctorView]:
        return [
            d
            for d in (WANG, HAN, STRONG)
            if (not names or d.name in names) and department_id in (None, d.department_id)
        ]

    def clinics(self, query: SeatQuery) -> Sequence[ClinicView]:
        _, last = self.booking_days()
        return [
            c
            for c in self.all_clinics
            if query.department_id in (None, c.doctor.department_id)
            and (not query.doctor_ids or c.doctor.id in query.doctor_ids)
            and (not query.days or c.day in query.days)
            and query.period in (None, c.period)
            and query.kind in (None, c.kind)
            and c.day <= last
            and (not query.with_free_seats_only or (c.free and not c.suspended))
        ]

    def clinic(self, clinic_id: int) -> ClinicView | None:
        return next((c for c in self.all_clinics if c.id == clinic_id), None)

    def slots(self, clinic_id: int) -> Sequence[SlotView]:
        return [s for s in self.all_slots if s.clinic_id == clinic_id]

    def alternatives(self, query: SeatQuery, limit: int = 4) -> Sequence[ClinicView]:
        wide = SeatQuery(department_id=query.department_id)
        return list(self.clinics(wide))[:limit]

    def booking_days(
        self, department_id: int | None = None, doctor_id: int | None = None
    ) -> tuple[date, date]:
        return self.now.date(), self.now.date() + timedelta(days=14)

    def policy(self, department_id: int | None = None, doctor_id: int | None = None) -> Policy:
        return Policy()

    def patients(self) -> Sequence[PatientView]:
        return self.people

    def appointments(self, *, upcoming: bool = True) -> Sequence[AppointmentView]:
        return self.visits

    def appointment(self, appointment_id: int) -> AppointmentView | None:
        return next((a for a in self.visits if a.id == appointment_id), None)

    def would_refuse(self, slot_id: int, patient_id: str, *, moving: int | None = None) -> Refusal | None:
        return self.refusal

    def consented(self, kind: str) -> bool:
        return self.agreed

    def matters(self) -> Sequence[Matter]:
        return ()

    def case(self, case_id: int) -> CaseView | None:
        return None


def said(text: str = "", intent: str = "unknown", **slots: object) -> Understood:
    return Understood(text, text, intent, 0.9, Slots(**slots))  # type: ignore[arg-type]
