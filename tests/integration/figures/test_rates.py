"""回访率 counted by hand (R30, R31)."""

from datetime import date, timedelta

from bot.domain.discharge import WayOut
from bot.services.figures.periods import month_of
from bot.services.figures.rates import Rate, rates
from bot.services.figures.steps import lost_reasons, step_rates
from tests.integration.figures.office import Office, S, at

TODAY = date(2026, 11, 23)
NOVEMBER = month_of("2026-11")


def counted(office: Office, *by: str, today: date = TODAY) -> list[Rate]:
    with office.db.read() as uow:
        return list(rates(uow, NOVEMBER, today, by=by))


def fill(office: Office) -> None:
    """内一病区: ten discharges.  内二病区: one, not due yet.  October: nobody's business."""
    reached = office.discharge("Z01", "2026-11-05")
    office.step(
        reached,
        "2026-11-10",
        S.ANSWERED,
        attempted=at("2026-11-10"),
        reached=at("2026-11-12", "23:59"),
        completed=at("2026-11-13"),
    )
    late = office.discharge("Z02", "2026-11-05")
    office.step(
        late,
        "2026-11-10",
        S.ANSWERED,
        attempted=at("2026-11-10"),
        reached=at("2026-11-13", "00:00"),
        completed=at("2026-11-13"),
    )
    office.discharge("Z03", "2026-11-06", way=WayOut.DIED)
    invited = office.discharge("Z04", "2026-11-06", doctor="王海燕")
    office.step(invited, "2026-11-11", S.LOST, attempted=at("2026-11-11"), reason="out_of_service")
    dead = office.discharge("Z05", "2026-11-07", doctor="王海燕")
    office.step(dead, "2026-11-12", S.DECEASED)
    back = office.discharge("Z06", "2026-11-07")
    office.step(back, "2026-11-12", S.READMITTED)
    office.discharge("Z07", "2026-11-08")  # no plan had a step
    pending = office.discharge("Z08", "2026-11-18")
    office.step(pending, "2026-11-23", S.ANSWERED, reached=at("2026-11-23", "08:00"))
    replanned = office.discharge("Z09", "2026-11-08")
    office.step(replanned, "2026-11-10", S.CLOSED, reason="replanned", name="old", reached=None)
    office.step(replanned, "2026-11-13", S.CONTACTING, attempted=at("2026-11-13"), reached=at("2026-11-14"))
    later = office.discharge("Z10", "2026-11-04")
    office.step(later, "2026-11-09", S.OVERDUE)
    office.step(later, "2026-12-04", S.ANSWERED, name="month1", reached=at("2026-11-20"))
    office.step(office.discharge("Z11", "2026-11-22", ward="内二病区"), "2026-11-27")
    office.step(office.discharge("Z00", "2026-10-31"), "2026-11-05", S.ANSWERED, reached=at("2026-11-05"))


def test_every_number_by_ward(office: Office) -> None:
    fill(office)
    first, second = counted(office, "ward")
    assert first == Rate(
        ("内一病区",), discharged=10, died=1, pending=1, expected=8, attempted=5, reached=4, completed=2, on_time=2,
        stopped=2, unplanned=1,
    )  # fmt: skip
    assert (first.late, first.rate) == (2, 0.25)
    assert second == Rate(("内二病区",), 1, 0, 1, 0, 0, 0, 0, 0, 0, 0)
    assert second.rate is None
    assert not second.below(80)


def test_by_doctor_by_month_and_together(office: Office) -> None:
    fill(office)
    assert [(rate.key, rate.expected, rate.on_time) for rate in counted(office, "ward", "doctor")] == [
        (("内一病区", "王建国"), 6, 2), (("内一病区", "王海燕"), 2, 0), (("内二病区", "王建国"), 0, 0),
    ]  # fmt: skip
    assert [(rate.key, rate.discharged) for rate in counted(office, "month")] == [(("202611",), 11)]
    assert [rate.key for rate in counted(office, "year", "department")] == [("2026", "心血管内科")]
    (total,) = counted(office)
    assert (total.key, total.discharged, total.expected, total.on_time) == ((), 11, 8, 2)


def test_what_is_pending_counts_once_its_last_day_is_over(office: Office) -> None:
    fill(office)
    (total,) = counted(office, today=date(2026, 11, 25))
    assert (total.pending, total.on_time) == (2, 2)  # the 25th is the last day on time of Z08
    (total,) = counted(office, today=date(2026, 11, 26))
    assert (total.pending, total.expected, total.on_time) == (1, 9, 3)


def test_the_line_is_not_rounded(office: Office) -> None:
    assert Rate((), 100, 0, 0, 1000, 0, 0, 0, 799, 0, 0).below(80)
    assert not Rate((), 100, 0, 0, 1000, 0, 0, 0, 800, 0, 0).below(80)


def test_nobody_discharged(office: Office) -> None:
    assert counted(office, "ward") == []
    assert [rate.discharged for rate in counted(office)] == [0]


def test_steps_and_reasons_for_loss(office: Office) -> None:
    fill(office)
    with office.db.read() as uow:
        (step,) = step_rates(uow, NOVEMBER, TODAY)
        lost = lost_reasons(uow, NOVEMBER)
    assert (step.plan_title, step.step_title, step.due, step.stopped, step.expected) == (
        "出院后",
        "首次回访",
        8,
        2,
        6,
    )
    assert (step.attempted, step.reached, step.completed, step.on_time, step.lost) == (5, 4, 2, 3, 1)
    assert lost == {"out_of_service": 1}


def test_an_early_answer_of_somebody_reached_is_on_time(office: Office) -> None:
    key = office.discharge("Z1", "2026-11-01")
    office.step(key, "2026-11-06", S.ANSWERED, reached=at("2026-11-06") - timedelta(days=3))
    (total,) = counted(office)
    assert (total.attempted, total.reached, total.completed, total.on_time) == (1, 1, 0, 1)
