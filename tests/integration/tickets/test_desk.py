"""What staff see of tickets, and what leaves the house."""

import json
from typing import Any

from sqlalchemy import select

from bot.domain.tickets import TicketSource
from bot.services.exporting import export
from bot.services.tickets import desk as looking
from bot.services.tickets.desk import Whole
from bot.store.models import AuditEntry
from tests.integration.services.town import Town, at
from tests.integration.tickets.desk import ANSWER, WORDS, Desk


def whole(desk: Desk, ticket_id: int) -> Whole:
    context = desk.town.hospital.acting("staff:0012")
    found = desk.town.db.run(lambda uow: looking.whole(uow, context, ticket_id))
    assert found is not None
    return found


def listed(desk: Desk, **wanted: Any) -> list[str]:
    context = desk.town.hospital.acting("staff:0012")
    with desk.town.db.read() as uow:
        return [line.number for line in looking.listing(uow, context, **wanted)]


def rows(town: Town, **how: Any) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(row, ensure_ascii=False)) for row in export(town.db, "tickets", **how)]


def test_the_lists_say_what_waits_most_urgent_first(desk: Desk) -> None:
    slow = desk.open("a", "建议食堂多做点清淡的菜")
    fast = desk.open("b", "骨科医生收红包")
    done = desk.answered(key="c")
    assert listed(desk) == [fast.number, slow.number]
    assert set(listed(desk, open_only=False)) == {slow.number, fast.number, done.number}
    assert listed(desk, department="纪检监察室") == [fast.number]
    assert listed(desk, overdue_only=True) == []
    desk.town.clock.set(at(17, 30, day=fast.due_at.date()))
    assert listed(desk, overdue_only=True) == [fast.number]
    desk.take(slow.id)
    assert listed(desk, owner="0012") == [slow.number]


def test_one_is_shown_in_the_clear_and_that_is_written_down(desk: Desk) -> None:
    patient = desk.town.register(desk.town.account())
    ticket = desk.answered(patient_id=patient.id)
    seen = whole(desk, ticket.id)
    assert (seen.text, seen.answer, seen.measure) == (WORDS, ANSWER, "科室开会整改")
    assert seen.whose is not None and (seen.whose.name, seen.whose.phone) == ("王*明", "138****0001")
    assert [event.what for event in seen.events] == ["opened", "taken", "classified", "assigned", "acted"]
    with desk.town.db.read() as uow:
        last = uow.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None and (last.action, last.actor) == ("ticket.read", "staff:0012")


def test_of_an_anonymous_one_nobody_sees_whose_it_is(desk: Desk) -> None:
    patient = desk.town.register(desk.town.account())
    ticket = desk.open(text="骨科医生收红包", patient_id=patient.id, anonymous=True)
    seen = whole(desk, ticket.id)
    assert seen.whose is None and seen.line.anonymous
    assert {event.actor for event in seen.events} == {"account"}
    (row,) = rows(desk.town, reveal=True)
    assert (row["patient"], row["account_id"]) == (None, None)


def test_a_ticket_is_found_by_number_or_id(desk: Desk) -> None:
    ticket = desk.open()
    with desk.town.db.read() as uow:
        for name in (ticket.number, ticket.number.lower(), str(ticket.id)):
            assert looking.by_number(uow, name) == ticket.id
        assert looking.by_number(uow, "T20260101-0001") is None
        assert looking.by_number(uow, "99999") is None


def test_exported_without_words_or_names(desk: Desk) -> None:
    patient = desk.town.register(desk.town.account())
    desk.answered(patient_id=patient.id)
    (row,) = rows(desk.town)
    assert (row["number"], row["state"], row["source"]) == ("T20261123-0001", "acted", TicketSource.CHAT)
    assert (row["text"], row["answer"], row["measure"]) == (None, None, None)
    assert row["patient"]["name"] == "王*明"
    assert "小明" not in json.dumps(row, ensure_ascii=False)


def test_revealed_it_says_everything_and_that_is_written_down(desk: Desk) -> None:
    desk.answered()
    (row,) = rows(desk.town, reveal=True)
    assert (row["text"], row["answer"]) == (WORDS, ANSWER)
    with desk.town.db.read() as uow:
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.revealed")).one()
    assert entry.subject == "export:tickets"
