"""Kinds that other parts will plan: the weekly publication, a caring message, a revisit."""

from datetime import timedelta

from sqlalchemy import update

from bot.domain.states import AppointmentState
from bot.services.reminders import Visit, seen
from bot.store.models import Appointment
from bot.store.push_models import Push
from scheduler.planner import Planner
from tests.integration.planner.looks import due, notices, prefer, states
from tests.integration.services.town import TODAY, Town, at

NEXT_MONDAY = TODAY + timedelta(days=7)


def done(town: Town) -> Visit:
    """A visit that has taken place."""
    account = town.account()
    patient = town.register(account)
    booked = town.book(account, town.clinic()[0], patient)
    with town.db.write() as uow:
        uow.session.execute(update(Appointment).values(state=AppointmentState.DONE))
        uow.session.execute(update(Push).values(due_at=town.clock.now() + timedelta(days=365)))
    return Visit(booked.id, 1, patient.id, account.id, booked.starts_at)


def see(town: Town, visit: Visit, days: int | None = None) -> None:
    revisit = None if days is None else TODAY + timedelta(days=days)
    context = town.hospital.acting("system:test")
    for _ in range(2):
        town.db.run(lambda uow: seen(uow, context, visit, revisit=revisit))


def test_who_was_seen_is_asked_after_the_next_day(town: Town, planner: Planner) -> None:
    see(town, done(town))
    assert due(town, "care") == at(10, 0, TODAY + timedelta(days=1))
    town.clock.advance(timedelta(days=1))
    planner.tick()
    notice = notices(town)["care"]
    assert "请按医嘱" in notice.fields["text"]
    assert "心血管" not in notice.fields["text"]


def test_a_revisit_is_announced_a_day_before(town: Town, planner: Planner) -> None:
    see(town, done(town), days=8)  # a Tuesday
    assert due(town, "revisit_due") == at(10, 0, NEXT_MONDAY)
    town.clock.set(at(10, 0, NEXT_MONDAY))
    planner.tick()
    notice = notices(town)["revisit_due"]
    assert notice.fields["date"] == "12月1日（周二）"
    assert notice.fields["department"] == "心血管内科"
    assert [option.value for option in notice.options] == ["book:doctor:王建国"]


def test_the_publication_is_planned_once_a_week_for_those_who_asked(town: Town, planner: Planner) -> None:
    asked, _ = town.account("o-1"), town.account("o-2")
    town.clinic(day=NEXT_MONDAY, seats=6)
    prefer(town, asked, publication="on")
    town.clock.set(at(8, 59, NEXT_MONDAY))
    assert planner.publish() == 0
    town.clock.set(at(9, 0, NEXT_MONDAY))
    assert [planner.publish() for _ in range(3)] == [1, 0, 0]
    planner.tick()
    assert states(town) == {"publication v1": "queued"}
    fields = notices(town)["publication"].fields
    assert (fields["seats"], fields["open_days"]) == ("6", "11月30日（周一）至12月14日（周一）")


def test_a_week_without_seats_is_not_published(town: Town, planner: Planner) -> None:
    prefer(town, town.account(), publication="on")
    town.clock.set(at(9, 0, NEXT_MONDAY))
    planner.publish()
    planner.tick()
    assert states(town) == {"publication v1": "skipped no_seats"}


def test_a_week_that_was_missed_is_left_out(town: Town, planner: Planner) -> None:
    prefer(town, town.account(), publication="on")
    town.clock.set(at(9, 0, NEXT_MONDAY + timedelta(days=3)))
    assert planner.publish() == 0
