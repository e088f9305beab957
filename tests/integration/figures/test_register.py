"""登记簿 and 档案: the columns of R28 and R29, masked, as rows, as a workbook, as a page."""

import re
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.questionnaires.model import Coded, Free, Value
from bot.services.figures import page, pages, workbook
from bot.services.figures.archive import archive
from bot.services.figures.periods import month_of
from bot.services.figures.printing import archive_table, register_table, write_down
from bot.services.figures.register import RegisterRow, register
from bot.services.figures.whose import Whose
from bot.services.tables import table
from bot.store.models import AuditEntry
from tests.integration.figures.office import Office, S, at

NOVEMBER = month_of("2026-11")
R28 = [
    "回访日期",
    "姓名",
    "性别",
    "年龄",
    "住院号",
    "入院诊断",
    "出院日期",
    "家庭地址",
    "电话",
    "康复与慢病服药",
    "意见建议",
    "改进措施",
    "回访医师签名",
]
R29 = ["姓名", "性别", "年龄", "病历号", "科室", "经管医生", "出院日期", "诊断", "电话", "详细地址"]
OPINION = "=王小明的饭菜凉，请打13800000001"
ANSWERS: dict[str, tuple[Value, ...]] = {
    "recovery": (Coded("good"),), "signs": (Coded("fever"),), "degrees": (Decimal("38.5"),),
    "words": (Free(OPINION),),
}  # fmt: skip


def rows(office: Office, *, ward: str = "内一病区", reveal: bool = False) -> list[RegisterRow]:
    with office.db.read() as uow:
        return list(register(uow, office.hospital.forms, NOVEMBER, whose=Whose(ward=ward), reveal=reveal))


def fill(office: Office) -> int:
    step = office.step(
        office.discharge("Z1", "2026-11-05"), "2026-11-10", S.ANSWERED, reached=at("2026-11-11", "07:30")
    )
    office.answer(step, "discharge-week", ANSWERS, at("2026-11-11"))
    office.contact(step, "no_answer", at("2026-11-10"), "0007")
    office.contact(step, "reached", at("2026-11-11", "07:30"), "0012")
    office.ticket(
        at("2026-11-11"),
        at("2026-11-14"),
        text=OPINION,
        measure="换保温餐车",
        followup_id=step,
    )
    return step


def test_the_columns_are_exactly_those_of_the_regulation(office: Office) -> None:
    with office.db.read() as uow:
        book = register_table(
            uow, office.hospital.forms, NOVEMBER, whose=Whose(), reveal=False, hospital="试验医院"
        )
        files = archive_table(uow, NOVEMBER, whose=Whose(), reveal=False, hospital="试验医院")
    assert [column.head for column in book.columns] == R28
    assert [column.head for column in files.columns] == R29


def test_a_row_says_what_was_answered_and_done_masked(office: Office) -> None:
    fill(office)
    (row,) = rows(office)
    assert row == RegisterRow(
        date(2026, 11, 11), "王*明", "男", "36", "Z1", "胸闷待查", date(2026, 11, 5), "示例市****", "138****0001",
        "康复：好；症状：发烧，最高烧到多少度：38.5度", "=王*明的饭菜凉，请打138****", "换保温餐车", "0012",
    )  # fmt: skip


def test_in_full_for_who_may(office: Office) -> None:
    fill(office)
    (row,) = rows(office, reveal=True)
    assert (row.name, row.phone, row.address) == ("王小明", "13800000001", "示例市幸福区和平路1号")
    assert row.opinions == "=王小明的饭菜凉，请打13800000001"
    write_down(office.db, "cli", "register", NOVEMBER, "内一病区")
    with office.db.read() as uow:
        audit = table(AuditEntry)
        (entry,) = uow.connection.execute(
            select(audit).where(audit.c.action == "register.revealed")
        ).fetchall()
    assert (entry.subject, entry.detail) == ("ward:内一病区", {"since": "2026-11-01", "until": "2026-12-01"})


def test_lost_and_refused_stand_there_with_their_reason_and_an_invitation_does_not(office: Office) -> None:
    office.clock.set(at("2026-11-20"))
    lost = office.step(
        office.discharge("Z1", "2026-11-05"),
        "2026-11-10",
        S.LOST,
        reason="out_of_service",
        attempted=at("2026-11-10"),
    )
    office.contact(lost, "out_of_service", at("2026-11-12"), "0012")
    office.step(office.discharge("Z2", "2026-11-05"), "2026-11-10", S.REFUSED, reached=at("2026-11-12"))
    office.step(office.discharge("Z3", "2026-11-05"), "2026-11-10", S.CONTACTING, attempted=at("2026-11-10"))
    # Refused for good on the phone: nobody was asked about the steps to come.
    office.step(office.discharge("Z4", "2026-11-05"), "2027-02-05", S.REFUSED)
    assert [(row.followed_on.day, row.admission_no, row.recovery, row.signed_by) for row in rows(office)] == [
        (12, "Z2", "不愿接受回访", ""), (20, "Z1", "失访：停机", "0012"),
    ]  # fmt: skip


def test_the_night_before_the_first_is_last_month(office: Office) -> None:
    office.step(
        office.discharge("Z1", "2026-10-20"), "2026-10-25", S.ANSWERED, reached=at("2026-10-31", "23:59")
    )
    office.step(
        office.discharge("Z2", "2026-10-20"), "2026-10-25", S.ANSWERED, reached=at("2026-11-01", "00:00")
    )
    assert [row.admission_no for row in rows(office)] == ["Z2"]
    assert rows(office, ward="内二病区") == []


