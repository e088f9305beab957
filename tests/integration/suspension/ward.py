"""Shortcuts for arranging suspensions and looking at what came of them."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from bot.domain.accounts import AccountRef
from bot.domain.outcomes import Outcome
from bot.domain.states import AppointmentState, ClinicState, PushState, SeatState
from bot.domain.suspension import CaseState, CaseView, Scope, Started
from bot.domain.views import AppointmentView, PatientView, Period
from bot.services.suspension import cases
from bot.services.suspension.saga import Suspensions
from bot.store.models import Appointment, Clinic, Seat
from bot.store.push_models import PhoneTask, Push
from bot.store.suspension_models import SuspensionCase
from tests.integration.services.town import TODAY, TOMORROW, Town, at

DAY = timedelta(days=1)


class Killed(BaseException):
    """kill -9: nothing after it runs."""


@dataclass
class Ward:
    """A town whose doctors fall ill."""

    town: Town
    accounts: list[AccountRef] = field(default_factory=list)
    patients: list[PatientView] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.saga = Suspensions(self.town.hospital)

    # -- arranging ------------------------------------------------------------------------------

    def patient(self) -> tuple[AccountRef, PatientView]:
        """Somebody new, with an account of their own."""
        n = len(self.accounts) + 1
        self.accounts.append(self.town.account(f"o-{n}"))
        self.patients.append(self.town.register(self.accounts[-1], n))
        return self.accounts[-1], self.patients[-1]

    def booked(self, *slots: int) -> list[AppointmentView]:
        """One new patient in each slot."""
        made = []
        for slot in slots:
            account, patient = self.patient()
            made.append(self.town.book(account, slot, patient))
        return made

    def scope(self, doctor: str = "王建国", first: date = TOMORROW, last: date | None = None) -> Scope:
        return Scope(at(0, day=first), at(0, day=(last or first) + DAY), doctor_id=self.town.doctors[doctor])

    def everywhere(self, first: date = TODAY, days: int = 2) -> Scope:
        return Scope(at(0, day=first), at(0, day=first + days * DAY))

    def start(self, scope: Scope | None = None, key: str = "s-1", *, work: bool = True) -> Started:
        started = self.saga.start(scope or self.scope(), key=key, reason="医生外出", actor="staff:0001")
        assert isinstance(started, Started), started
        if work:
            self.saga.work()
        return started

    def standard(self, seats: int = 6) -> list[AppointmentView]:
        """王建国 tomorrow afternoon with two patients; he is there the day after, 王海燕 tomorrow afternoon too."""
        slots = self.town.clinic(seats=seats)
        self.town.clinic(day=TOMORROW + DAY)
        self.town.clinic("王海燕")
        return self.booked(slots[0], slots[1])

    # -- looking --------------------------------------------------------------------------------

    def states(self, suspension_id: int | None = None) -> list[CaseState]:
        with self.town.db.read() as uow:
            query = select(SuspensionCase.state).order_by(SuspensionCase.id)
            if suspension_id is not None:
                query = query.where(SuspensionCase.suspension_id == suspension_id)
            return list(uow.session.scalars(query))

    def cases(self) -> list[SuspensionCase]:
        with self.town.db.read() as uow:
            return list(uow.session.scalars(select(SuspensionCase).order_by(SuspensionCase.id)))

    def view(self, account: AccountRef, case_id: int) -> CaseView:
        context = self.town.hospital._context(account, "")
        with self.town.db.read() as uow:
            seen = cases.case_view(uow, context, case_id)
        assert seen is not None
        return seen

    def visit(self, appointment_id: int) -> AppointmentState:
        with self.town.db.read() as uow:
            return AppointmentState(uow.session.get_one(Appointment, appointment_id).state)

    def clinic_states(self, doctor: str = "王建国") -> list[ClinicState]:
        with self.town.db.read() as uow:
            query = (
                select(Clinic.state).where(Clinic.doctor_id == self.town.doctors[doctor]).order_by(Clinic.day)
            )
            return list(uow.session.scalars(query))

    def held(self) -> int:
        return self.town.count(Seat, Seat.state == SeatState.HELD)

    def pushes(self, kind: str = "suspension", state: PushState = PushState.PLANNED) -> int:
        return self.town.count(Push, Push.kind == kind, Push.state == state)

    def calls(self) -> int:
        return self.town.count(PhoneTask, PhoneTask.state == "open")

    def answer(self, command: object, account: AccountRef) -> Outcome:
        return self.town.hospital.execute(command, account)  # type: ignore[arg-type]

    def balanced(self, suspension_id: int) -> bool:
        found = self.saga.reconcile(suspension_id)
        assert found is not None
        assert found.balanced, found
        return True

    def sound(self) -> bool:
        """What holds at every moment: each offer has its held seat and no other seat is held; no live visit in a
        closed clinic; every live visit has its own booked seat."""
        with self.town.db.read() as uow:
            held = set(uow.session.scalars(select(Seat.id).where(Seat.state == SeatState.HELD)))
            offered = set(
                uow.session.scalars(
                    select(SuspensionCase.offer_seat_id).where(SuspensionCase.offer_seat_id.is_not(None))
                )
            )
            live = list(
                uow.session.scalars(
                    select(Appointment.seat_id).where(Appointment.state.in_(["booked", "checked_in"]))
                )
            )
            booked = set(uow.session.scalars(select(Seat.id).where(Seat.state == SeatState.BOOKED)))
        assert held == offered
        assert len(live) == len(set(live))
        assert set(live) == booked
        return True


__all__ = ["DAY", "TODAY", "TOMORROW", "Killed", "Period", "Ward", "at"]
