"""What the dialogs may see of the hospital: read models, already masked where they concern a person."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.states import AppointmentState


class Period(StrEnum):
    """A half-day, as clinics are scheduled."""

    AM = "am"
    PM = "pm"
    EVENING = "evening"


class Relation(StrEnum):
    """Who a patient is to the account that looks after them."""

    SELF = "self"
    PARENT = "parent"
    CHILD = "child"
    SPOUSE = "spouse"
    OTHER = "other"


class Sex(StrEnum):
    """Administrative gender (FHIR)."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """A 科室 one can book; ``notes`` are its visit notes (就诊须知, R6)."""

    id: int
    name: str
    aliases: tuple[str, ...]
    location: str
    notes: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class DoctorView:
    """A 医生.  ``title`` is the full 职称 (主任医师…); ``surname`` may have two characters (欧阳)."""

    id: int
    name: str
    surname: str
    title: str
    department_id: int
    department: str
    specialty: str


@dataclass(frozen=True, slots=True)
class ClinicView:
    """A 出诊: one doctor, one day, one half-day, with what is left of it."""

    id: int
    doctor: DoctorView
    day: date
    period: Period
    kind: str
    """专家号 | 普通号 | 特需号"""
    fee_fen: int
    location: str
    free: int
    """Seats that can still be booked now, after the cutoff (R10)."""
    total: int
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class SlotView:
    """A 时段 of a clinic, at most 30 minutes long; times are aware and in the hospital's zone."""

    id: int
    clinic_id: int
    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class PatientView:
    """A 就诊人 as the chat may show them: name and identity number masked (R15)."""

    id: str
    masked_name: str
    """王*国; for the account's own list only."""
    masked_id_number: str
    """1101**********1234"""
    masked_phone: str
    relation: Relation
    sex: Sex
    birth_date: date | None
    age: int | None
    """Whole years on the hospital's today."""


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """A 挂号 of one of the account's patients."""

    id: int
    code: str
    """The voucher's code (预约凭证, R7)."""
    number: int
    """The 号 within its clinic."""
    state: AppointmentState
    version: int
    patient: PatientView
    doctor: DoctorView
    clinic_id: int
    slot_id: int
    day: date
    period: Period
    starts_at: datetime
    ends_at: datetime
    kind: str
    fee_fen: int
    location: str
    notes: str
    changeable_until: datetime
    cancellable_until: datetime


@dataclass(frozen=True, slots=True)
class SeatQuery:
    """What a patient said about when and whom; every field narrows, none is required."""

    department_id: int | None = None
    doctor_ids: tuple[int, ...] = ()
    days: tuple[date, ...] = ()
    period: Period | None = None
    kind: str | None = None
    with_free_seats_only: bool = True


@dataclass(frozen=True, slots=True)
class BedView:
    """A stay behind a bedside code: nothing that a passer-by may not see."""

    scene: str
    masked_name: str
    ward: str
    linked: bool = False
    """The account looks after this patient already."""
