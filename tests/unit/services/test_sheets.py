"""Cells are read strictly; heads generously."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.sheets import Column, Line, RowError, Sheet, lines

COLUMNS = {"day": Column("日期", ("date",), required=True), "fee": Column("费用", ("price",))}


def line(**cells: str) -> Line:
    return Line(7, cells, COLUMNS)


def test_heads_are_found_whatever_they_look_like() -> None:
    for head in ("日期", " 日 期 ", "Date", "DATE*", "日期（必填）", "日期(yyyy-mm-dd)", "ｄａｔｅ", "day"):
        rows, errors, ignored = lines(Sheet((head,), ((2, ("x",)),)), COLUMNS)
        assert (rows[0].cells, errors, ignored) == ({"day": "x"}, [], ()), head


def test_unknown_heads_are_named_and_short_rows_are_empty() -> None:
    rows, errors, ignored = lines(Sheet(("日期", "院区", "费用", ""), ((2, ("x", "东院")),)), COLUMNS)
    assert (rows[0].cells, errors, ignored) == ({"day": "x", "fee": ""}, [], ("院区",))


def test_a_missing_head_is_an_error_of_the_first_row() -> None:
    assert lines(Sheet(("费用",), ()), COLUMNS)[1] == [RowError(1, "日期", "缺少这一列")]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24",
        "2026/11/24",
        "2026.11.24",
        "2026年11月24日",
        "20261124",
        "２０２６-11-24",
        "2026-11-24 00:00:00",
    ],
)
def test_days(text: str) -> None:
    assert line(day=text).day("day") == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["", "明天", "2026-02-30", "24.11.2026", "2026-11-24 08:00", "0"])
def test_no_days(text: str) -> None:
    row = line(day=text)
    assert row.day("day") is None
    assert len(row.errors) == 1
    assert row.errors[0].line == 7


@pytest.mark.parametrize(
    ("text", "fen"), [("50", 5000), ("50.5", 5050), ("¥0", 0), ("￥12.30元", 1230), ("１０", 1000)]
)
def test_money(text: str, fen: int) -> None:
    assert line(fee=text).fen("fee") == fen


@pytest.mark.parametrize("text", ["", "-1", "1.005", "1e9", "5e3", "1_0", "NaN", "Infinity", "五十", "10001"])
def test_no_money(text: str) -> None:
    row = line(fee=text)
    assert row.fen("fee") is None
    assert len(row.errors) == 1


def test_times_may_be_left_out() -> None:
    assert line(fee="8:05").moment("fee") == time(8, 5)
    empty = line(fee="")
    assert (empty.moment("fee"), empty.errors) == (None, [])
    wrong = line(fee="25:00")
    assert wrong.moment("fee") is None
    assert wrong.errors


@given(st.text(max_size=30))
def test_no_cell_raises(text: str) -> None:
    row = line(day=text, fee=text)
    row.day("day")
    row.fen("fee")
    row.moment("fee")
    row.integer("fee", 0, 9)
    row.flag("fee", default=True)
    row.words("fee")
    row.text("day")
