"""What came of a command: frozen data, matched with ``match``; sentences are made in ``handlers/texts/``."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.flags import FlagLevel
from bot.domain.rights import (
    ConsentWithdrawn,
    CopyLimit,
    CopyReady,
    Holdings,
    PrivacyAsked,
    PrivacyTakenBack,
    VisitsFirst,
)
from bot.domain.survey import SurveyClosed, SurveyMoved, SurveyRefused
from bot.domain.tickets import TicketView
from bot.domain.views import AppointmentView, ClinicView, PatientView, SlotView

# -- why something is refused -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TooEarly:
    """R9: the day is beyond the booking window."""

    last_day: date
    window_days: int


@dataclass(frozen=True, slots=True)
class TooLate:
    """R10: this slot can no longer be booked."""

    cutoff_minutes: int


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """R16/R17: an appointment can no longer be changed or cancelled by chat."""

    action: str
    """change | cancel"""
    until: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A limit against scalping (R2)."""

    scope: str
    """patient_day | patient_open | account_open | phone_open | cancels_month | patients_per_account"""
    limit: int


@dataclass(frozen=True, slots=True)
class AlreadyBooked:
    """The patient has a live appointment in this clinic, or in this department and half-day."""

    appointment: AppointmentView


@dataclass(frozen=True, slots=True)
class ClinicClosed:
    """Suspended, closed or past."""

    clinic_id: int


@dataclass(frozen=True, slots=True)
class NotYours:
    """The patient or appointment does not belong to this account, or does not exist: the same answer for both."""


@dataclass(frozen=True, slots=True)
class NotLive:
    """The appointment is cancelled, done or otherwise over."""

    appointment: AppointmentView


@dataclass(frozen=True, slots=True)
class IdentityConflict:
    """The identity number is registered, and name or phone do not agree with it."""


@dataclass(frozen=True, slots=True)
class InvalidField:
    """A field that no dialog should have let through."""

    field: str


Refusal = (
    TooEarly
    | TooLate
    | DeadlinePassed
    | LimitReached
    | AlreadyBooked
    | ClinicClosed
    | NotYours
    | NotLive
    | IdentityConflict
    | InvalidField
)

# -- outcomes -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule said no; nothing was written."""

    why: Refusal


@dataclass(frozen=True, slots=True)
class Taken:
    """The slot's last seat went to someone else; alternatives are ranked, nearest to the wish first (R5)."""

    slots: tuple[SlotView, ...]
    """Other slots of the same clinic."""
    clinics: tuple[ClinicView, ...]
    """Other clinics, if the clinic is full."""


@dataclass(frozen=True, slots=True)
class Booked:
    appointment: AppointmentView


@dataclass(frozen=True, slots=True)
class Changed:
    appointment: AppointmentView
    before: AppointmentView


@dataclass(frozen=True, slots=True)
class Cancelled:
    appointment: AppointmentView
    refund_fen: int


@dataclass(frozen=True, slots=True)
class Rebooked:
    """A visit in place of the suspended one."""

    appointment: AppointmentView
    before: AppointmentView


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The suspended visit is given up; what was paid for it goes back."""

    before: AppointmentView
    refund_fen: int


@dataclass(frozen=True, slots=True)
class OfferGone:
    """The seat kept for the patient is not theirs any more; the case has another offer now, or none."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """The suspended visit has been settled already."""

    case_id: int


@dataclass(frozen=True, slots=True)
class PreferenceSet:
    """These groups of messages are wanted now, or not any more; by title."""

    titles: tuple[str, ...]
    on: bool


@dataclass(frozen=True, slots=True)
class NotOptional:
    """Messages that cannot be switched off: what happens to a visit that is booked; by title."""

    title: str


@dataclass(frozen=True, slots=True)
class Registered:
    patient: PatientView
    linked: bool
    """True where the person was known to the hospital and has only been linked to this account."""


@dataclass(frozen=True, slots=True)
class Corrected:
    patient: PatientView
    field: str


@dataclass(frozen=True, slots=True)
class CorrectedSince:
    """Somebody else did, after the form was opened: nothing was written."""


@dataclass(frozen=True, slots=True)
class Unlinked:
    masked_name: str


@dataclass(frozen=True, slots=True)
class HumanQueued:
    ahead: int
    """People waiting before this one."""
    staffed: bool
    """Whether the desk is staffed now (working hours are a setting)."""


@dataclass(frozen=True, slots=True)
class HumanLeft:
    pass


@dataclass(frozen=True, slots=True)
class TicketOpened:
    ticket: TicketView


@dataclass(frozen=True, slots=True)
class TicketAdded:
    """The ticket with what was said besides."""

    ticket: TicketView


@dataclass(frozen=True, slots=True)
class TicketJudged:
    """The patient has said whether the answer is good."""

    ticket: TicketView


@dataclass(frozen=True, slots=True)
class DangerReported:
    """Staff have been told."""

    staffed: bool
    """Whether somebody is there now."""
    department: str = ""
    """Of the patient's last stay."""
    level: FlagLevel = FlagLevel.URGENT


@dataclass(frozen=True, slots=True)
class BedClaimed:
    """The account looks after the patient of that stay now."""

    patient: PatientView


@dataclass(frozen=True, slots=True)
class BedRefused:
    why: str
    """unknown | expired | wrong | locked"""
    left: int = 0
    """Tries left."""


Outcome = (
    Refused
    | Taken
    | Booked
    | Changed
    | Cancelled
    | Rebooked
    | GivenUp
    | OfferGone
    | CaseClosed
    | PreferenceSet
    | NotOptional
    | Registered
    | Corrected
    | CorrectedSince
    | Unlinked
    | HumanQueued
    | HumanLeft
    | SurveyMoved
    | SurveyClosed
    | SurveyRefused
    | TicketOpened
    | TicketAdded
    | TicketJudged
    | DangerReported
    | BedClaimed
    | BedRefused
    | Holdings
    | CopyReady
    | CopyLimit
    | PrivacyAsked
    | ConsentWithdrawn
    | PrivacyTakenBack
    | VisitsFirst
)
