"""Fewer seats than are sold, or another division of the half-day: the saga for the numbers that have to go (R12)."""

from bot.domain.commands import AcceptOffer
from bot.domain.outcomes import Rebooked
from bot.domain.states import AppointmentState, ClinicState
from bot.domain.suspension import CaseState
from bot.services.importing import Kind, Report, import_sheet
from bot.services.sheets import Sheet
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
