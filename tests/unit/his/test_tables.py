"""Files as offices save them."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.his.tables import UnreadableFile, read_table
from bot.services.sheets import Sheet

TEXT = "工号,姓名\n1001,王建国\n\n 1002 ,欧阳雪\n"
WANTED = Sheet(("工号", "姓名"), ((2, ("1001", "王建国")), (4, ("1002", "欧阳雪"))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "医生.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert read_table(path) == WANTED


@pytest.mark.parametrize(("old", "new"), [(",", "\t"), (",", ";"), ("\n", "\r\n")])
def test_every_separator(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.replace(old, new).encode())
    assert read_table(path) == WANTED


def test_rare_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名\n䶮𠮷\n".encode("gb18030"))
    assert read_table(path).rows == ((2, ("䶮𠮷",)),)


def test_a_cell_over_several_lines_is_in_the_row_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('名称,须知\n儿科,"一\n二"\n眼科,三\n', encoding="utf-8")
    assert read_table(path).rows == ((2, ("儿科", "一\n二")), (4, ("眼科", "三")))


def test_excel_gives_numbers_dates_and_times_as_people_see_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["工号", "日期", "开始时间", "费用", "启用", "空"])
    sheet.append([1001.0, datetime(2026, 11, 24), time(8, 30), 50.5, True, None])
    sheet.append([None, None, None, None, None, None])
    sheet.append([1002, date(2026, 11, 25), "09:00", 30, False, " x "])
    book.save(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx") == Sheet(
        ("工号", "日期", "开始时间", "费用", "启用", "空"),
        (
            (2, ("1001", "2026-11-24", "08:30", "50.5", "是", "")),
            (4, ("1002", "2026-11-25", "09:00", "30", "否", "x")),
        ),
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "是空的"),
        ("a.csv", b"\n , \n", "是空的"),
        ("a.csv", b"\xff\xff\xff", "编码"),
        ("a.xlsx", b"PK\x03\x04 not really", "不是合法的 Excel"),
        ("a.xlsx", "工号,姓名".encode(), "不是合法的 Excel"),
        ("a.pdf", b"%PDF", "不支持的文件类型"),
        ("a", b"x", "不支持的文件类型"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match=reason):
        read_table(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="找不到文件"):
        read_table(tmp_path / "no.csv")
