"""The arithmetic of days: weeks start on Monday, months have ends, and a wish never lies in the past."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

Days = tuple[date, ...]


def span(first: date, last: date, limit: int = 400) -> Days:
    """Every day from first to last."""
    return tuple(first + timedelta(days=i) for i in range(min((last - first).days + 1, limit)))


def safe_date(year: int, month: int, day: int) -> date | None:
    """None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(today: date, offset: int) -> Days:
    """Monday to Sunday of this week (0), next week (1)…"""
    start = monday(today) + timedelta(weeks=offset)
    return span(start, start + timedelta(days=6))


def next_weekday(today: date, weekday: int) -> date:
    """周三 = the next one, today included."""
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def month(today: date, offset: int) -> Days:
    """First to last day of this month (0), next month (1)…"""
    index = today.year * 12 + today.month - 1 + offset
    year, month_ = divmod(index, 12)
    return whole_month(year, month_ + 1)


def whole_month(year: int, month_: int) -> Days:
    return span(date(year, month_, 1), date(year, month_, calendar.monthrange(year, month_)[1]))


def plus_months(today: date, count: int) -> date:
    """Same day some months on, or the month's last where that day is missing."""
    days = month(today, count)
    return days[min(today.day, len(days)) - 1]


def month_of(today: date, number: int) -> tuple[int, int]:
    """(year, month): this year's, or next year's when it is over."""
    return (today.year if number >= today.month else today.year + 1), number


def month_day(today: date, number: int, day: int) -> date | None:
    """11月25日 without a year: the next one, today included; None when neither this nor next year has it."""
    this = safe_date(today.year, number, day)
    if this is not None and this >= today:
        return this
    if this is None and (number, day) != (2, 29):
        return None
    return safe_date(today.year + 1, number, day)


def day_of_month(today: date, day: int) -> date | None:
    """3号: the next one, today included, skipping months that are too short."""
    for offset in range(3):
        days = month(today, offset)
        if day <= len(days) and days[day - 1] >= today:
            return days[day - 1]
    return None


def nth_weekday(days: Iterable[date], weekday: int, nth: int) -> date | None:
    """The nth (1…) or last (-1) such weekday of a month."""
    matching = [day for day in days if day.weekday() == weekday]
    index = nth - 1 if nth > 0 else nth
    return matching[index] if -len(matching) <= index < len(matching) else None
