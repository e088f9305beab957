"""停诊: the life of one affected appointment until its end state (R18, R19), and what the saga tells of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.policy import Policy
from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView, DoctorView, Period


class SuspensionState(StrEnum):
    """A 停诊."""

    STARTING = "starting"
    """Its clinics are closed; offers of other suspensions in them are still to be taken back."""
    RUNNING = "running"
    DONE = "done"
    WITHDRAWING = "withdrawing"
    """Its clinics are open again; those who had not answered are still being given their seats back."""
    WITHDRAWN = "withdrawn"


class CaseState(StrEnum):
    """One affected appointment."""

    OPEN = "open"
    """Affected; not yet told."""
    OFFERED = "offered"
    REMINDED = "reminded"
    PHONE = "phone"
    """Staff call."""
    REBOOKED = "rebooked"
    REFUNDED = "refunded"
    """Given up, and the fee is marked for refund (R17)."""
    DECLINED = "declined"
    """Given up; there is nothing to pay back."""
    REACHED = "reached_by_phone"
    WITHDRAWN = "withdrawn"
    """The suspension was taken back: the old appointment stands."""


WAITING = (CaseState.OFFERED, CaseState.REMINDED, CaseState.PHONE)
"""The patient's answer is awaited."""
LIVE = (CaseState.OPEN, *WAITING)
ENDED = tuple(state for state in CaseState if state not in LIVE)
ACTIVE = (SuspensionState.STARTING, SuspensionState.RUNNING, SuspensionState.DONE)
"""States in which a suspension keeps its clinics closed."""

_ENDS = frozenset(ENDED)
CASE: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: _ENDS | {CaseState.OFFERED, CaseState.PHONE},
    # Back to open: the offered seat was suspended itself, so there is another offer to make.
    CaseState.OFFERED: _ENDS | {CaseState.OPEN, CaseState.REMINDED, CaseState.PHONE},
    CaseState.REMINDED: _ENDS | {CaseState.OPEN, CaseState.PHONE},
    CaseState.PHONE: _ENDS | {CaseState.OPEN},
    **{state: frozenset[CaseState]() for state in ENDED},
}

SUSPENSION: Mapping[SuspensionState, frozenset[SuspensionState]] = {
    SuspensionState.STARTING: frozenset({SuspensionState.RUNNING, SuspensionState.WITHDRAWING}),
    SuspensionState.RUNNING: frozenset({SuspensionState.DONE, SuspensionState.WITHDRAWING}),
    SuspensionState.DONE: frozenset({SuspensionState.WITHDRAWING}),
    SuspensionState.WITHDRAWING: frozenset({SuspensionState.WITHDRAWN}),
    SuspensionState.WITHDRAWN: frozenset(),
}


# -- what is asked for ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose clinics: one doctor's, a department's with those under it, or (neither) the whole hospital's (R19)."""

    starts_at: datetime
    ends_at: datetime
    """Clinics that overlap [starts_at, ends_at): a half-day is suspended as a whole."""
    doctor_id: int | None = None
    department_id: int | None = None
    period: Period | None = None
    """Only this half-day of each of the days."""

    @property
    def kind(self) -> str:
        if self.doctor_id is not None:
            return "doctor"
        return "department" if self.department_id is not None else "hospital"


# -- what is told ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClinicLine:
    """One clinic of a preview."""

    clinic_id: int
    doctor: DoctorView
    day: date
    period: Period
    by_channel: Mapping[str, int]
    free: int

    @property
    def affected(self) -> int:
        return sum(self.by_channel.values())


@dataclass(frozen=True, slots=True)
class Preview:
    """What a suspension would do; nothing is written."""

    clinics: tuple[ClinicLine, ...]

    @property
    def affected(self) -> int:
        return sum(clinic.affected for clinic in self.clinics)

    @property
    def by_channel(self) -> dict[str, int]:
        channels = {channel for clinic in self.clinics for channel in clinic.by_channel}
        return {name: sum(c.by_channel.get(name, 0) for c in self.clinics) for name in sorted(channels)}


