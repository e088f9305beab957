"""The office's tables: all rows or none, every mistake with its row, twice is once."""

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import select

from bot.domain.commands import Book, Change
from bot.domain.outcomes import Booked, Changed
from bot.domain.states import SeatState
from bot.domain.views import Period, SeatQuery
from bot.services.importing import Kind, Report, import_sheet
from bot.services.sheets import RowError, Sheet
from bot.store.models import AuditEntry, Clinic, Department, Doctor, Seat, Slot
from nlu.parser import Nlu
from tests.integration.services.town import TODAY, TOMORROW, Town, at

HEAD = ("日期", "午别", "医生", "号数", "费用（元）")


def sheet(head: Sequence[str], *rows: Sequence[str]) -> Sheet:
    return Sheet(tuple(head), tuple((n, tuple(row)) for n, row in enumerate(rows, start=2)))


def run(town: Town, kind: Kind, head: Sequence[str], *rows: Sequence[str], dry_run: bool = False) -> Report:
    return import_sheet(town.db, town.clock, kind, sheet(head, *rows), dry_run=dry_run)


def test_clinics_are_cut_into_slots_and_seats(town: Town) -> None:
    report = run(
        town, Kind.CLINICS, (*HEAD, "每号分钟", "号别", "诊室", "院区"),
        ("2026-11-24", "上午", "王建国", "5", "50", "15", "专家", "305诊室", "东院"),
    )  # fmt: skip
    assert report == Report(1, added=1, ignored=("院区",))
    with town.hospital.world(0) as world:
        (clinic,) = world.clinics(SeatQuery())
        assert (clinic.day, clinic.period, clinic.kind) == (TOMORROW, Period.AM, "专家号")
        assert (clinic.fee_fen, clinic.location, clinic.total) == (5000, "305诊室", 5)
        assert [(s.starts_at, s.free) for s in world.slots(clinic.id)] == [
            (at(8, 0, TOMORROW), 2), (at(8, 30, TOMORROW), 2), (at(9, 0, TOMORROW), 1),
        ]  # fmt: skip


def test_english_heads_and_other_ways_of_writing(town: Town) -> None:
    report = run(
        town, Kind.CLINICS, ("Date", "Period", "Staff No", "Capacity", "Fee", "Start"),
        ("2026/11/24", "AM", "1001", "３", "¥50.5", "9:00"),
        ("2026年11月25日", "夜间", "1002", "3", "0", ""),
        ("20261126", "下午", "1003", "3", "100元", ""),
    )  # fmt: skip
    assert report == Report(3, added=3)
    with town.hospital.world(0) as world:
        found = world.clinics(SeatQuery())
        assert [c.fee_fen for c in found] == [5050, 0, 10000]
        assert world.slots(found[0].id)[0].starts_at == at(9, 0, TOMORROW)


def test_the_same_file_again_changes_nothing(town: Town) -> None:
    rows = [("2026-11-24", "上午", "王建国", "5", "50"), ("2026-11-24", "下午", "周明", "8", "30")]
    assert run(town, Kind.CLINICS, HEAD, *rows) == Report(2, added=2)
    before = (town.count(Clinic), town.count(Slot), town.count(Seat))
    assert run(town, Kind.CLINICS, HEAD, *rows) == Report(2)
    assert (town.count(Clinic), town.count(Slot), town.count(Seat)) == before


def test_one_bad_row_and_nothing_is_written(town: Town) -> None:
    report = run(
        town, Kind.CLINICS, HEAD,
        ("2026-11-24", "上午", "王建国", "5", "50"),
        ("2026-02-30", "半夜", "李四", "0", "五十"),
        ("", "上午", "", "99", "-1"),
        ("2026-11-22", "上午", "周明", "5", "50"),
        ("2026-11-24", "上午", "王建国", "6", "50"),
    )  # fmt: skip
    assert report.errors == (
        RowError(3, "医生", "没有医生「李四」"),
        RowError(3, "日期", "「2026-02-30」不是日期，写成 2026-11-24"),
        RowError(3, "午别", "「半夜」应为 上午、下午 或 晚上"),
        RowError(3, "号数", "0 不在 1–500 之间"),
        RowError(3, "费用", "「五十」不是金额（元）"),
        RowError(4, "医生", "工号和医生至少填一个"),
        RowError(4, "日期", "不能为空"),
        RowError(4, "费用", "「-1」应在 0–10000 元之间，最多两位小数"),
        RowError(4, "号数", "08:00–12:00 每号 10 分钟最多 24 个号"),
        RowError(5, "日期", "日期已过"),
        RowError(6, "日期", "与第 2 行是同一位医生的同一个半天"),
    )
    assert town.count(Clinic) == 0


