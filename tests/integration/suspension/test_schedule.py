"""Fewer seats than are sold, or another division of the half-day: the saga for the numbers that have to go (R12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random

from sqlalchemy import select

from bot.domain.commands import AcceptOffer, Book
from bot.domain.outcomes import Rebooked, Refused
from bot.domain.states import AppointmentState, ClinicState, SeatState
from bot.domain.suspension import CaseState, Scope, Started
from bot.services import demo
from bot.services.hospital import Hospital
from bot.services.importing import Kind, Report, import_sheet
from bot.services.sheets import Sheet
from bot.services.suspension.saga import Suspensions
from bot.settings import load
from bot.store.db import Database
from bot.store.models import Clinic, Seat, Slot
from tests.conftest import FixedClock
from tests.integration.suspension.ward import DAY, TOMORROW, Ward, at

HEAD = ("日期", "午别", "医生", "号数", "费用（元）", "每号分钟", "开始时间")


def bring(ward: Ward, *row: str, dry_run: bool = False, suspend: bool = True) -> Report:
    acting = ward.town.hospital.acting("cli") if suspend else None
    sheet = Sheet(HEAD, ((2, row),))
    return import_sheet(
        ward.town.db, ward.town.clock, Kind.CLINICS, sheet, dry_run=dry_run, suspending=acting
    )


def test_fewer_seats_than_are_sold(ward: Ward) -> None:
    slots = ward.town.clinic(seats=6)
    ward.town.clinic(day=TOMORROW + DAY)
    visits = ward.booked(slots[0], slots[0], slots[1])
    row = ("2026-11-24", "下午", "王建国", "2", "50", "10", "")
    assert bring(ward, *row, suspend=False).errors, "not without saying so"
    tried = bring(ward, *row, dry_run=True)
    assert (tried.displaced, ward.states()) == (1, [])
    done = bring(ward, *row)
    assert (done.displaced, done.changed, done.errors) == (1, 1, ())
    assert [ward.visit(v.id) for v in visits] == [
        AppointmentState.BOOKED, AppointmentState.BOOKED, AppointmentState.SUSPENDED,
    ]  # fmt: skip
    assert ward.clinic_states()[0] is ClinicState.OPEN
    assert bring(ward, *row).displaced == 0, "the same file again changes nothing"
    ward.saga.work()
    assert ward.states() == [CaseState.OFFERED]
    assert isinstance(ward.answer(AcceptOffer("k", 1, 1), ward.accounts[2]), Rebooked)
    assert done.suspension_id is not None
    assert ward.balanced(done.suspension_id)
    assert ward.sound()


def test_another_beginning(ward: Ward) -> None:
    slots = ward.town.clinic(seats=6)
    visits = ward.booked(slots[0], slots[1])
    row = ("2026-11-24", "下午", "王建国", "6", "50", "10", "15:00")
    done = bring(ward, *row)
    assert (done.displaced, done.errors) == (2, ())
    ward.saga.work()
    assert {ward.visit(v.id) for v in visits} == {AppointmentState.SUSPENDED}
    offer = ward.view(ward.accounts[0], 1).offer
    assert offer is not None
    assert offer.starts_at == at(15, day=TOMORROW), "the same doctor's new time"
    assert ward.town.hospital.acting("x") is not None
    assert bring(ward, *row).displaced == 0
    assert ward.sound()


def test_a_number_that_keeps_its_time_keeps_its_seat(ward: Ward) -> None:
    slots = ward.town.clinic(seats=6)
    first, last = ward.booked(slots[0], slots[1])
    done = bring(ward, "2026-11-24", "下午", "王建国", "6", "50", "30", "")
    assert done.displaced == 1
    assert ward.visit(first.id) is AppointmentState.BOOKED
    assert ward.visit(last.id) is AppointmentState.SUSPENDED
    ward.saga.work()
    assert ward.sound()


def test_a_clinic_imported_into_suspended_days_comes_in_suspended(ward: Ward) -> None:
    ward.standard()
    started = ward.start(ward.scope(last=TOMORROW + 7 * DAY))
    new, free = ("2026-11-27", "上午", "王建国", "6", "50", "10", ""), TOMORROW + 8 * DAY
    tried = bring(ward, *new, dry_run=True)
    assert (tried.added, tried.closed) == (1, 1)
    done = bring(ward, *new)
    assert (done.added, done.closed) == (1, 1)
    assert bring(ward, *new).closed == 0, "the same file again changes nothing"
    assert bring(ward, free.isoformat(), *new[1:]).closed == 0
    assert bring(ward, "2026-11-27", "上午", "王海燕", "6", "50", "10", "").closed == 0
    assert ward.clinic_states() == [ClinicState.SUSPENDED] * 3 + [ClinicState.OPEN]
    slot = slots_of(ward, date(2026, 11, 27))[0]
    account, patient = ward.patient()
    assert isinstance(ward.town.hospital.execute(Book("k", slot, patient.id), account), Refused)
    ward.saga.work()
    assert all(case.offer_seat_id is not None for case in ward.cases())
    assert ward.balanced(started.suspension_id)
    assert ward.sound()
    ward.saga.withdraw(started.suspension_id, actor="cli")
    ward.saga.work()
    assert ward.clinic_states() == [ClinicState.OPEN] * 4
    assert ward.town.seats(slot) == [SeatState.FREE] * 3
    assert ward.sound()


def test_a_withdrawn_or_past_suspension_closes_nothing(ward: Ward) -> None:
    ward.standard()
    past = ward.start()
    ward.town.clock.advance(5 * DAY)
    coming = ward.town.clinic(day=TOMORROW + 7 * DAY)
    assert coming
    withdrawn = ward.start(ward.scope(first=TOMORROW + 6 * DAY, last=TOMORROW + 9 * DAY), key="s-2")
    ward.saga.withdraw(withdrawn.suspension_id, actor="cli")
    assert past.suspension_id != withdrawn.suspension_id
    assert bring(ward, "2026-12-01", "上午", "王建国", "6", "50", "10", "").closed == 0


def test_importing_and_suspending_at_once(ward: Ward) -> None:
    """Whoever is first: the clinic is closed."""
    for day in range(6):
        ward.town.clinic(day=TOMORROW + day * DAY)
    rows = [((TOMORROW + day * DAY).isoformat(), "上午", "王建国", "6", "50", "10", "") for day in range(6)]

    def act(n: int) -> object:
        if n == 3:
            return ward.start(ward.scope(last=TOMORROW + 7 * DAY), work=False)
        return bring(ward, *rows[n])

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(act, range(6)))
    assert set(ward.clinic_states()) == {ClinicState.SUSPENDED}


def test_the_demo_hospital_extends_into_suspended_days(db: Database, clock: FixedClock) -> None:
    demo.seed(db, clock)
    hospital = Hospital(db, clock=clock, rng=Random(1), settings=load())
    began = clock.now()
    whole = Scope(began, began + 20 * DAY)
    assert isinstance(Suspensions(hospital).start(whole, key="s", reason="台风", actor="cli"), Started)
    clock.advance(2 * DAY)
    assert demo.extend(db, clock) > 0
    with db.read() as uow:
        new = Clinic.day > began.date() + 14 * DAY
        states = set(uow.session.scalars(select(Clinic.state).where(new)))
        seats = set(
            uow.session.scalars(select(Seat.state).join(Clinic, Clinic.id == Seat.clinic_id).where(new))
        )
    assert states == {ClinicState.SUSPENDED}
    assert seats == {SeatState.LOCKED}


def slots_of(ward: Ward, day: date) -> list[int]:
    with ward.town.db.read() as uow:
        mine = Clinic.doctor_id == ward.town.doctors["王建国"]
        return list(
            uow.session.scalars(select(Slot.id).join(Clinic).where(mine, Clinic.day == day).order_by(Slot.id))
        )
