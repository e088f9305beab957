"""The window through which a dialog sees the hospital: read-only, bound to one account and one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.outcomes import Refusal
from bot.domain.policy import Policy
from bot.domain.rights import RightsView
from bot.domain.speech import Json
from bot.domain.survey import SurveyView
from bot.domain.suspension import CaseView
from bot.domain.tickets import TicketView
from bot.domain.views import (
    AppointmentView,
    BedView,
    ClinicView,
    DepartmentView,
    DoctorView,
    PatientView,
    SeatQuery,
    SlotView,
)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something the account has to be told before anything else, and the frame that tells it (a suspended visit)."""

    id: str
    """Another one where there is something new to tell of the same."""
    frame: str
    values: Mapping[str, Json]
    told_at: datetime | None
    """When a push told it; None: not yet."""
    done: bool = False
    """Settled a moment ago: nothing is raised any more, but a retried message still means what it meant."""
    waits: bool = False
    """Never raised on its own (an invitation to a questionnaire): the next message may answer the push, that is all."""


class World(Protocol):
    """Implemented by ``bot.services.world`` over the database."""

    @property
    def now(self) -> datetime:
        """The hospital's (demo) clock, in the hospital's zone."""
        ...

    @property
    def hospital(self) -> str:
        """示例市人民医院"""
        ...

    @property
    def phone(self) -> str:
        """The number to call when the chat is not enough."""
        ...

    def departments(self) -> Sequence[DepartmentView]:
        """Departments with clinics, in the hospital's order."""
        ...

    def department(self, name: str) -> DepartmentView | None:
        """By canonical name."""
        ...

    def doctors(self, *, names: Sequence[str] = (), department_id: int | None = None) -> Sequence[DoctorView]:
        """Active doctors; two of the same name are two rows."""
        ...

    def clinics(self, query: SeatQuery) -> Sequence[ClinicView]:
        """Bookable clinics by day, half-day, then title; within the booking window (R9) and after the cutoff (R10).

        With ``with_free_seats_only=False`` full and suspended clinics are there too, so that the bot can say
        why; a day outside the window gives nothing: ask `booking_days`.
        """
        ...

    def clinic(self, clinic_id: int) -> ClinicView | None: ...

    def slots(self, clinic_id: int) -> Sequence[SlotView]:
        """The clinic's slots that start after the cutoff, full ones included, by time."""
        ...

    def alternatives(self, query: SeatQuery, limit: int = 4) -> Sequence[ClinicView]:
        """Ranked neighbours of a wish that has no seats: same doctor other day, same day other doctor, soonest (R5)."""
        ...

    def booking_days(
        self, department_id: int | None = None, doctor_id: int | None = None
    ) -> tuple[date, date]:
        """First and last day that may be booked (R9)."""
        ...

    def policy(self, department_id: int | None = None, doctor_id: int | None = None) -> Policy: ...

    def patients(self) -> Sequence[PatientView]:
        """The account's patients, 本人 first."""
        ...

    def appointments(self, *, upcoming: bool = True) -> Sequence[AppointmentView]:
        """Of the account's patients; live and future by time, or with ``upcoming=False`` the last 20 of any state."""
        ...

    def appointment(self, appointment_id: int) -> AppointmentView | None: ...

    def would_refuse(self, slot_id: int, patient_id: str, *, moving: int | None = None) -> Refusal | None:
        """The rule that would refuse this booking (or this change of appointment ``moving``), asked early so
        that the patient hears it before confirming.  The service asks again in its transaction."""
        ...

    def consented(self, kind: str) -> bool:
        """Whether the account has a live consent of this kind."""
        ...

    def matters(self) -> Sequence[Matter]:
        """What the account has to be told first: its suspended visits without an answer, the nearest first."""
        ...

    def case(self, case_id: int) -> CaseView | None:
        """A suspended visit of one of the account's patients."""
        ...

    def survey(self, scope: str) -> SurveyView | None:
        """What ``scope`` (``followup:12``) asks one of the account's patients, before it is begun and after it is over
        too."""
        ...

    def surveys(self) -> Sequence[SurveyView]:
        """What the account may answer today: what was begun, then what is due, the nearest end first."""
        ...

    def tickets(self) -> Sequence[TicketView]:
        """The account's tickets: those that are open or were closed in the last 30 days, the newest first."""
        ...

    def ticket(self, ticket_id: int) -> TicketView | None: ...

    def bed(self, scene: str) -> BedView | None:
        """The stay behind a bedside code that is still good."""
        ...

    def rights(self, patient_id: str) -> RightsView | None:
        """What the chat may do about the data of one of the account's patients."""
        ...
