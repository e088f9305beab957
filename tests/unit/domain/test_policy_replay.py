"""A replay over a handful of events, each by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.policy import Policy
from bot.domain.policy_replay import Happened, Open, Replayed, Spot, beyond, replay
from bot.domain.policy_words import WORDS
from bot.domain.views import Period

DAY = date(2026, 11, 23)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
OLD = Policy()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """On the ``day``-th day after 11月23日."""
    return datetime(2026, 11, 23, hour, minute, tzinfo=HOSPITAL_TZ) + timedelta(days=day)


def spot(day: int, hour: int = 9, *, department: int = 1, clinic: int = 0) -> Spot:
    starts = at(day, hour)
    return Spot(clinic or day * 100 + department, 7, department, starts.date(), Period.AM, starts)


def booked(
    id_: int, moment: datetime, there: Spot, *, patient: str = "p", account: int | None = 1
) -> Happened:
    return Happened("booked", moment, id_, patient, account, b"138", None, there)


def moved(event: Happened, moment: datetime, there: Spot) -> Happened:
    return replace(event, kind="changed", at=moment, old=event.new, new=there)


def ended(event: Happened, moment: datetime, kind: str = "cancelled") -> Happened:
    return replace(event, kind=kind, at=moment, old=event.new, new=None)


def run(events: list[Happened], since: datetime = LONG_AGO, /, **numbers: int) -> Replayed:
    new = replace(OLD, **numbers)
    counting = any(WORDS[name].counts for name in numbers)
    return replay(events, lambda *_: OLD, lambda *_: new, since, counting=counting)


def test_the_same_numbers_refuse_nothing() -> None:
    events = [booked(n, at(0, 8), spot(n % 10 + 1, department=n)) for n in range(40)]
    same = replay(events, lambda *_: OLD, lambda *_: OLD, LONG_AGO)
    assert (same.total, same.judged["booked"], same.complete) == (0, 40, True)


def test_a_shorter_window() -> None:
    events = [booked(n, at(0, 8), spot(n), patient=f"p{n}", account=n) for n in (1, 7, 8, 14)]
    found = run(events, booking_window_days=7)
    assert found.refused == {("booked", "window"): 2}
    assert [each.appointment_id for each in found.examples] == [8, 14]


def test_a_longer_cutoff() -> None:
    events = [
        booked(1, at(0, 7, 59), spot(0)),
        booked(2, at(0, 8), spot(0, department=2), patient="q"),
        booked(3, at(0, 8, 20), spot(0, department=3), patient="r"),
    ]
    assert run(events, booking_cutoff_minutes=60).refused == {("booked", "cutoff"): 2}


def test_stricter_deadlines_for_changing_and_cancelling() -> None:
    """R16, R17: seen from the moment of the act to the slot that is given up."""
    one, two = booked(1, at(0, 8), spot(3)), booked(2, at(0, 8), spot(4), patient="q")
    events = [one, two, moved(one, at(2, 12), spot(5)), ended(two, at(3, 10))]
    assert run(events, change_deadline_minutes=24 * 60).refused == {("changed", "change"): 1}
    assert run(events, cancel_deadline_minutes=24 * 60).refused == {("cancelled", "cancel"): 1}
    assert run(events, cancel_deadline_minutes=22 * 60).total == 0


def test_one_too_many_is_not_there_for_the_next() -> None:
    """With at most two, the third is refused; when one of the two is over, the fourth is let through, because the third
    was never made."""
    first, second, third, fourth = (booked(n, at(0, 7 + n), spot(n, department=n)) for n in (1, 2, 3, 4))
    events = [first, second, third, ended(first, at(0, 10, 30)), fourth]
    found = run(events, per_patient_open=2)
    assert found.refused == {("booked", "patient_open"): 1}
    assert found.examples[0].appointment_id == 3


def test_what_was_held_before_the_chosen_days_counts_but_is_not_judged() -> None:
    before = [booked(n, at(0, 8), spot(5 + n, department=n)) for n in (1, 2, 3)]
    found = run([*before, booked(9, at(2, 8), spot(9))], at(2, 0), per_patient_open=3)
    assert found.refused == {("booked", "patient_open"): 1}
    assert found.judged == {"booked": 1}


def test_visits_that_are_past_count_no_more() -> None:
    events = [booked(1, at(0, 8), spot(1)), booked(2, at(2, 8), spot(4, department=2))]
    assert run(events, per_patient_open=1).total == 0


@pytest.mark.parametrize(
    ("number", "why", "second"),
    [
        ("per_account_open", "account_open", {"patient": "q"}),
        ("per_phone_open", "phone_open", {"patient": "q", "account": 2}),
        ("per_patient_per_day", "patient_day", {"account": 2}),
    ],
)
def test_each_limit_counts_what_it_is_about(number: str, why: str, second: dict[str, object]) -> None:
    later = booked(2, at(0, 9), spot(1, 14, department=2), **second)  # type: ignore[arg-type]
    found = run([booked(1, at(0, 8), spot(1)), later], **{number: 1})
    assert found.refused == {("booked", why): 1}
    assert run([booked(1, at(0, 8), spot(1)), later], **{number: 0}).total == 0, "0: no limit"


def test_cancellations_of_the_month() -> None:
    one, two = booked(1, at(0, 8), spot(3)), booked(2, at(0, 9), spot(4, department=2))
    events = [one, ended(one, at(0, 8, 30)), two]
    assert run(events, cancels_per_month=1).refused == {("booked", "cancels_month"): 1}
    next_month = [one, ended(one, at(0, 8, 30)), booked(3, at(8, 9), spot(10))]
    assert run(next_month, cancels_per_month=1).total == 0


def test_what_the_hospital_did_itself_is_not_judged() -> None:
    """R18: a replaced visit asks no rule."""
    given = replace(booked(1, at(0, 8, 50), spot(0)), free=True)
    assert run([given], booking_cutoff_minutes=60).total == 0


def test_what_the_old_numbers_refuse_too_is_not_new() -> None:
    far = booked(1, at(0, 8), spot(30))
    assert run([far], booking_window_days=7).total == 0


def test_it_stops_when_its_time_is_over_and_says_where() -> None:
    events = [booked(n, at(0, 8) + timedelta(seconds=n), spot(20), patient=f"p{n}") for n in range(1500)]
    left = iter([True, False])
    new = replace(OLD, booking_window_days=7)
    found = replay(events, lambda *_: OLD, lambda *_: new, LONG_AGO, in_time=lambda: next(left))
    assert not found.complete
    assert found.until == events[998].at


def test_what_is_open_now_beyond_the_new_number() -> None:
    rows = [
        Open(1, "p", 1, b"1", spot(1)),
        Open(2, "p", 1, b"1", spot(2)),
        Open(3, "q", 2, b"2", spot(9)),
        Open(4, "q", None, b"3", spot(9, 14)),
    ]

    def found(name: str, number: int) -> tuple[int, tuple[int, ...]]:
        new = replace(OLD, **{name: number})
        told = beyond(name, rows, lambda *_: new, at(0, 10))
        return told.count, told.examples

    assert found("booking_window_days", 7) == (2, (3, 4))
    assert found("per_patient_open", 1) == (2, (1, 3))
    assert found("per_patient_per_day", 1) == (1, (3,))
    assert found("per_account_open", 1) == (1, (1,))
    assert found("per_phone_open", 1) == (1, (1,))
    assert found("per_patient_open", 0) == (0, ())
    assert found("cancel_deadline_minutes", 48 * 60) == (2, (1, 2))
    assert found("release_window_minutes", 5) == (0, ())
