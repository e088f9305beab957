"""Tables as .xlsx for the office: A4 landscape, heads on every page, text that stays text."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from bot.services.figures.table import NOTHING, Cell, Row, Share, Table

_A4 = "9"
_LONGEST = 32_767
"""Characters of a cell in Excel."""
_LOOKS_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_THIN = Side(style="thin", color="999999")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_TITLE, _HEAD, _NOTE = Font(bold=True, size=16), Font(bold=True), Font(size=9, color="666666")


def write(tables: Iterable[Table], path: Path) -> None:
    """One sheet a table.  Rows are written as they come."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(_sheet_name(table.name, book.sheetnames))
        _lay_out(sheet, table)
        _fill(sheet, table)
    book.save(path)


def _lay_out(sheet: Any, table: Table) -> None:
    head = 2 + len(table.notes)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"
    sheet.freeze_panes = f"A{head + 1}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width


def _fill(sheet: Any, table: Table) -> None:
    sheet.append([_cell(sheet, table.title, font=_TITLE)])
    for note in table.notes:
        sheet.append([_cell(sheet, note, font=_NOTE)])
    sheet.append([_cell(sheet, column.head, font=_HEAD, boxed=True) for column in table.columns])
    row: Row | None = None
    for row in table.rows:
        sheet.append([_cell(sheet, value, boxed=True) for value in row])
    if row is None:
        sheet.append([_cell(sheet, NOTHING)])


def _cell(sheet: Any, value: Cell, *, font: Font | None = None, boxed: bool = False) -> Any:
    """What begins like a formula is marked as text, so that it stays what the patient wrote also when somebody edits
    it."""
    cell: Any = WriteOnlyCell(sheet)
    if isinstance(value, Share):
        cell.number_format = "0.0%"
        value = value.part / value.whole if value.whole else str(value)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST] if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_LOOKS_LIKE_A_FORMULA)
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if font is not None:
        cell.font = font
    if boxed:
        cell.border, cell.alignment = _BORDER, _WRAPPED
    return cell


def _sheet_name(name: str, there: list[str]) -> str:
    """At most 31 characters, none of []:*?/\\, and no two alike."""
    short = "".join(" " if character in "[]:*?/\\" else character for character in name)[:28]
    return short if short not in there else f"{short} {len(there)}"
