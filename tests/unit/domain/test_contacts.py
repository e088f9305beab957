"""How a call may end and when it is made again: in calling hours, at another time of day, never on a day off."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.clock import local
from bot.domain.contacts import (
    CHOSEN,
    DEAD_NUMBERS,
    OUTCOMES,
    Gap,
    Outcome,
    calling_hours,
    lost_after,
    redial_at,
)

How = Outcome


def workday(day: date) -> bool:
    return day.weekday() < 5


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """2026-11-23 is a Monday."""
    return datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC)


def told(moment: datetime) -> str:
    return local(moment).strftime("%d %H:%M")


def test_every_outcome_has_a_title_of_its_own_and_leads_somewhere() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert len({meaning.title for meaning in OUTCOMES.values()}) == len(OUTCOMES)
    assert set(CHOSEN) == set(Outcome) - {How.COMPLETED}
    assert set(DEAD_NUMBERS) == {How.OUT_OF_SERVICE, How.NO_SUCH_NUMBER, How.WRONG_NUMBER, How.NO_NUMBER}


@pytest.mark.parametrize("outcome", CHOSEN)
def test_reached_is_whoever_was_spoken_to(outcome: Outcome) -> None:
    spoken = {How.REACHED, How.FAMILY, How.REFUSED, How.DECEASED, How.READMITTED}
    assert OUTCOMES[outcome].spoken is (outcome in spoken)


def test_a_call_that_was_asked_for_does_not_count_towards_being_lost() -> None:
    assert {o for o in CHOSEN if not OUTCOMES[o].counts} == {How.CALL_LATER}


@pytest.mark.parametrize(
    ("gap", "called", "again"),
    [
        (Gap.SOON, at(23, 10), "23 10:30"),
        (Gap.SOON, at(23, 11, 15), "23 14:00"),
        (Gap.SOON, at(23, 17, 10), "24 08:30"),
        (Gap.SOON, at(27, 17, 10), "30 08:30"),
        (Gap.OTHER_HALF, at(23, 9), "23 15:00"),
        (Gap.OTHER_HALF, at(23, 15), "24 09:30"),
        (Gap.OTHER_HALF, at(27, 15), "30 09:30"),
        (Gap.OTHER_HALF, at(28, 9), "30 08:30"),
        (Gap.NEXT_WORKDAY, at(23, 9), "24 15:00"),
        (Gap.NEXT_WORKDAY, at(27, 16), "30 09:30"),
    ],
)
def test_when_it_is_dialled_again(gap: Gap, called: datetime, again: str) -> None:
    assert told(redial_at(gap, called, workday)) == again


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        (at(23, 8), "23 08:30"), (at(23, 9, 7), "23 09:07"), (at(23, 12), "23 14:00"), (at(23, 17, 30), "24 08:30"),
        (at(28, 10), "30 08:30"),
    ],
)  # fmt: skip
def test_staff_call_in_calling_hours(moment: datetime, then: str) -> None:
    assert told(calling_hours(moment, workday)) == then


def test_retries_are_the_calls_after_the_first() -> None:
    assert [lost_after(calls, 2) for calls in (1, 2, 3, 4)] == [False, False, True, True]
