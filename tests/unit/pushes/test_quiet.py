"""Quiet hours, days off, and the frequency cap."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.domain.clock import HOSPITAL_TZ
from bot.pushes.caps import deferred
from bot.pushes.kinds import Kinds, QuietHours
from bot.pushes.quiet import allowed, awake, is_quiet
from bot.pushes.workdays import is_workday

KINDS = Kinds.load()
NIGHT = KINDS.quiet


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOSPITAL_TZ)


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [("21:59", False), ("22:00", True), ("00:00", True), ("07:59", True), ("08:00", False), ("12:00", False)],
)
def test_the_night(clock: str, quiet: bool) -> None:
    assert is_quiet(at(f"2026-11-23T{clock}"), NIGHT) is quiet


def test_quiet_hours_within_a_day() -> None:
    siesta = QuietHours(time(12), time(14), time(11))
    assert is_quiet(at("2026-11-23T13:00"), siesta)
    assert not is_quiet(at("2026-11-23T23:00"), siesta)
    assert awake(at("2026-11-23T13:00"), siesta) == at("2026-11-23T14:00")


def test_no_quiet_hours_at_all() -> None:
    never = QuietHours(time(0), time(0), time(0))
    assert not is_quiet(at("2026-11-23T03:00"), never)


@pytest.mark.parametrize(
    ("kind", "due", "goes"),
    [
        ("visit_tomorrow", "2026-11-23T19:00", "2026-11-23T19:00"),
        ("visit_tomorrow", "2026-11-23T23:10", "2026-11-24T08:00"),
        ("visit_tomorrow", "2026-11-24T02:10", "2026-11-24T08:00"),
        ("visit_soon", "2026-11-24T06:30", "2026-11-23T21:30"),  # a visit at 8:30
        ("visit_soon", "2026-11-23T23:00", "2026-11-23T21:30"),
        ("visit_soon", "2026-11-24T08:00", "2026-11-24T08:00"),
        ("suspension", "2026-11-24T02:10", "2026-11-24T02:10"),
        ("booked", "2026-11-24T02:10", "2026-11-24T08:00"),
        ("booked_card", "2026-11-24T02:10", "2026-11-24T02:10"),
    ],
)
def test_when_a_kind_goes(kind: str, due: str, goes: str) -> None:
    assert allowed(KINDS[kind], at(due), NIGHT) == at(goes)


@pytest.mark.parametrize(
    ("kind", "due", "goes"),
    [
        ("care", "2026-11-28T10:00", "2026-11-30T10:00"),  # Saturday
        ("publication", "2026-10-01T10:00", "2026-10-08T10:00"),  # 国庆
        ("care", "2026-10-10T10:00", "2026-10-10T10:00"),  # a Saturday that is worked
        ("care", "2026-11-27T23:00", "2026-11-30T08:00"),
        ("visit_tomorrow", "2026-10-02T19:00", "2026-10-02T19:00"),
    ],
)
def test_days_off(kind: str, due: str, goes: str) -> None:
    assert allowed(KINDS[kind], at(due), NIGHT) == at(goes)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-23", True),
        ("2026-02-17", False),  # 春节
        ("2026-02-14", True),  # 调休
        ("2030-02-02", False),  # 除夕, told by the law alone
        ("2030-02-04", False),
        ("2030-04-05", False),  # 清明
        ("2030-06-05", False),  # 端午
        ("2030-10-02", False),
        ("2030-10-09", True),
        ("2030-10-12", False),
    ],
)
def test_workdays(day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is works


def test_the_cap_defers_to_the_first_free_day() -> None:
    noon = at("2026-11-23T12:00")
    three = [at("2026-11-23T09:00")] * 3
    assert deferred(noon, three[:2], 3) == noon
    assert deferred(noon, three, 3) == at("2026-11-24T09:00")
    assert deferred(noon, [*three, *[at("2026-11-24T10:00")] * 3], 3) == at("2026-11-25T09:00")
    assert deferred(noon, three, 0) == noon


def test_a_day_off_is_asked_of_the_calendar() -> None:
    care = replace(KINDS["care"], workdays=False)
    assert allowed(care, at("2026-11-28T10:00"), NIGHT) == at("2026-11-28T10:00")
