"""Weeks, months and years, and which reports are owed when (R32)."""

from datetime import date, datetime

import pytest

from bot.domain.clock import HOSPITAL_TZ
from bot.services.figures.periods import ReportKind, Term, before, month_of, owed, period, year_of

WEEK, MONTH, YEAR = ReportKind.WEEK, ReportKind.MONTH, ReportKind.YEAR


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOSPITAL_TZ)


def test_periods_meet_and_do_not_overlap() -> None:
    assert period(WEEK, date(2026, 11, 22)) == Term(date(2026, 11, 16), date(2026, 11, 23))
    assert period(WEEK, date(2027, 1, 1)) == Term(date(2026, 12, 28), date(2027, 1, 4))
    assert month_of("2026-02") == Term(date(2026, 2, 1), date(2026, 3, 1))
    assert month_of("2026-12").until == date(2027, 1, 1)
    assert before(MONTH, month_of("2026-01")) == month_of("2025-12")
    assert before(YEAR, year_of("2026")) == year_of("2025")


def test_a_day_begins_at_the_hospitals_midnight() -> None:
    first, last = month_of("2026-11").moments
    assert (first, last) == (at("2026-11-01T00:00"), at("2026-12-01T00:00"))
    assert str(month_of("2026-11")) == "2026-11-01 至 2026-11-30"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026", "202611", "2026-1", ""])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="write a month"):
        month_of(text)


@pytest.mark.parametrize("text", ["26", "0000", "2026-01"])
def test_what_is_no_year(text: str) -> None:
    with pytest.raises(ValueError, match="write a year"):
        year_of(text)


def owed_since(kind: ReportKind, now: str, last: date | None) -> list[date]:
    return [term.since for term in owed(kind, at(now), last)]


def test_a_report_is_owed_from_its_morning_on() -> None:
    assert owed_since(MONTH, "2026-12-01T06:59", date(2026, 10, 1)) == []
    assert owed_since(MONTH, "2026-12-01T07:00", date(2026, 10, 1)) == [date(2026, 11, 1)]
    assert owed_since(WEEK, "2026-11-23T06:59", None) == [date(2026, 11, 9)]
    assert owed_since(YEAR, "2027-01-01T07:00", None) == [date(2026, 1, 1)]


def test_a_gap_is_filled_and_nothing_is_owed_twice() -> None:
    assert owed_since(MONTH, "2027-02-14T12:00", date(2026, 10, 1)) == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1),
    ]  # fmt: skip
    assert owed_since(MONTH, "2027-02-14T12:00", date(2027, 1, 1)) == []
