"""The database as a `World`: one account, one moment, one read transaction."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.domain.clock import local
from bot.domain.outcomes import AlreadyBooked, ClinicClosed, NotYours, Refusal
from bot.domain.policy import Policy
from bot.domain.ranking import rank
from bot.domain.rights import RightsView
from bot.domain.rules import booking_days
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
from bot.domain.world import Matter
from bot.services import appointments, bedside, eligibility, schedule
from bot.services.consents import live_consents
from bot.services.context import Context
from bot.services.last_push import last_push
from bot.services.people import patient_row, patients_of
from bot.services.rights import asking
from bot.services.surveys import looking as surveys
from bot.services.suspension import cases
from bot.services.tickets import looking as tickets
from bot.store.db import UnitOfWork


class DbWorld:
    """Implements `bot.domain.world.World`.  Lives for one turn: what was read once is not read again."""

    def __init__(self, uow: UnitOfWork, context: Context) -> None:
        self._uow, self._context, self._directory = uow, context, context.directory
        self._clinics: dict[SeatQuery, tuple[ClinicView, ...]] = {}
        self._clinic: dict[int, ClinicView | None] = {}
        self._slots: dict[int, tuple[SlotView, ...]] = {}
        self._patients: tuple[PatientView, ...] | None = None
        self._appointments: dict[bool, tuple[AppointmentView, ...]] = {}
        self._consents: frozenset[str] | None = None
        self._matters: tuple[Matter, ...] | None = None
        self._cases: dict[int, CaseView | None] = {}

    @property
    def now(self) -> datetime:
        return local(self._context.now)

    @property
    def hospital(self) -> str:
        return self._context.settings.hospital_name

    @property
    def phone(self) -> str:
        return self._context.settings.hospital_phone

    # -- the hospital ---------------------------------------------------------------------------

    def departments(self) -> Sequence[DepartmentView]:
        return self._directory.listed_departments

    def department(self, name: str) -> DepartmentView | None:
        return next((d for d in self._directory.departments.values() if d.name == name), None)

    def doctors(self, *, names: Sequence[str] = (), department_id: int | None = None) -> Sequence[DoctorView]:
        within = None if department_id is None else self._directory.within(department_id)
        return tuple(
            doctor
            for doctor in self._directory.listed_doctors
            if (not names or doctor.name in names) and (within is None or doctor.department_id in within)
        )

    def booking_days(
        self, department_id: int | None = None, doctor_id: int | None = None
    ) -> tuple[date, date]:
        return booking_days(self._context.now, self.policy(department_id, doctor_id))

    def policy(self, department_id: int | None = None, doctor_id: int | None = None) -> Policy:
        doctor = self._directory.doctors.get(doctor_id) if doctor_id is not None else None
        if department_id is None and doctor is not None:
            department_id = doctor.department_id
        return self._directory.policy(self._context.today, department_id, doctor_id)

    # -- seats ----------------------------------------------------------------------------------

    def clinics(self, query: SeatQuery) -> Sequence[ClinicView]:
        if query not in self._clinics:
            self._clinics[query] = self._find(query)
            self._clinic |= {clinic.id: clinic for clinic in self._clinics[query]}
        return self._clinics[query]

    def clinic(self, clinic_id: int) -> ClinicView | None:
        if clinic_id not in self._clinic:
            found = schedule.clinics(
                self._uow, self._directory, self._context.now, ids=(clinic_id,), only_free=False
            )
            self._clinic[clinic_id] = found[0] if found else None
        return self._clinic[clinic_id]

    def slots(self, clinic_id: int) -> Sequence[SlotView]:
        if clinic_id not in self._slots:
            clinic = self.clinic(clinic_id)
            self._slots[clinic_id] = (
                ()
                if clinic is None
                else schedule.slots(self._uow, self._directory, self._context.now, clinic)
            )
        return self._slots[clinic_id]

    def alternatives(self, query: SeatQuery, limit: int = 4) -> Sequence[ClinicView]:
        pool = self._find(
            SeatQuery(department_id=query.department_id), departments=self._departments_of(query)
        )
        return rank(pool, query, self._context.today, limit)

    def _departments_of(self, query: SeatQuery) -> Collection[int] | None:
        """Where to look for neighbours: the department of the wish, else those of its doctors."""
        if query.department_id is not None or not query.doctor_ids:
            return None
        known = self._directory.doctors
        return {known[i].department_id for i in query.doctor_ids if i in known}

    def _find(self, query: SeatQuery, departments: Collection[int] | None = None) -> tuple[ClinicView, ...]:
        if query.department_id is not None:
            departments = self._directory.within(query.department_id)
        return schedule.clinics(
            self._uow,
            self._directory,
            self._context.now,
            departments=departments,
            doctors=query.doctor_ids,
            days=query.days,
            period=query.period,
            kind=query.kind,
            only_free=query.with_free_seats_only,
        )

    # -- the account ----------------------------------------------------------------------------

    def patients(self) -> Sequence[PatientView]:
        if self._patients is None:
            account = self._context.account_id
            self._patients = () if account is None else patients_of(self._uow, account, self._context.today)
        return self._patients

    def appointments(self, *, upcoming: bool = True) -> Sequence[AppointmentView]:
        account = self._context.account_id
        if account is None:
            return ()
        if upcoming not in self._appointments:
            read = appointments.upcoming if upcoming else appointments.recent
            self._appointments[upcoming] = read(self._uow, self._directory, account, self._context.now)
        return self._appointments[upcoming]

    def appointment(self, appointment_id: int) -> AppointmentView | None:
        row = appointments.appointment_row(self._uow, self._context.account_id, appointment_id)
        if row is None:
            return None
        return appointments.view_of(row, self._uow, self._directory, self._context.now)

    def would_refuse(self, slot_id: int, patient_id: str, *, moving: int | None = None) -> Refusal | None:
        patient = patient_row(self._uow, self._context.account_id, patient_id)
        if patient is None or patient.patient_deceased_at is not None:
            return NotYours()
        place = eligibility.place_of(self._uow, self._context, slot_id)
        if place is None:
            return ClinicClosed(0)
        before = None if moving is None else self.appointment(moving)
        if before is not None and before.slot_id == slot_id:
            return AlreadyBooked(before)
        return eligibility.refusal(self._uow, self._context, place, patient, moving=moving)

    def consented(self, kind: str) -> bool:
        if self._consents is None:
            self._consents = live_consents(self._uow, self._context.account_id)
        return kind in self._consents

    # -- suspended visits -----------------------------------------------------------------------

    def matters(self) -> Sequence[Matter]:
        if self._context.account_id is None:
            return ()
        if self._matters is None:
            self._matters = tuple(
                Matter(
                    f"case:{case.id}.{case.version}",
                    "suspension",
                    {"case": case.id},
                    case.told_at,
                    not case.waiting,
                )
                for case in cases.waiting(self._uow, self._context)
            ) + last_push(self._uow, self._context)
        return self._matters

    def case(self, case_id: int) -> CaseView | None:
        if case_id not in self._cases:
            self._cases[case_id] = cases.case_view(self._uow, self._context, case_id)
        return self._cases[case_id]

    # -- questionnaires, tickets, beds ------------------------------------------------------------

    def survey(self, scope: str) -> SurveyView | None:
        return surveys.survey(self._uow, self._context, scope)

    def surveys(self) -> Sequence[SurveyView]:
        return () if self._context.account_id is None else surveys.answerable(self._uow, self._context)

    def tickets(self) -> Sequence[TicketView]:
        return () if self._context.account_id is None else tickets.own(self._uow, self._context)

    def ticket(self, ticket_id: int) -> TicketView | None:
        return tickets.ticket(self._uow, self._context, ticket_id)

    def bed(self, scene: str) -> BedView | None:
        return bedside.bed(self._uow, self._context, scene)

    def rights(self, patient_id: str) -> RightsView | None:
        return asking.rights_of(self._uow, self._context, patient_id)
