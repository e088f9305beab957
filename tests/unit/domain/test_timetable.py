"""Half-days cut into slots of at most 30 minutes."""

from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.timetable import GRID_MINUTES, cut, room
from bot.domain.views import Period

DAY = date(2026, 11, 24)


def test_ten_minutes_each_are_three_a_slot() -> None:
    slots = cut(DAY, Period.AM, 7, 10)
    assert [slot.numbers for slot in slots] == [(1, 2, 3), (4, 5, 6), (7,)]
    assert slots[1].starts_at == datetime(2026, 11, 24, 8, 30, tzinfo=HOSPITAL_TZ)


def test_a_long_visit_leaves_slots_out() -> None:
    slots = cut(DAY, Period.PM, 3, 60)
    assert [slot.starts_at.time() for slot in slots] == [time(14, 0), time(15, 0), time(16, 0)]


def test_a_clinic_may_begin_at_its_own_time() -> None:
    assert cut(DAY, Period.AM, 1, 10, time(9, 15))[0].starts_at.time() == time(9, 15)


def test_room_is_what_fits() -> None:
    assert room(Period.AM, 10) == 24
    assert room(Period.AM, 10, time(11, 30)) == 3
    assert room(Period.AM, 10, time(13, 0)) == 0


@given(st.sampled_from(list(Period)), st.integers(1, 100), st.integers(2, 120))
def test_every_seat_is_in_one_slot_in_order_and_slots_keep_the_law(
    period: Period, seats: int, minutes: int
) -> None:
    slots = cut(DAY, period, seats, minutes)
    assert [n for slot in slots for n in slot.numbers] == list(range(1, seats + 1))
    assert all(slot.minutes <= GRID_MINUTES and slot.numbers for slot in slots)
    starts = [slot.starts_at for slot in slots]
    assert starts == sorted(set(starts))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(2, 60))
def test_more_seats_leave_the_first_ones_where_they_are(few: int, more: int, minutes: int) -> None:
    """Growing a published clinic must not move what is sold."""

    def places(count: int) -> dict[int, datetime]:
        return {n: slot.starts_at for slot in cut(DAY, Period.AM, count, minutes) for n in slot.numbers}

    small, big = places(few), places(few + more)
    assert small.items() <= big.items()