@dataclass(frozen=True, slots=True)
class Started:
    """The clinics are closed and everybody affected is on the list."""

    suspension_id: int
    clinics: int
    affected: int
    again: bool = False
    """The same key had been started before: nothing happened now."""


@dataclass(frozen=True, slots=True)
class PreviewStale:
    """Since the preview somebody has booked, cancelled or changed there: nothing was written."""


@dataclass(frozen=True, slots=True)
class NothingToSuspend:
    """No clinic of that scope lies in that time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a suspension stands."""

    suspension_id: int
    state: SuspensionState
    reason: str
    clinics: int
    affected: int
    by_state: Mapping[CaseState, int]

    @property
    def ended(self) -> int:
        return sum(self.by_state.get(state, 0) for state in ENDED)

    @property
    def waiting(self) -> int:
        return sum(self.by_state.get(state, 0) for state in LIVE)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Whether everybody who was affected is accounted for; each list should be empty."""

    progress: Progress
    missing: int
    """Affected, less those in any state."""
    still_booked: tuple[int, ...]
    """Live appointments in a clinic that is closed."""
    at_odds: tuple[int, ...]
    """Cases whose appointment is not in the state that their own state means."""
    seats_astray: tuple[int, ...]
    """Held seats that no case offers, and offers without their held seat."""

    @property
    def balanced(self) -> bool:
        return not (self.missing or self.still_booked or self.at_odds or self.seats_astray)


# -- what the patient sees ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferView:
    """The seat kept for the patient."""

    doctor: DoctorView
    clinic_id: int
    slot_id: int
    day: date
    period: Period
    starts_at: datetime
    ends_at: datetime
    number: int
    fee_fen: int
    location: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """A suspended visit of one of the account's patients."""

    id: int
    state: CaseState
    version: int
    """Counts what the patient was told."""
    reason: str
    appointment: AppointmentView
    """As it was: the suspended visit."""
    offers: int
    """How often a seat has been offered; a tap on an earlier offer is told so."""
    offer: OfferView | None
    """None: none could be found, or its time is over."""
    kept: bool
    """There is an offer, or there was one at the moment of the answer."""
    rebooked: AppointmentView | None
    refund_fen: int
    told_at: datetime | None
    """When the notice was sent; None: not yet."""

    @property
    def waiting(self) -> bool:
        return self.state in LIVE


APPOINTMENT_OF: Mapping[CaseState, tuple[AppointmentState, ...]] = {
    CaseState.OFFERED: (AppointmentState.SUSPENDED,),
    CaseState.REMINDED: (AppointmentState.SUSPENDED,),
    CaseState.PHONE: (AppointmentState.SUSPENDED,),
    CaseState.REBOOKED: (AppointmentState.REBOOKED,),
    CaseState.REFUNDED: (AppointmentState.REFUNDED,),
    CaseState.DECLINED: (AppointmentState.DECLINED,),
    CaseState.REACHED: (AppointmentState.REBOOKED, AppointmentState.REFUNDED, AppointmentState.DECLINED),
}
"""What the saga makes of the appointment itself; open ones may not be touched yet, withdrawn ones stand."""

# -- time -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When an unanswered case is reminded and when staff call: always before the visit would have begun."""

    remind_at: datetime
    phone_at: datetime


def deadlines(now: datetime, starts_at: datetime, policy: Policy) -> Deadlines:
    """The policy's spans, shortened where the visit is near: at a third and two thirds of the time that is left."""
    left = max(starts_at - now, timedelta(0))
    remind = min(timedelta(minutes=policy.suspension_remind_minutes), left / 3)
    phone = min(timedelta(minutes=policy.suspension_phone_minutes), left * 2 / 3)
    return Deadlines(now + remind, now + max(remind, phone))


def offered_until(now: datetime, offered_start: datetime, policy: Policy) -> datetime:
    """Until when a seat is kept: the policy's span, and never past the time when it can be booked at all (R10)."""
    cutoff = offered_start - timedelta(minutes=policy.booking_cutoff_minutes)
    return min(now + timedelta(minutes=policy.suspension_offer_minutes), cutoff)
