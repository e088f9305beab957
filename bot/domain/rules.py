"""What may be booked, changed and cancelled, and until when (R2, R9, R10, R16, R17): pure functions.

The dialogs ask early, the services ask again inside their transaction; both ask here.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.outcomes import ClinicClosed, DeadlinePassed, LimitReached, TooEarly, TooLate
from bot.domain.policy import Policy
from bot.domain.states import ClinicState
from bot.domain.views import Period


@dataclass(frozen=True, slots=True)
class Wish:
    """The slot somebody wants."""

    clinic_id: int
    doctor_id: int
    department_id: int
    day: date
    period: Period
    starts_at: datetime
    state: ClinicState


@dataclass(frozen=True, slots=True)
class Load:
    """What the patient, the account and the phone hold already, the appointment being moved left out."""

    duplicate: int | None = None
    """Live appointment in the same clinic, or in the same department and half-day."""
    patient_day: int = 0
    patient_open: int = 0
    account_open: int = 0
    phone_open: int = 0
    cancels_month: int = 0


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Becomes `AlreadyBooked` once the appointment has been read."""

    appointment_id: int


def booking_days(now: datetime, policy: Policy) -> tuple[date, date]:
    """First and last day that may be booked (R9)."""
    today = local(now).date()
    return today, today + timedelta(days=policy.booking_window_days)


def cutoff(now: datetime, policy: Policy) -> datetime:
    """A slot is bookable if it starts after this (R10)."""
    return now + timedelta(minutes=policy.booking_cutoff_minutes)


def changeable_until(starts_at: datetime, policy: Policy) -> datetime:
    return starts_at - timedelta(minutes=policy.change_deadline_minutes)


def cancellable_until(starts_at: datetime, policy: Policy) -> datetime:
    return starts_at - timedelta(minutes=policy.cancel_deadline_minutes)


def month_start(now: datetime) -> datetime:
    """When the hospital's calendar month began."""
    here = local(now)
    return datetime(here.year, here.month, 1, tzinfo=HOSPITAL_TZ)


def refuse_slot(wish: Wish, policy: Policy, now: datetime) -> ClinicClosed | TooEarly | TooLate | None:
    """Whether the slot itself can be booked now."""
    first, last = booking_days(now, policy)
    if wish.state is not ClinicState.OPEN or wish.day < first:
        return ClinicClosed(wish.clinic_id)
    if wish.day > last:
        return TooEarly(last, policy.booking_window_days)
    if wish.starts_at <= cutoff(now, policy):
        return TooLate(policy.booking_cutoff_minutes)
    return None


def refuse_load(load: Load, policy: Policy, *, moving: bool = False) -> Duplicate | LimitReached | None:
    """Whether this would be one too many (R2).  A change adds nothing, so only its new day is counted."""
    if load.duplicate is not None:
        return Duplicate(load.duplicate)
    counted = [("patient_day", load.patient_day, policy.per_patient_per_day)]
    if not moving:
        counted += [
            ("patient_open", load.patient_open, policy.per_patient_open),
            ("account_open", load.account_open, policy.per_account_open),
            ("phone_open", load.phone_open, policy.per_phone_open),
            ("cancels_month", load.cancels_month, policy.cancels_per_month),
        ]
    for scope, count, limit in counted:
        if limit and count >= limit:
            return LimitReached(scope, limit)
    return None


def refuse_change(starts_at: datetime, policy: Policy, now: datetime) -> DeadlinePassed | None:
    """R16: the appointment to be moved must be far enough away."""
    until = changeable_until(starts_at, policy)
    return None if now <= until else DeadlinePassed("change", local(until), policy.change_deadline_minutes)


def refuse_cancel(starts_at: datetime, policy: Policy, now: datetime) -> DeadlinePassed | None:
    """R17: the appointment to be given up must be far enough away."""
    until = cancellable_until(starts_at, policy)
    return None if now <= until else DeadlinePassed("cancel", local(until), policy.cancel_deadline_minutes)


def refund_fen(fee_fen: int, starts_at: datetime, policy: Policy, now: datetime) -> int:
    """R17: in time, the whole fee; after the deadline, nothing."""
    return fee_fen if now <= cancellable_until(starts_at, policy) else 0
