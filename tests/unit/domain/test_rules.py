"""Windows, cutoffs, deadlines and limits at their edges (R2, R9, R10, R16, R17)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.outcomes import ClinicClosed, DeadlinePassed, LimitReached, TooEarly, TooLate
from bot.domain.policy import Policy
from bot.domain.rules import (
    Duplicate,
    Load,
    Wish,
    booking_days,
    month_start,
    refund_fen,
    refuse_cancel,
    refuse_change,
    refuse_load,
    refuse_slot,
)
from bot.domain.states import ClinicState
from bot.domain.views import Period

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=HOSPITAL_TZ)
POLICY = Policy()
MINUTE = timedelta(minutes=1)


def wish(starts_at: datetime, state: ClinicState = ClinicState.OPEN) -> Wish:
    return Wish(7, 1, 2, starts_at.date(), Period.PM, starts_at, state)


def test_the_window_counts_days_from_tomorrow() -> None:
    assert booking_days(NOW, POLICY) == (date(2026, 11, 23), date(2026, 12, 7))


def test_the_day_is_the_hospital_s_not_utc_s() -> None:
    late_evening_in_utc = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert booking_days(late_evening_in_utc, POLICY)[0] == date(2026, 11, 23)


def test_the_last_day_is_in_the_one_after_it_is_not() -> None:
    last = datetime(2026, 12, 7, 8, 0, tzinfo=HOSPITAL_TZ)
    assert refuse_slot(wish(last), POLICY, NOW) is None
    assert refuse_slot(wish(last + timedelta(days=1)), POLICY, NOW) == TooEarly(date(2026, 12, 7), 14)


def test_booking_stops_half_an_hour_before() -> None:
    edge = NOW + timedelta(minutes=30)
    assert refuse_slot(wish(edge + MINUTE), POLICY, NOW) is None
    assert refuse_slot(wish(edge), POLICY, NOW) == TooLate(30)
    assert refuse_slot(wish(NOW - timedelta(hours=1)), POLICY, NOW) == TooLate(30)


@pytest.mark.parametrize("state", [ClinicState.SUSPENDED, ClinicState.CLOSED])
def test_a_clinic_that_does_not_take_place(state: ClinicState) -> None:
    assert refuse_slot(wish(NOW + timedelta(days=1), state), POLICY, NOW) == ClinicClosed(7)


def test_yesterday_is_closed_not_too_late() -> None:
    assert refuse_slot(wish(NOW - timedelta(days=1)), POLICY, NOW) == ClinicClosed(7)


@pytest.mark.parametrize(
    ("load", "scope", "limit"),
    [
        (Load(patient_day=2), "patient_day", 2),
        (Load(patient_open=5), "patient_open", 5),
        (Load(account_open=10), "account_open", 10),
        (Load(phone_open=10), "phone_open", 10),
        (Load(cancels_month=5), "cancels_month", 5),
    ],
)
def test_each_limit_stops_at_its_number(load: Load, scope: str, limit: int) -> None:
    name = {"patient_day": "patient_day"}.get(scope, scope)
    assert refuse_load(load, POLICY) == LimitReached(scope, limit)
    assert refuse_load(replace(load, **{name: limit - 1}), POLICY) is None


def test_a_duplicate_is_said_before_any_limit() -> None:
    assert refuse_load(Load(duplicate=9, patient_day=2), POLICY) == Duplicate(9)


def test_a_change_is_judged_by_its_new_day_only() -> None:
    full = Load(patient_open=5, account_open=10, phone_open=10, cancels_month=5)
    assert refuse_load(full, POLICY, moving=True) is None
    assert refuse_load(Load(patient_day=2), POLICY, moving=True) == LimitReached("patient_day", 2)


def test_zero_means_no_limit() -> None:
    free = Policy(
        per_patient_per_day=0, per_patient_open=0, per_account_open=0, per_phone_open=0, cancels_per_month=0
    )
    assert refuse_load(Load(None, 99, 99, 99, 99, 99), free) is None


def test_the_deadlines_hold_to_the_minute() -> None:
    starts = NOW + timedelta(minutes=120)
    assert refuse_change(starts, POLICY, NOW) is None
    assert refuse_cancel(starts, POLICY, NOW) is None
    assert refuse_change(starts, POLICY, NOW + MINUTE) == DeadlinePassed("change", NOW, 120)
    assert refuse_cancel(starts, POLICY, NOW + MINUTE) == DeadlinePassed("cancel", NOW, 120)


def test_a_refund_is_whole_in_time_and_nothing_later() -> None:
    starts = NOW + timedelta(minutes=120)
    assert refund_fen(5000, starts, POLICY, NOW) == 5000
    assert refund_fen(5000, starts, POLICY, NOW + MINUTE) == 0


def test_the_month_begins_in_the_hospital() -> None:
    first_hour = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
    assert month_start(first_hour) == datetime(2026, 12, 1, tzinfo=HOSPITAL_TZ)
