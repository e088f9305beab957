"""The terms (weeks, months, years) that figures are made of, and which reports are owed by a given moment (R32)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.clock import HOSPITAL_TZ, local

MADE_AT = time(7)
"""On the first morning after the period: Monday, the 1st of the month, the 1st of January."""


class ReportKind(StrEnum):
    """R32: 每周问题分析, 月底通报上月, 年度汇总."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Term:
    """Days from ``since`` up to, not including, ``until``."""

    since: date
    until: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The same as moments of the hospital's clock."""
        first, last = (datetime.combine(day, time(), HOSPITAL_TZ) for day in (self.since, self.until))
        return first, last

    @property
    def words(self) -> str:
        """2026年11月1日至11月30日; one day: 2026年11月1日."""
        first, last = self.since, self.until - timedelta(days=1)
        begins = f"{first.year}年{first.month}月{first.day}日"
        if first == last:
            return begins
        year = "" if first.year == last.year else f"{last.year}年"
        return f"{begins}至{year}{last.month}月{last.day}日"

    def __str__(self) -> str:
        return f"{self.since} 至 {self.until - timedelta(days=1)}"


def month_of(text: str) -> Term:
    """2026-11"""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if found is None or not 1 <= int(found[2]) <= 12:
        raise ValueError(f"{text}: write a month as 2026-11")
    return period(ReportKind.MONTH, date(int(found[1]), int(found[2]), 1))


def year_of(text: str) -> Term:
    """2026"""
    if re.fullmatch(r"\d{4}", text) is None or text == "0000":
        raise ValueError(f"{text}: write a year as 2026")
    return period(ReportKind.YEAR, date(int(text), 1, 1))


def period(kind: ReportKind, day: date) -> Term:
    """The week, month or year that ``day`` is in."""
    match kind:
        case ReportKind.WEEK:
            first = day - timedelta(days=day.weekday())
            return Term(first, first + timedelta(days=7))
        case ReportKind.MONTH:
            first = day.replace(day=1)
            return Term(first, (first + timedelta(days=31)).replace(day=1))
        case ReportKind.YEAR:
            return Term(date(day.year, 1, 1), date(day.year + 1, 1, 1))


def quarter(day: date) -> Term:
    """The quarter that ``day`` is in."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Term(first, (first + timedelta(days=93)).replace(day=1))


def before(kind: ReportKind, term: Term) -> Term:
    """The period before it."""
    return period(kind, term.since - timedelta(days=1))


def owed(kind: ReportKind, now: datetime, last: date | None) -> Iterator[Term]:
    """Finished periods without a report, oldest first: the latest one, and what came between it and ``last`` (the
    first day of the last report) while nobody was there to make it."""
    here = local(now)
    latest = before(kind, period(kind, here.date()))
    if here < datetime.combine(latest.until, MADE_AT, HOSPITAL_TZ):
        latest = before(kind, latest)
    term = latest if last is None else period(kind, period(kind, last).until)
    while term.since <= latest.since:
        yield term
        term = period(kind, term.until)
