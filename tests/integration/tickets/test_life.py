"""A ticket's life with staff: 首问负责, classification, assignment, answer, and who comes second."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.tickets import (
    Cannot,
    CloseReason,
    Conflict,
    HasOwner,
    Moved,
    TicketKind,
    TicketState,
)
from bot.services.pushes import T as PUSHES
from bot.store.care_models import TicketEvent
from bot.store.models import AuditEntry
from bot.store.push_models import PhoneTask, Push
from tests.integration.services.town import Town, at
from tests.integration.tickets.desk import ANSWER, Desk

_S = TicketState


def test_the_whole_life_with_a_patient_who_is_content(desk: Desk) -> None:
    ticket = desk.answered()
    assert (desk.row(ticket.id).state, desk.row(ticket.id).owner) == (_S.ACTED, "0012")
    with desk.town.hospital.world(desk.town.account()) as world:
        seen = world.ticket(ticket.id)
    assert seen is not None and (seen.answer, seen.answered_at) == (ANSWER, desk.town.clock.now())
    done = desk.judge(ticket.id, content=True)
    assert done.state is _S.CLOSED and desk.row(ticket.id).closed_at == desk.town.clock.now()
    assert desk.events(ticket.id) == [
        "opened", "taken", "classified", "assigned", "acted", "confirmed", "closed",
    ]  # fmt: skip


def test_not_content_goes_back_to_the_owner_with_a_new_deadline(desk: Desk) -> None:
    ticket = desk.answered()
    desk.town.clock.advance(timedelta(days=2))
    for _ in range(2):  # the message again
        back = desk.judge(ticket.id, content=False, words="还没有人给我道歉")
    row = desk.row(ticket.id)
    assert (back.state, row.owner, row.tier, row.closed_at) == (_S.REOPENED, "0012", 0, None)
    assert row.due_at == at(17, 30) + timedelta(days=7), "three workdays from Wednesday"
    assert back.text.endswith("\n还没解决：还没有人给我道歉")
    assert isinstance(desk.act(ticket.id, "护士长已经登门道歉"), Moved)
    assert desk.judge(ticket.id, content=True, key="j2").state is _S.CLOSED
    assert desk.events(ticket.id)[-4:] == ["reopened", "acted", "confirmed", "closed"]


def test_a_closed_ticket_can_be_opened_again_but_not_closed_twice(desk: Desk) -> None:
    ticket = desk.answered()
    desk.judge(ticket.id, content=True)
    assert desk.judge(ticket.id, content=True, key="j2").state is _S.CLOSED
    assert desk.events(ticket.id).count("closed") == 1
    assert desk.judge(ticket.id, content=False, key="j3", words="又来了").state is _S.REOPENED


def test_a_verdict_on_what_has_no_answer_changes_nothing(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.judge(ticket.id, content=True).state is _S.OPEN
    assert desk.judge(ticket.id, content=False, key="j2").version == 1


def test_who_takes_it_first_owns_it_to_the_end(desk: Desk) -> None:
    ticket = desk.open()
    assert isinstance(desk.take(ticket.id, staff="0012"), Moved)
    assert desk.take(ticket.id, staff="0034") == HasOwner("0012")
    assert desk.take(ticket.id, staff="0012") == Moved(ticket.id, 2, _S.OPEN)
    desk.confirm(ticket.id, staff="0034")
    desk.assign(ticket.id, staff="0034")
    desk.act(ticket.id, staff="0056")
    assert desk.row(ticket.id).owner == "0012"
    assert desk.row(ticket.id).confirmed_by == "0034"


def test_whoever_does_something_first_is_the_first_asked(desk: Desk) -> None:
    ticket = desk.open()
    desk.confirm(ticket.id, staff="0034")
    assert desk.row(ticket.id).owner == "0034"


def test_two_who_take_it_at_once(desk: Desk) -> None:
    ticket = desk.open()
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda n: desk.take(ticket.id, version=1, staff=f"00{n}"), range(6)))
    assert sum(isinstance(each, Moved) for each in done) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 5
    assert desk.events(ticket.id) == ["opened", "taken"]


def test_a_second_editor_is_told(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.confirm(ticket.id, version=1) == Moved(ticket.id, 2, _S.OPEN)
    assert desk.assign(ticket.id, version=1) == Conflict(2)
    assert desk.row(ticket.id).state is _S.OPEN


def test_a_person_corrects_the_machine_and_the_deadline_follows(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.row(ticket.id).confirmed_by is None
    desk.confirm(ticket.id, category="廉洁", department="纪检监察室")
    row = desk.row(ticket.id)
    assert (row.category, row.department, row.confirmed_by) == ("廉洁", "纪检监察室", "0012")
    assert row.due_at == at(17, 30) + timedelta(days=1)
    desk.confirm(ticket.id, kind=TicketKind.SUGGESTION, category="饮食", department="营养膳食科")
    assert desk.row(ticket.id).due_at == at(17, 30) + timedelta(days=9)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"category": "天气"}, "category"),
        ({"department": "没有这个科"}, "department"),
    ],
)
def test_a_class_that_does_not_exist(desk: Desk, given: dict[str, str], why: str) -> None:
    assert desk.confirm(desk.open().id, **given) == Cannot(why)


def test_no_answer_before_a_person_has_looked_at_the_class(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.act(ticket.id) == Cannot("unconfirmed")
    desk.confirm(ticket.id)
    assert desk.act(ticket.id, answer="  ") == Cannot("no_answer")
    assert desk.act(ticket.id, answer="好" * 501) == Cannot("too_long")
    assert desk.assign(ticket.id, to="没有 这个科") == Cannot("department")
    assert isinstance(desk.assign(ticket.id, to="0077"), Moved)
    assert desk.take(999, version=1) == Cannot("unknown")


def test_another_answer_needs_another_assignment(desk: Desk) -> None:
    ticket = desk.answered()
    assert desk.act(ticket.id, "改一改") == Cannot("state")
    assert desk.confirm(ticket.id) == Cannot("state")
    assert isinstance(desk.assign(ticket.id), Moved)
    assert isinstance(desk.act(ticket.id, "改好了"), Moved)
    with desk.town.db.read() as uow:
        pushes = uow.session.execute(select(PUSHES.c.state, PUSHES.c.version).order_by(PUSHES.c.id)).all()
    assert [state for state, _ in pushes] == ["void", "planned"], "only the newer answer is told"


def test_closing_without_the_patients_word(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.close(ticket.id, CloseReason.TOLD) == Cannot("state")
    assert isinstance(desk.close(ticket.id, CloseReason.DUPLICATE), Moved)
    assert desk.row(ticket.id).state is _S.CLOSED
    answered = desk.answered(key="k2")
    assert desk.close(answered.id, CloseReason.DUPLICATE) == Cannot("reason")
    assert isinstance(desk.close(answered.id, CloseReason.TOLD), Moved)
    with desk.town.db.read() as uow:
        why = [
            entry.detail["why"]
            for entry in uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.closed"))
        ]
    assert why == ["duplicate", "told"]


def test_the_answer_is_planned_for_the_account_and_voided_by_the_verdict(desk: Desk) -> None:
    ticket = desk.answered()
    assert desk.town.count(Push, Push.kind == "ticket_answer", Push.scope == f"ticket:{ticket.id}") == 1
    desk.judge(ticket.id, content=True)
    assert desk.town.count(Push, Push.state == "void") == 1


def test_who_has_neither_account_nor_registration_is_called(town: Town, desk: Desk) -> None:
    from tests.integration.tickets.test_opening import add

    ticket_id = add(town, "食堂的饭太难吃了")
    assert ticket_id is not None
    desk.confirm(ticket_id, kind=TicketKind.SUGGESTION, category="饮食", department="营养膳食科")
    desk.act(ticket_id)
    assert town.count(Push) == 0
    assert town.count(PhoneTask, PhoneTask.scope == f"ticket:{ticket_id}", PhoneTask.reason == "no_road") == 1
    desk.close(ticket_id, CloseReason.TOLD)
    assert town.count(PhoneTask, PhoneTask.state == "cancelled") == 1


def test_nothing_personal_in_events_and_audit(desk: Desk) -> None:
    ticket = desk.answered()
    desk.judge(ticket.id, content=False, words="我叫王小明，13800138000")
    with desk.town.db.read() as uow:
        notes = [event.note for event in uow.session.scalars(select(TicketEvent)) if event.note]
        told = [
            (entry.action, entry.subject, entry.detail) for entry in uow.session.scalars(select(AuditEntry))
        ]
    assert notes and all("王小明".encode() not in note for note in notes)
    assert "王小明" not in str(told) and "13800138000" not in str(told)