def test_whoever_reviewed_signs_where_nobody_called(office: Office) -> None:
    step = office.step(
        office.discharge("Z1", "2026-11-05"), "2026-11-10", S.REVIEWED, reached=at("2026-11-11")
    )
    office.answer(step, "discharge-week", {"recovery": (Coded("good"),)}, at("2026-11-11"))
    office.review(step, at("2026-11-15"), timely=True, accurate=True, staff_no="0300")
    assert [row.signed_by for row in rows(office)] == ["0300"]


def test_pages_lose_and_repeat_nobody(office: Office, monkeypatch: object) -> None:
    for number in range(7):
        office.step(
            office.discharge(f"Z{number}", "2026-11-05"),
            "2026-11-10",
            S.ANSWERED,
            reached=at("2026-11-11", f"1{number % 3}:00"),
        )
    from bot.services.figures.register import _ROWS, _at
    from bot.services.followup.discharges import F

    with office.db.read() as uow:
        found = [
            [row.admission_no for row in page]
            for page in pages.pages(uow, _ROWS, {"at": _at, "id": F.c.id}, size=3)
        ]
    assert found == [["Z0", "Z3", "Z6"], ["Z1", "Z4", "Z2"], ["Z5"]]


def test_the_archive_of_a_ward(office: Office) -> None:
    office.discharge("Z2", "2026-11-06", phone="0100-8888777、13900000002", address="", diagnosis="")
    office.discharge("Z1", "2026-11-05")
    office.discharge("Z3", "2026-11-05", ward="内二病区")
    with office.db.read() as uow:
        found = [astuple(row) for row in archive(uow, NOVEMBER, whose=Whose(ward="内一病区"))]
    assert found == [
        ("王*明", "男", "36", "BZ1", "心血管内科", "王建国", date(2026, 11, 5), "高血压病", "138****0001", "示例市****"),
        ("王*明", "男", "36", "BZ2", "心血管内科", "王建国", date(2026, 11, 6), "胸闷待查", "010*****8777、139****0002", ""),
    ]  # fmt: skip


def test_the_workbook_can_be_printed_and_holds_no_formula(office: Office, tmp_path: Path) -> None:
    fill(office)
    file = tmp_path / "登记簿.xlsx"
    with office.db.read() as uow:
        told = register_table(
            uow,
            office.hospital.forms,
            NOVEMBER,
            whose=Whose(ward="内一病区"),
            reveal=True,
            hospital="试验医院",
        )
        workbook.write([told], file)
    sheet = load_workbook(file).active
    assert sheet is not None
    assert sheet["A1"].value == "试验医院出院患者回访登记簿"
    assert sheet["A2"].value == "病区：内一病区　回访日期：2026-11-01 至 2026-11-30"
    assert [cell.value for cell in sheet[3]] == R28
    opinion, phone, day = sheet["K4"], sheet["I4"], sheet["A4"]
    assert (opinion.value, opinion.data_type, opinion.quotePrefix) == (
        "=王小明的饭菜凉，请打13800000001",
        "s",
        True,
    )
    assert (phone.value, phone.data_type, phone.quotePrefix) == ("13800000001", "s", False)
    assert (day.value.date(), day.number_format) == (date(2026, 11, 11), "yyyy-mm-dd")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == (
        "landscape",
        9,
        "$3:$3",
    )
    assert (sheet.freeze_panes, sheet.column_dimensions["J"].width) == ("A4", 34)
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_rates_are_numbers_to_reckon_with(tmp_path: Path) -> None:
    from bot.services.figures.table import Column, Share, Table

    rates = [(Share(1, 3),), (Share(0, 0),)]
    workbook.write([Table("表", "表", (Column("回访率"),), rates)], tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    third, none = sheet["A3"], sheet["A4"]
    assert (third.data_type, third.number_format) == ("n", "0.0%")
    assert third.value == pytest.approx(1 / 3)
    assert (none.value, none.data_type) == ("—", "s")
    assert [str(each) for (each,) in rates] == ["33.3%", "—"]


def test_every_way_a_formula_begins_stays_text(tmp_path: Path) -> None:
    from bot.services.figures.table import Column, Table

    texts = ("=1+1", "+1", "-1", "@A1", "\t=1", "a=1", "\x07bell")
    workbook.write(
        [Table("表", "=title", (Column("=head"),), [(text,) for text in texts])], tmp_path / "a.xlsx"
    )
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=1)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [
        "=title",
        "=head",
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "a=1",
        "bell",
    ]
    assert [cell.quotePrefix for cell in cells] == [True, True, True, True, True, True, True, False, False]


def test_the_page_stands_alone_and_escapes(office: Office) -> None:
    step = fill(office)
    office.ticket(at("2026-11-11"), at("2026-11-14"), text="<script>alert(1)</script>", followup_id=step)
    with office.db.read() as uow:
        told = register_table(
            uow, office.hospital.forms, NOVEMBER, whose=Whose(), reveal=False, hospital="试验医院"
        )
        html = "".join(page.render("登记簿", [told]))
    assert re.findall(r'<th scope="col">(.*?)</th>', html) == R28
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert not re.search(r"(?i)https?:|src=|href=|url\(|@import", html)
    assert "size: A4 landscape" in html
    assert "table-header-group" in html
