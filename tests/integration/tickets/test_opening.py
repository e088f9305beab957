"""Opening tickets: from the chat, from questionnaires and by staff."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.commands import AddToTicket, OpenTicket
from bot.domain.outcomes import NotYours, Refused, TicketAdded
from bot.domain.tickets import TicketKind, TicketSource, TicketState, TicketView
from bot.services.tickets import opening
from bot.store.care_models import Ticket, TicketEvent
from bot.store.models import AuditEntry
from tests.integration.services.town import Town, at
from tests.integration.tickets.desk import WORDS, Desk


def add(town: Town, text: str, key: str = "r:1", **more: object) -> int | None:
    context = town.hospital.acting("staff:0012")
    source = TicketSource.QUESTIONNAIRE
    return town.db.run(
        lambda uow: opening.add(uow, context, key=key, text=text, source=source, **more)  # type: ignore[arg-type]
    )


def opened(town: Town, *args: str, **more: Any) -> TicketView:
    return Desk(town).open(*args, **more)


def test_a_complaint_is_kept_word_for_word_with_number_department_and_deadline(town: Town) -> None:
    ticket = opened(town)
    assert (ticket.number, ticket.state, ticket.version) == ("T20261123-0001", TicketState.OPEN, 1)
    assert (ticket.kind, ticket.category, ticket.department) == ("complaint", "服务态度", "消化内科")
    assert ticket.text == WORDS
    assert ticket.due_at == at(17, 30) + timedelta(days=3), "three workdays, before offices close"


def test_the_same_key_again_is_the_same_ticket(town: Town) -> None:
    assert opened(town) == opened(town)
    assert town.count(Ticket) == town.count(TicketEvent) == 1


def test_somebody_elses_key_gives_nothing_away(town: Town) -> None:
    opened(town)
    again = OpenTicket("k1", TicketKind.COMPLAINT, "x")
    assert town.hospital.execute(again, town.account("o-2")) == Refused(NotYours())


def test_a_patient_of_somebody_else_is_refused(town: Town) -> None:
    patient = town.register(town.account("o-2"))
    command = OpenTicket("k1", TicketKind.COMPLAINT, WORDS, patient.id)
    assert town.hospital.execute(command, town.account()) == Refused(NotYours())
    assert town.count(Ticket) == 0


def test_numbers_count_the_day_and_start_anew(town: Town) -> None:
    numbers = [opened(town, f"k{n}").number for n in range(3)]
    town.clock.set(at(23, 59))
    numbers.append(opened(town, "late").number)
    town.clock.advance(timedelta(minutes=1))
    numbers.append(opened(town, "tomorrow").number)
    assert numbers == [*(f"T20261123-000{n}" for n in range(1, 5)), "T20261124-0001"]


def test_many_at_once_get_different_numbers_without_a_gap(town: Town) -> None:
    for user in range(8):
        town.account(f"o-{user}")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: opened(town, f"k{n}", user=f"o-{n}").number, range(8)))
    assert sorted(made) == [f"T20261123-000{n}" for n in range(1, 9)]


def test_the_same_message_twice_at_once_opens_one(town: Town) -> None:
    town.account()
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: opened(town).id, range(4)))
    assert len(made) == town.count(Ticket) == 1


def test_more_words_are_added_once(town: Town) -> None:
    account, ticket = town.account(), opened(town)
    for _ in range(2):
        done = town.hospital.execute(AddToTicket("k2", ticket.id, "还有，等了三个小时"), account)
        assert isinstance(done, TicketAdded)
        assert done.ticket.text == f"{WORDS}\n还有，等了三个小时"
        assert (done.ticket.version, done.ticket.anonymous) == (2, False)
    assert isinstance(town.hospital.execute(AddToTicket("k3", ticket.id, "", True), account), TicketAdded)
    done = town.hospital.execute(AddToTicket("k4", ticket.id, "x"), town.account("o-2"))
    assert done == Refused(NotYours())


@pytest.mark.parametrize(
    "text", ["没有", "无", "挺好", "都挺好的", "", " 。", "没有意见", "满意", "没啥", "谢谢"]
)
def test_a_box_without_words_opens_nothing(town: Town, text: str) -> None:
    assert add(town, text) is None
    assert town.count(Ticket) == 0


def test_a_questionnaires_words_say_what_kind_they_are(town: Town) -> None:
    praise = add(town, "护士小张特别细心，感谢", "r:1", department="儿科")
    wish = add(town, "建议食堂多做点清淡的菜", "r:2", department="儿科")
    again = add(town, "建议食堂多做点清淡的菜", "r:2", department="儿科")
    with town.db.read() as uow:
        found = {row.id: row for row in uow.session.scalars(select(Ticket))}
    assert again is None and set(found) == {praise, wish}
    assert praise is not None and wish is not None
    assert (found[praise].kind, found[praise].category, found[praise].department) == (
        "praise",
        "服务态度",
        "儿科",
    )
    assert (found[wish].kind, found[wish].department) == ("suggestion", "营养膳食科")
    assert found[wish].confirmed_by is None, "a machine's guess is not a person's word"
    assert found[wish].source == TicketSource.QUESTIONNAIRE


def test_nothing_personal_is_readable_in_rows_events_or_audit(town: Town) -> None:
    ticket = opened(town)
    town.hospital.execute(AddToTicket("k2", ticket.id, "我叫王小明"), town.account())
    with town.db.read() as uow:
        row = uow.session.scalars(select(Ticket)).one()
        assert "王小明".encode() not in row.text
        told = [(e.what, e.actor, e.note) for e in uow.session.scalars(select(TicketEvent))]
        audit = [(e.action, e.subject, e.detail) for e in uow.session.scalars(select(AuditEntry))]
    assert [what for what, _, _ in told] == ["opened", "added"]
    assert audit[-2:] == [
        ("ticket.opened", f"ticket:{ticket.id}", {}),
        ("ticket.added", f"ticket:{ticket.id}", {}),
    ]


def test_the_account_sees_its_own(town: Town) -> None:
    first, second = opened(town, "a"), opened(town, "b")
    with town.hospital.world(town.account()) as world:
        assert [each.id for each in world.tickets()] == [second.id, first.id]
        assert world.ticket(first.id) == first
    with town.hospital.world(town.account("o-2")) as world:
        assert world.tickets() == () and world.ticket(first.id) is None
