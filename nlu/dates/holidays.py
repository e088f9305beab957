"""Holidays by name: fixed ones by rule, lunar ones from a table, both in data/holidays.yaml."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from nlu.data import load_yaml


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


def on(name: str, today: date) -> date | None:
    """The next such day, today included; None beyond the table."""
    entry = _table()[name]
    for year in (today.year, today.year + 1):
        if "dates" in entry:
            day = entry["dates"].get(year)
        else:
            day = date(year, *entry["day"])
        if day is not None and day >= today:
            return day  # type: ignore[no-any-return]
    return None


def leave(name: str, today: date) -> tuple[date, ...]:
    """The days off around it (国庆假期)."""
    entry = _table()[name]
    first, last = entry.get("leave", (0, 0))
    for year in (today.year, today.year + 1):
        day = entry["dates"].get(year) if "dates" in entry else date(year, *entry["day"])
        if day is not None and day + timedelta(days=last) >= today:
            return tuple(day + timedelta(days=i) for i in range(first, last + 1))
    return ()