def test_a_dry_run_tells_and_writes_nothing(town: Town) -> None:
    report = run(town, Kind.CLINICS, HEAD, ("2026-11-24", "上午", "王建国", "5", "50"), dry_run=True)
    assert report == Report(1, added=1, dry_run=True)
    assert town.count(Clinic) == 0
    assert town.count(AuditEntry) == 0


def test_a_missing_or_doubled_column_is_told_before_any_row(town: Town) -> None:
    report = run(town, Kind.CLINICS, ("日期", "日期", "医生"), ("x", "y", "z"))
    assert report.errors == (
        RowError(1, "日期", "这一列出现了两次"),
        RowError(1, "午别", "缺少这一列"),
        RowError(1, "号数", "缺少这一列"),
        RowError(1, "费用", "缺少这一列"),
    )


def test_fee_kind_and_room_may_change_what_is_sold_keeps_its_fee(town: Town) -> None:
    account = town.account()
    slots = town.clinic(fee=5000)
    booked = town.book(account, slots[0], town.register(account))
    report = run(
        town, Kind.CLINICS, (*HEAD, "诊室"), (TOMORROW.isoformat(), "下午", "王建国", "6", "60", "新诊室")
    )
    assert report == Report(1, changed=1)
    with town.hospital.world(account) as world:
        found = world.appointment(booked.id)
        assert found is not None
        assert (found.fee_fen, found.location) == (5000, "新诊室")
    with town.db.read() as uow:
        clinic = uow.session.scalars(select(Clinic)).one()
        assert (clinic.fee_fen, clinic.kind, clinic.version) == (6000, "专家号", 2), (
            "the file does not speak of 号别"
        )


def test_more_seats_are_added_behind_those_that_are_sold(town: Town) -> None:
    account = town.account()
    slots = town.clinic(seats=6)
    town.book(account, slots[1], town.register(account))
    report = run(town, Kind.CLINICS, HEAD, (TOMORROW.isoformat(), "下午", "王建国", "8", "50"))
    assert report == Report(1, changed=1)
    with town.hospital.world(account) as world:
        (clinic,) = world.clinics(SeatQuery())
        assert (clinic.free, clinic.total) == (7, 8)
        assert [s.free for s in world.slots(clinic.id)] == [3, 2, 2]
    assert town.consistent()


def test_fewer_seats_lock_the_highest_unsold_and_more_open_them_again(town: Town) -> None:
    account = town.account()
    slots = town.clinic(seats=6)
    town.book(account, slots[1], town.register(account))
    row = (TOMORROW.isoformat(), "下午", "王建国")
    assert run(town, Kind.CLINICS, HEAD, (*row, "4", "50")) == Report(1, changed=1)
    assert town.seats(slots[1]) == [SeatState.BOOKED, SeatState.LOCKED, SeatState.LOCKED]
    assert run(town, Kind.CLINICS, HEAD, (*row, "4", "50")) == Report(1)
    assert run(town, Kind.CLINICS, HEAD, (*row, "7", "50")) == Report(1, changed=1)
    assert town.seats(slots[1]) == [SeatState.BOOKED, SeatState.FREE, SeatState.FREE]
    assert town.count(Seat) == 7


def test_never_fewer_than_are_sold(town: Town) -> None:
    slots = town.clinic(seats=6)
    for n in range(1, 4):
        account = town.account(f"o-{n}")
        town.book(account, slots[0], town.register(account, n))
    report = run(town, Kind.CLINICS, HEAD, (TOMORROW.isoformat(), "下午", "王建国", "2", "50"))
    assert report.errors == (RowError(2, "号数", "已约出 3 个号，号数不能少于 3"),)
    assert town.seats(slots[1]) == [SeatState.FREE] * 3, "taken back with the rest"
    assert run(town, Kind.CLINICS, HEAD, (TOMORROW.isoformat(), "下午", "王建国", "3", "50")).errors == ()


