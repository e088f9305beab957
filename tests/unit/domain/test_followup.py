"""The calendar of a plan, who gets which, and which state may follow which."""

from datetime import date

import pytest

from bot.domain.discharge import Cohort, Stay, WayOut, read_way, undiagnosed
from bot.domain.followup import (
    FOLLOWUP,
    OPEN,
    Anchor,
    Anchors,
    Days,
    FollowupState,
    Plan,
    Span,
    Step,
    calendar_of,
    choose,
)

HOME = date(2026, 11, 20)


def a_step(name: str = "first", anchor: Anchor = Anchor.DISCHARGE, *spans: str) -> Step:
    earliest, due, overdue = (Span.read(span) for span in spans or ("3d", "5d", "7d"))
    return Step(name, name, earliest, due, overdue, "discharge-week", anchor)


def a_plan(*steps: Step, name: str = "p", priority: int = 1, enabled: bool = True, **cohort: object) -> Plan:
    return Plan(name, name, priority, Cohort(**cohort), steps, enabled)  # type: ignore[arg-type]


def a_stay(diagnosis: str = "肺部感染", way: WayOut = WayOut.HOME, *, surgery: bool = False) -> Stay:
    return Stay("一病区", "呼吸内科", diagnosis, way, surgery)


@pytest.mark.parametrize(
    ("span", "day"),
    [
        ("3d", date(2027, 2, 3)),
        ("1w", date(2027, 2, 7)),
        ("1m", date(2027, 2, 28)),
        ("12m", date(2028, 1, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(span: str, day: date) -> None:
    assert Span.read(span).after(date(2027, 1, 31)) == day


@pytest.mark.parametrize("text", ["", "3", "d", "-1d", "1y", "1.5m", "３d x"])
def test_other_spans_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="3d, 1w or 1m"):
        Span.read(text)


def test_days_count_from_their_anchor() -> None:
    plan = a_plan(
        a_step("home"), a_step("cut", Anchor.SURGERY, "20d", "1m", "40d"), a_step("next", Anchor.ANSWER)
    )
    assert calendar_of(plan, Anchors(HOME, date(2026, 11, 12))) == {
        "home": Days(date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 27)),
        "cut": Days(date(2026, 12, 2), date(2026, 12, 12), date(2026, 12, 22)),
        "next": None,
    }
    answered = Anchors(HOME, answer=date(2026, 12, 1))
    assert calendar_of(plan, answered)["next"] == Days(
        date(2026, 12, 4), date(2026, 12, 6), date(2026, 12, 8)
    )


def test_nobody_is_followed_up_in_the_ward() -> None:
    plan = a_plan(
        a_step("early", Anchor.SURGERY, "1d", "2d", "3d"), a_step("week", Anchor.SURGERY, "5d", "1w", "14d")
    )
    found = calendar_of(plan, Anchors(HOME, date(2026, 11, 10)))
    assert found == {"week": Days(date(2026, 11, 21), date(2026, 11, 21), date(2026, 11, 24))}


def test_the_first_plan_that_fits_holds() -> None:
    step = a_step()
    plans = [
        a_plan(step, name="all", priority=90),
        a_plan(step, name="cut", priority=20, surgery=True),
        a_plan(step, name="moved", priority=10, ways=(WayOut.TRANSFER,), undiagnosed=True),
        a_plan(step, name="sugar", priority=30, words=("糖尿病",), codes=("E11",)),
        a_plan(step, name="off", priority=1, enabled=False),
    ]

    def name(stay: Stay) -> str:
        plan = choose(plans, stay)
        assert plan is not None
        return plan.name

    assert name(a_stay()) == "all"
    assert name(a_stay("2型糖尿病", surgery=True)) == "cut"
    assert name(a_stay("2型糖尿病")) == "sugar"
    assert name(a_stay("e11.900x001")) == "sugar"
    assert name(a_stay("XE11")) == "all"
    assert name(a_stay("发热待查", WayOut.TRANSFER)) == "moved"
    assert name(a_stay("肺炎", WayOut.TRANSFER)) == "all"
    assert choose(plans[1:], a_stay()) is None


@pytest.mark.parametrize(("text", "way"), [("2", WayOut.TRANSFER), ("医嘱转院", WayOut.TRANSFER), ("死亡", WayOut.DIED), ("", None), ("6", None)])  # fmt: skip
def test_ways_out_are_read(text: str, way: WayOut | None) -> None:
    assert read_way(text) is way


def test_what_is_not_sure_of_itself_is_undiagnosed() -> None:
    assert undiagnosed("") and undiagnosed("腹痛待查") and undiagnosed("肺癌？")
    assert not undiagnosed("急性阑尾炎")


def test_every_state_has_a_row_and_a_death_stops_whatever_is_open() -> None:
    assert set(FOLLOWUP) == set(FollowupState)
    assert all(FollowupState.DECEASED in FOLLOWUP[state] for state in OPEN)
    assert all(FollowupState.READMITTED in FOLLOWUP[state] for state in OPEN)
    assert FOLLOWUP[FollowupState.REFUSED] == frozenset()
    assert FollowupState.DECEASED not in FOLLOWUP[FollowupState.ANSWERED]
