"""Tables from the office: heads in Chinese or English, cells read strictly, every mistake told with its row."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sheet:
    """A head and its rows; ``rows`` carry the line number that the office sees."""

    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class RowError:
    """行号、列名、原因."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Chinese head, and every other way of writing it."""

    head: str
    names: tuple[str, ...] = ()
    required: bool = False


Columns = Mapping[str, Column]


@dataclass(frozen=True)
class Line:
    """One row being read.  A cell that cannot be read gives None and one error."""

    number: int
    cells: Mapping[str, str]
    columns: Columns
    errors: list[RowError] = field(default_factory=list)

    def fail(self, column: str, reason: str) -> None:
        self.errors.append(RowError(self.number, self.columns[column].head, reason))

    def text(self, column: str, *, longest: int = 64) -> str:
        value = self.cells.get(column, "")
        if not value and self.columns[column].required:
            self.fail(column, "不能为空")
        if len(value) > longest:
            self.fail(column, f"超过 {longest} 个字")
        return value

    def words(self, column: str) -> list[str]:
        """心内、心脏科 as a list."""
        return list(dict.fromkeys(filter(None, re.split(r"[、,，;；|/\s]+", self.cells.get(column, "")))))

    def flag(self, column: str, *, default: bool) -> bool:
        value = self.cells.get(column, "").lower()
        if value in ("", "是", "启用", "在岗", "1", "y", "yes", "true"):
            return bool(value) or default
        if value in ("否", "停用", "离岗", "0", "n", "no", "false"):
            return False
        self.fail(column, f"「{value}」应为 是 或 否")
        return default

    def integer(self, column: str, low: int, high: int, *, default: int | None = None) -> int | None:
        value = _half_width(self.cells.get(column, ""))
        if not value and default is not None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value):
            self.fail(column, f"「{value}」不是整数" if value else "不能为空")
            return None
        if not low <= int(value) <= high:
            self.fail(column, f"{value} 不在 {low}–{high} 之间")
            return None
        return int(value)

    def fen(self, column: str) -> int | None:
        """50, 50.5, ¥50, 50元 → fen."""
        value = re.sub(r"^[¥￥]|元$", "", _half_width(self.cells.get(column, "")))
        if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", value):  # Decimal would take 5e3 and 1_0 too
            self.fail(column, f"「{value}」不是金额（元）" if value else "不能为空")
            return None
        amount = Decimal(value) * 100
        if not 0 <= amount <= 1_000_000 or amount != amount.to_integral_value():
            self.fail(column, f"「{value}」应在 0–10000 元之间，最多两位小数")
            return None
        return int(amount)

    def day(self, column: str) -> date | None:
        """2026-11-24, 2026/11/24, 2026年11月24日, 20261124."""
        value = _half_width(self.cells.get(column, ""))
        found = re.fullmatch(
            r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?", value
        ) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", value)
        try:
            if found:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
        self.fail(column, f"「{value}」不是日期，写成 2026-11-24" if value else "不能为空")
        return None

    def moment(self, column: str) -> time | None:
        """8:30, 08:30:00; empty is None without an error."""
        value = _half_width(self.cells.get(column, ""))
        found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?", value)
        if found:
            return time(int(found[1]), int(found[2]))
        if value:
            self.fail(column, f"「{value}」不是时间，写成 08:30")
        return None


def lines(sheet: Sheet, columns: Columns) -> tuple[list[Line], list[RowError], tuple[str, ...]]:
    """Rows by column name; errors of the head; heads nobody knows, which are ignored and reported."""
    names = {_plain(name): key for key, c in columns.items() for name in (key, c.head, *c.names)}
    places: dict[str, int] = {}
    unknown, errors = [], []
    for index, head in enumerate(sheet.head):
        key = names.get(_plain(head))
        if key is None:
            unknown += [head] if head else []
        elif key in places:
            errors.append(RowError(1, head, "这一列出现了两次"))
        else:
            places[key] = index
    errors += [
        RowError(1, column.head, "缺少这一列")
        for key, column in columns.items()
        if column.required and key not in places
    ]
    found = [
        Line(number, {key: _cell(cells, index) for key, index in places.items()}, columns)
        for number, cells in sheet.rows
    ]
    return found, errors, tuple(unknown)


def extras(sheet: Sheet, columns: Columns) -> list[dict[str, str]]:
    """What each row has in the columns nobody knows, for whoever keeps them."""
    known = {_plain(name) for key, c in columns.items() for name in (key, c.head, *c.names)}
    places = [(index, head) for index, head in enumerate(sheet.head) if head and _plain(head) not in known]
    return [{head: _cell(cells, index) for index, head in places} for _, cells in sheet.rows]


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _plain(head: str) -> str:
    """Heads are compared without case, spaces, underscores and what stands in brackets: 费用（元） is 费用."""
    half = unicodedata.normalize("NFKC", head).lower()
    return re.sub(r"\(.*?\)|[\s_*:-]", "", half)


def _half_width(text: str) -> str:
    return re.sub(r"\s+(?!\d)|(?<!\d)\s+", "", unicodedata.normalize("NFKC", text))
