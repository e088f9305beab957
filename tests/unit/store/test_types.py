"""Moments as the two databases store them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.direct import moment
from bot.store.types import UtcDateTime

ZONES = st.timezones() | st.integers(-14, 14).map(lambda h: timezone(timedelta(hours=h)))
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 3), max_value=datetime(9000, 1, 1), timezones=ZONES, allow_imaginary=False
)


@given(MOMENTS)
def test_a_moment_comes_back(at: datetime) -> None:
    same = at.astimezone(UTC)  # where a clock is set back, Python calls no two zones' moments equal
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        stored = UtcDateTime().process_bind_param(at, dialect)
        assert UtcDateTime().process_result_value(stored, dialect) == same
        assert moment(stored) == same


@given(MOMENTS, MOMENTS)
def test_on_sqlite_the_order_of_texts_is_the_order_of_moments(a: datetime, b: datetime) -> None:
    stored = [UtcDateTime().process_bind_param(at, sqlite.dialect()) for at in (a, b)]
    assert (stored[0] < stored[1]) == (a.astimezone(UTC) < b.astimezone(UTC))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 23), sqlite.dialect())
