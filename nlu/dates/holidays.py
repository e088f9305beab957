"""Holidays by name, from data/holidays.yaml: fixed ones, and those of the Chinese calendar."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from nlu.data import load_yaml
from nlu.dates import almanac, lunar


@cache
def _table() -> dict[str, dict[str, Any]]:
    """Holiday by each of its names."""
    return {name: entry for entry in load_yaml("holidays.yaml") for name in entry["names"]}


@cache
def names() -> tuple[str, ...]:
    """Every name, longest first."""
    return tuple(sorted(_table(), key=len, reverse=True))


def needs_context(name: str) -> bool:
    """五一 may be a road, 十一 a number: only with 前, 假期… after it."""
    return bool(_table()[name].get("needs_context"))


def _days(entry: dict[str, Any], today: date) -> Iterator[date]:
    """Its day in one year after the other; a lunar year ends in the next one of ours."""
    for year in range(today.year - 1, today.year + 3):
        if "lunar" in entry:
            day = lunar.lunar_day(year, *entry["lunar"])
            if day is not None:
                yield day
        else:
            day = _in_year(entry, year)
            if day is not None:
                yield day


def _in_year(entry: dict[str, Any], year: int) -> date | None:
    if "term" in entry:
        return lunar.term(entry["term"], year)
    if "nth" in entry:
        month, nth, weekday = entry["nth"]
        return almanac.nth_weekday(almanac.whole_month(year, month), weekday - 1, nth)
    return date(year, *entry["day"])


def on(name: str, today: date) -> date | None:
    """The next such day, today included."""
    return next((day for day in _days(_table()[name], today) if day >= today), None)


def leave(name: str, today: date) -> tuple[date, ...]:
    """The days off around it (国庆假期); the day alone where it brings none."""
    entry = _table()[name]
    first, last = entry.get("leave", (0, 0))
    for day in _days(entry, today):
        if day + timedelta(days=last) >= today:
            return tuple(day + timedelta(days=i) for i in range(first, last + 1))
    return ()
