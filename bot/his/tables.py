"""Rows of a CSV or XLSX file, whatever the office saved it as: UTF-8 with or without BOM, GBK, UTF-16, Excel."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bot.services.sheets import Sheet

MAX_BYTES = 32 * 1024 * 1024
_ENCODINGS = ("utf-8-sig", "gb18030")


class UnreadableFile(Exception):
    """Not a table we can read; the message is for whoever chose the file."""


def read_table(path: Path, *, most: tuple[int, int] | None = None) -> Sheet:
    """The first sheet or the whole file; blank rows are skipped, cells are stripped text.  ``most``: rows and columns
    of a workbook that are looked at, where it comes from somebody's browser."""
    if not path.is_file():
        raise UnreadableFile(f"找不到文件 {path}")
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile(f"文件 {path.name} 超过 {MAX_BYTES // 1024 // 1024} MB")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        lines = _xlsx(path, most)
    elif path.suffix.lower() in (".csv", ".txt", ".tsv"):
        lines = _csv(path)
    else:
        raise UnreadableFile(f"不支持的文件类型 {path.suffix or path.name}：请用 .csv 或 .xlsx")
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        raise UnreadableFile(f"文件 {path.name} 是空的")
    (_, head), *rows = filled
    return Sheet(head, tuple(rows))


def _csv(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    raw = path.read_bytes()
    text = _decode(raw, path.name)
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[tuple[int, tuple[str, ...]]] = []
    begins = 1  # a quoted cell may span lines: the row is where it begins
    try:
        for cells in reader:
            lines.append((begins, tuple(cell.strip() for cell in cells)))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(f"文件 {path.name} 第 {reader.line_num} 行不是合法的 CSV：{error}") from None
    return lines


def _decode(raw: bytes, name: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(f"文件 {name} 的编码既不是 UTF-8 也不是 GBK")


def _xlsx(path: Path, most: tuple[int, int] | None) -> list[tuple[int, tuple[str, ...]]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError):
        raise UnreadableFile(f"文件 {path.name} 不是合法的 Excel 文件") from None
    try:
        sheet = book.worksheets[0]
        high, wide = most or (None, None)
        rows = sheet.iter_rows(values_only=True, max_row=high, max_col=wide)
        return [(number, tuple(_text(cell) for cell in cells)) for number, cells in enumerate(rows, start=1)]
    finally:
        book.close()


def _text(value: Any) -> str:
    """As the office sees it: 1001 is no 1001.0, a date is a date."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case _:
            return str(value).strip()
