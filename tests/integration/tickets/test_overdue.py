"""The moved clock: overdue tickets go up tier by tier, each told once; silence closes what has been answered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.domain.notice import Notice
from bot.domain.tickets import TicketKind, TicketState
from bot.services.flags.duty import Ward
from bot.services.tickets import overdue
from bot.settings import load
from bot.store.models import OutboxMessage
from bot.store.push_models import Alert
from bot.store.words import open_outbox, outbox_aad
from tests.integration.services.town import Town, at
from tests.integration.tickets.desk import Desk

_DUE = at(17, 30) + timedelta(days=3)
"""Thursday: three workdays after Monday."""


def alerts(town: Town) -> list[tuple[str, str, str, int]]:
    with town.db.read() as uow:
        return [(a.kind, a.subject, a.code, a.count) for a in uow.session.scalars(select(Alert))]


def test_it_goes_up_on_workdays_and_every_tier_hears_once(desk: Desk) -> None:
    ticket, seen = desk.open(), []
    for moment in (
        _DUE - timedelta(minutes=1),
        _DUE,
        _DUE + timedelta(hours=23),
        _DUE + timedelta(days=1),  # Friday: one workday late
        _DUE + timedelta(days=4),  # Monday is the second, a weekend lies between
        _DUE + timedelta(days=5),
        _DUE + timedelta(days=30),
    ):
        desk.town.clock.set(moment)
        moved = desk.tick() + desk.tick()
        seen.append((moved, desk.row(ticket.id).tier))
    assert seen == [(0, 0), (1, 1), (0, 1), (1, 2), (0, 2), (1, 3), (0, 3)]
    assert alerts(desk.town) == [("ticket_overdue", f"ticket:{ticket.id}", "tier 3", 3)]
    assert desk.events(ticket.id) == ["opened", "escalated", "escalated", "escalated"]


def test_a_scheduler_that_was_away_goes_to_the_right_tier_at_once(desk: Desk) -> None:
    ticket = desk.open()
    desk.town.clock.set(_DUE + timedelta(days=30))
    assert desk.tick() == 1
    assert desk.row(ticket.id).tier == 3


def test_two_schedulers_at_once_tell_once(desk: Desk) -> None:
    for n in range(5):
        desk.open(f"k{n}")
    desk.town.clock.set(_DUE)
    with ThreadPoolExecutor(4) as pool:
        moved = list(pool.map(lambda _: overdue.work(desk.town.hospital), range(4)))
    assert sum(moved) == 5
    assert [count for *_, count in alerts(desk.town)] == [1] * 5


def test_what_is_answered_or_praise_goes_nowhere(desk: Desk) -> None:
    desk.answered()
    desk.open("k2", "护士特别细心，感谢", kind=TicketKind.PRAISE)
    desk.town.clock.set(_DUE + timedelta(days=3))
    assert desk.tick() == 0


def test_reopened_it_counts_from_its_new_deadline(desk: Desk) -> None:
    ticket = desk.answered()
    desk.town.clock.set(_DUE)
    desk.judge(ticket.id, content=False, words="没解决")
    assert desk.tick() == 0, "Thursday after closing time: three workdays from Friday"
    desk.town.clock.set(desk.row(ticket.id).due_at)
    assert desk.tick() == 1


def test_a_week_of_silence_closes_an_answer(desk: Desk) -> None:
    ticket = desk.answered()
    desk.town.clock.advance(timedelta(days=7) - timedelta(seconds=1))
    assert desk.tick() == 0
    desk.town.clock.advance(timedelta(seconds=1))
    assert desk.tick() == 1 and desk.tick() == 0
    assert desk.row(ticket.id).state is TicketState.CLOSED
    assert desk.events(ticket.id)[-1] == "closed"
    assert desk.judge(ticket.id, content=False, words="其实没解决").state is TicketState.REOPENED


def test_many_are_worked_off_in_batches(desk: Desk) -> None:
    assert overdue.BATCH == 100
    for n in range(103):
        desk.open(f"k{n}")
    desk.town.clock.set(_DUE)
    assert overdue.work(desk.town.hospital) == 103


def test_no_sms_without_a_vendor(desk: Desk) -> None:
    desk.open()
    desk.town.clock.set(_DUE)
    desk.tick()
    assert desk.town.count(OutboxMessage) == 0


def test_the_departments_duty_phone_gets_an_sms_that_names_nobody(desk: Desk) -> None:
    town = desk.town
    town.hospital.settings = load(sms_vendor="sandbox", hospital_name="试验医院")
    town.hospital.duty = replace(
        town.hospital.duty,
        wards={"消化内科": Ward("消化内科", director="13900000001")},
        medical_office="13900000002",
    )
    desk.open()
    town.clock.set(_DUE)
    desk.tick()
    town.clock.advance(timedelta(days=1))
    desk.tick()
    with town.db.read() as uow:
        rows = uow.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        notices = [open_outbox(uow.keys, row.body, outbox_aad(row.key)) for row in rows]
    assert all(isinstance(notice, Notice) for notice in notices)
    told = [notice for notice in notices if isinstance(notice, Notice)]
    assert [notice.phone for notice in told] == ["13900000001", "13900000002"]
    assert told[0].fields == {
        "ticket": "T20261123-0001", "department": "消化内科", "deadline": "11月26日（周四）17:30",
    }  # fmt: skip
