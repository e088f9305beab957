"""Satisfaction, dangers, tickets, reviews and samples, counted by hand (R21, R25, R31, R37, R38, R48)."""

from bot.domain.tickets import TicketKind
from bot.questionnaires.model import Coded, Value
from bot.services.figures import care
from bot.services.figures.periods import month_of
from bot.services.figures.sampling import described, sample
from bot.services.figures.satisfaction import satisfaction
from tests.integration.figures.office import Office, S, at

NOVEMBER = month_of("2026-11")


def scored(**scores: int) -> dict[str, tuple[Value, ...]]:
    """By the options of the shipped questionnaire: 5 is very content."""
    return {link_id: (Coded(str(score)),) for link_id, score in scores.items()}


def test_satisfaction_by_dimension_question_and_ward(office: Office) -> None:
    form = office.hospital.forms.newest("inpatient")
    assert form is not None
    item = form.item("doctor")
    assert item is not None
    codes = {option.score: option.code for option in item.options}

    def answers(**scores: int) -> dict[str, tuple[Value, ...]]:
        return {link_id: (Coded(codes[score]),) for link_id, score in scores.items()}  # type: ignore[index]

    one = office.step(office.discharge("Z1", "2026-11-05"), "2026-11-10", S.ANSWERED)
    two = office.step(office.discharge("Z2", "2026-11-05", ward="内二病区"), "2026-11-10", S.ANSWERED)
    office.answer(one, "inpatient", answers(doctor=5, nurse=4, environment=3), at("2026-11-11"))
    office.answer(two, "inpatient", answers(doctor=2) | {"gift": (True,)}, at("2026-11-30", "23:00"))
    office.answer(None, "outpatient", answers(doctor=3) | {"gift": (False,)}, at("2026-11-12"))
    office.answer(None, "outpatient", answers(doctor=1), at("2026-12-01", "00:00"))  # next month
    office.answer(None, "discharge-week", {"recovery": (Coded("good"),)}, at("2026-11-12"))  # not about us
    with office.db.read() as uow:
        found = satisfaction(uow, office.hospital.forms, NOVEMBER)
    assert (found.responses, found.asked_about_gifts, found.gifts) == (3, 2, 1)
    told = {name: (tally.n, tally.mean, tally.content) for name, tally in found.dimensions.items()}
    assert told == {"人员": (4, 3.5, 2), "环境": (1, 3.0, 0)}
    assert {name: tally.n for name, tally in found.wards.items()} == {"内一病区": 3, "内二病区": 1, "门诊": 1}
    assert found.questions["医生的态度"].n == 3


def test_how_fast_dangers_were_acknowledged(office: Office) -> None:
    start = at("2026-11-10", "08:00")
    office.flag(start, 30, at("2026-11-10", "08:10"))
    office.flag(start, 30, at("2026-11-10", "08:30"))
    office.flag(start, 30, at("2026-11-10", "09:00"), "胸痛")
    office.flag(start, 30)
    office.flag(at("2026-12-01", "00:00"), 30)
    with office.db.read() as uow:
        (flag,) = care.flags(uow, NOVEMBER)
        dangers = care.rules(uow, NOVEMBER)
    assert (flag.raised, flag.acknowledged, flag.in_time, flag.median, flag.slowest) == (4, 3, 2, 30.0, 60.0)
    assert list(dangers.items()) == [("切口流脓", 3), ("胸痛", 1)]


def test_tickets_in_time_late_waiting_and_overdue(office: Office) -> None:
    day, due = at("2026-11-10"), at("2026-11-13")
    office.ticket(day, due, answered=at("2026-11-13"))
    office.ticket(day, due, answered=at("2026-11-14"))
    office.ticket(day, due)
    office.ticket(at("2026-11-22"), at("2026-11-25"))
    office.ticket(day, due, kind=TicketKind.PRAISE, category="服务态度")
    with office.db.read() as uow:
        complaint, praise = care.tickets(uow, NOVEMBER, office.clock.now())
        departments = care.departments(uow, NOVEMBER)
    assert complaint == care.TicketFigures("complaint", "饮食", 4, in_time=1, late=1, waiting=1, overdue=1)
    assert (praise.opened, praise.overdue, departments) == (1, 1, {"膳食科": 4})


def test_tries_by_outcome_and_the_reviewed_sample(office: Office) -> None:
    step = office.step(
        office.discharge("Z1", "2026-11-05"), "2026-11-10", S.REVIEWED, reached=at("2026-11-11")
    )
    other = office.step(
        office.discharge("Z2", "2026-11-05"), "2026-11-10", S.REVIEWED, reached=at("2026-11-11")
    )
    for outcome in ("no_answer", "busy", "no_answer"):
        office.contact(step, outcome, at("2026-11-10"))
    office.review(step, at("2026-11-20"), timely=True, accurate=False)
    office.review(other, at("2026-11-21"), timely=True, accurate=True)
    with office.db.read() as uow:
        assert care.tries(uow, NOVEMBER) == {"no_answer": 2, "busy": 1}
        assert care.reviews(uow, NOVEMBER) == care.ReviewFigures(2, 2, 1)


def test_a_sample_is_the_same_on_every_database_in_whatever_order_rows_were_written(office: Office) -> None:
    steps = {}
    for number in (7, 3, 9, 1, 5, 8, 2, 6, 4, 0):
        name = f"Z{number}" if number % 2 else f"中{number}"
        steps[name] = office.step(
            office.discharge(name, "2026-11-05"), "2026-11-10", S.ANSWERED, reached=at("2026-11-11")
        )
    office.step(office.discharge("Z11", "2026-11-05"), "2026-11-10", S.LOST)
    office.step(
        office.discharge("Z12", "2026-11-05", ward="内二病区"),
        "2026-11-10",
        S.ANSWERED,
        reached=at("2026-11-11"),
    )
    with office.db.read() as uow:
        drawn = sample(uow, "内一病区", NOVEMBER, 4, 2026)
        assert [each.admission_no for each in described(uow, drawn)] == ["Z3", "中0", "中8", "中4"]
        assert sample(uow, "内一病区", NOVEMBER, 4, 2026) == drawn
        assert sample(uow, "内一病区", NOVEMBER, 4, 2027) != drawn
        assert sorted(sample(uow, "内一病区", NOVEMBER, 99, 1)) == sorted(steps.values())
        assert sample(uow, "没有这个病区", NOVEMBER, 4, 1) == ()
