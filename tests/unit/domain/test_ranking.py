"""Alternatives: some of each kind, nearest first (R5)."""

from datetime import date, timedelta

from bot.domain.ranking import rank
from bot.domain.views import ClinicView, DoctorView, Period, SeatQuery

TODAY = date(2026, 11, 23)
WANTED = TODAY + timedelta(days=3)


def doctor(id: int) -> DoctorView:
    return DoctorView(id, f"医生{id}", "医", "主任医师", 1, "心血管内科", "")


def clinic(id: int, doctor_id: int, ahead: int, period: Period = Period.AM, free: int = 5) -> ClinicView:
    return ClinicView(
        id, doctor(doctor_id), TODAY + timedelta(days=ahead), period, "专家号", 5000, "", free, 10
    )


POOL = (
    clinic(1, 1, 1), clinic(2, 1, 4), clinic(3, 1, 10), clinic(4, 1, 3, Period.PM),
    clinic(5, 2, 3), clinic(6, 2, 3, Period.PM), clinic(7, 3, 0, Period.PM), clinic(8, 3, 3, free=9),
)  # fmt: skip
WISH = SeatQuery(department_id=1, doctor_ids=(1,), days=(WANTED,), period=Period.AM)


def ids(limit: int, wish: SeatQuery = WISH) -> list[int]:
    return [c.id for c in rank(POOL, wish, TODAY, limit)]


def test_four_are_two_of_the_doctor_one_of_the_half_day_and_the_soonest() -> None:
    assert ids(4) == [4, 2, 8, 7]


def test_what_is_left_is_filled_up_in_the_same_order() -> None:
    assert ids(6) == [4, 2, 1, 3, 8, 7]
    assert sorted(ids(99)) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_without_a_doctor_the_same_half_day_comes_first() -> None:
    assert ids(3, SeatQuery(department_id=1, days=(WANTED,), period=Period.AM))[0] == 8


def test_the_pool_may_be_empty() -> None:
    assert rank((), WISH, TODAY, 4) == ()


def test_nothing_is_offered_twice() -> None:
    assert len(set(ids(8))) == 8