def test_the_division_of_time_binds_once_somebody_booked(town: Town) -> None:
    account = town.account()
    town.clinic(seats=6)
    head, row = (*HEAD, "每号分钟"), (TOMORROW.isoformat(), "下午", "王建国", "6", "50", "15")
    assert run(town, Kind.CLINICS, head, row) == Report(1, changed=1)
    with town.hospital.world(account) as world:
        (clinic,) = world.clinics(SeatQuery())
        slots = world.slots(clinic.id)
        assert [s.free for s in slots] == [2, 2, 2]
    command = Book("k", slots[0].id, town.register(account).id)
    assert isinstance(town.hospital.execute(command, account), Booked)
    report = run(town, Kind.CLINICS, head, (*row[:-1], "10"))
    assert [error.reason for error in report.errors] == ["已有人预约，不能改时段的划分（每号分钟、开始时间）"]


def test_the_division_of_time_binds_also_those_who_moved_away(town: Town) -> None:
    """A repeated message is answered with the seat it got then: that seat stays."""
    account = town.account()
    slots, elsewhere = town.clinic(seats=6), town.clinic("周明")
    first = Book("k", slots[0], town.register(account).id)
    booked = town.hospital.execute(first, account)
    assert isinstance(booked, Booked)
    assert isinstance(
        town.hospital.execute(Change("c", booked.appointment.id, elsewhere[0]), account), Changed
    )
    head, row = (*HEAD, "每号分钟"), (TOMORROW.isoformat(), "下午", "王建国", "6", "50", "15")
    assert run(town, Kind.CLINICS, head, row).errors != ()
    assert town.hospital.execute(first, account) == booked


def test_a_past_day_may_be_in_the_file_if_it_is_there_already(town: Town) -> None:
    row = (TODAY.isoformat(), "下午", "王建国", "5", "50")
    run(town, Kind.CLINICS, HEAD, row)
    town.clock.set(at(9, 0, TOMORROW))
    assert run(town, Kind.CLINICS, HEAD, row) == Report(1)


def test_two_of_one_name_need_more(town: Town) -> None:
    with town.db.write() as uow:
        uow.session.add(
            Doctor(staff_no="2000", name="张敏", title="主任医师", department_id=town.departments["消化内科"])
        )
    row = ("2026-11-24", "上午", "张敏", "5", "50")
    report = run(town, Kind.CLINICS, HEAD, row)
    assert [e.reason for e in report.errors] == ["有多位「张敏」，请填工号"]
    assert run(town, Kind.CLINICS, (*HEAD, "科室"), (*row, "儿科")).added == 1
    wrong = run(town, Kind.CLINICS, (*HEAD, "工号"), (*row, "1001"))
    assert [e.reason for e in wrong.errors] == ["工号 1001 是「王建国」，不是「张敏」"]


def test_departments_with_parents_in_any_order(town: Town) -> None:
    head = ("科室名称", "编码", "上级科室", "别名", "位置", "须知", "启用")
    rows = [
        ("眼科", "D10", "五官科", "眼睛、看眼", "2楼", "请勿开车", "是"),
        ("五官科", "D09", "", "", "", "", ""),
        ("儿科", "D3", "", "小儿科", "", "", "否"),
    ]
    assert run(town, Kind.DEPARTMENTS, head, *rows) == Report(3, added=2, changed=1)
    assert run(town, Kind.DEPARTMENTS, head, *rows) == Report(3)
    with town.db.read() as uow:
        eye = uow.session.scalars(select(Department).where(Department.code == "D10")).one()
        group = uow.session.get(Department, eye.parent_id)
        assert group is not None
        assert (group.name, eye.aliases, eye.notes) == ("五官科", ["眼睛", "看眼"], "请勿开车")
    with town.hospital.world(0) as world:
        assert "儿科" not in [d.name for d in world.departments()]


def test_departments_are_checked_before_they_are_believed(town: Town) -> None:
    report = run(
        town, Kind.DEPARTMENTS, ("科室名称", "编码", "上级科室", "别名", "启用"),
        ("眼科", "D10", "", "内科门诊", ""),
        ("眼科", "D11", "", "", "也许"),
        ("", "D12", "", "", ""),
    )  # fmt: skip
    assert [(e.line, e.column) for e in report.errors] == [
        (2, "别名"), (3, "启用"), (3, "科室名称"), (4, "科室名称"),
    ]  # fmt: skip
    circle = run(town, Kind.DEPARTMENTS, ("科室名称", "上级科室"), ("内科", "心血管内科"))
    assert [e.reason for e in circle.errors] == ["科室不能是自己的上级"]
    nowhere = run(town, Kind.DEPARTMENTS, ("科室名称", "上级科室"), ("内科", "火星科"))
    assert [e.reason for e in nowhere.errors] == ["没有科室「火星科」"]
    assert town.count(Department) == 4


def test_a_column_that_is_not_there_says_nothing(town: Town) -> None:
    assert run(town, Kind.DEPARTMENTS, ("科室名称",), ("儿科",)) == Report(1)
    with town.db.read() as uow:
        row = uow.session.scalars(select(Department).where(Department.name == "儿科")).one()
        assert (row.aliases, row.location) == (["儿科门诊"], "儿科候诊区")


def test_doctors_by_staff_number(town: Town) -> None:
    head = ("工号", "姓名", "职称", "科室", "擅长", "在岗")
    rows = [("3001", "李四", "主治医师", "儿科", "发热", ""), ("1004", "张敏", "副主任医师", "儿科", "", "")]
    assert run(town, Kind.DOCTORS, head, *rows) == Report(2, added=1, changed=1)
    assert run(town, Kind.DOCTORS, head, *rows) == Report(2)
    with town.hospital.world(0) as world:
        assert [d.name for d in world.doctors(department_id=town.departments["儿科"])] == ["张敏", "李四"]
    assert "李四" in [d.name for d in town.hospital.lexicon().doctors]


def test_an_alias_that_was_imported_is_understood(town: Town) -> None:
    """A nurse adds a name patients use; nobody releases or restarts anything."""
    now = town.clock.now()
    assert Nlu(town.hospital.lexicon()).parse("挂娃娃门诊的号", now).slots.department is None
    assert run(town, Kind.DEPARTMENTS, ("科室名称", "别名"), ("儿科", "儿科门诊、娃娃门诊")).changed == 1
    assert Nlu(town.hospital.lexicon()).parse("挂娃娃门诊的号", now).slots.department == "儿科"


def test_doctors_are_checked(town: Town) -> None:
    head = ("工号", "姓名", "职称", "科室")
    report = run(
        town, Kind.DOCTORS, head,
        ("3001", "李四", "主治医师", "火星科"), ("3002", "", "主治医师", "儿科"), ("3002", "王五", "主治医师", "儿科"),
        ("3002", "赵六", "主治医师", "儿科"),
    )  # fmt: skip
    assert [(e.line, e.column) for e in report.errors] == [(2, "科室"), (3, "姓名"), (5, "工号")]
    assert town.count(Doctor) == 4


@pytest.mark.parametrize("kind", list(Kind))
def test_hostile_cells_are_rows_with_errors_never_exceptions(town: Town, kind: Kind) -> None:
    from bot.services.importing import _KINDS

    head = tuple(column.head for column in _KINDS[kind][0].values())
    for cell in (
        "'; DROP TABLE seats; --",
        "=1+1",
        "\x00",
        "九" * 5000,
        "1e999",
        "NaN",
        "９９９９９９９９９９",
        "-0",
    ):
        report = run(town, kind, head, tuple(cell for _ in head))
        assert report.errors, cell
    assert town.count(Clinic) == 0


def test_an_import_is_audited(town: Town) -> None:
    run(town, Kind.CLINICS, HEAD, ("2026-11-24", "上午", "王建国", "5", "50"))
    with town.db.read() as uow:
        entry = uow.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.actor) == ("import.clinics", "cli")
        assert entry.detail == {"added": "1", "changed": "0"}
    assert date(2026, 11, 24) == TOMORROW
