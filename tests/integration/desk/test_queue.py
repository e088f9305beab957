"""The human desk: who looks after whom, what may still be sent, back to the bot."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.accounts import AccountRef
from bot.domain.commands import CallHuman, LeaveHuman
from bot.domain.states import HandoffState, PhoneTaskState
from bot.pushes.desk_words import GOODBYE
from bot.services.desk import answering, dialog, queue
from bot.services.desk.answering import NoWay
from bot.services.desk.queue import Busy, Done, Over
from bot.store.db import UnitOfWork
from bot.store.models import Account, AuditEntry, Handoff, OutboxMessage
from bot.store.push_models import PhoneTask
from bot.store.words import open_replies, outbox_aad
from tests.integration.services.conftest import town
from tests.integration.services.town import Town

__all__ = ["town"]


@pytest.fixture
def patient(town: Town) -> AccountRef:
    """In the queue as number 1, having written just now."""
    account = town.account("o-1")
    town.hospital.execute(CallHuman("k1", "退费"), account)
    return account


def do(town: Town, work: Any, *args: Any, staff: str = "9003") -> Any:
    context = town.hospital.acting(f"staff:{staff}")
    return town.db.run(lambda uow: work(uow, context, 1, *args))


def row(town: Town) -> Handoff:
    with town.db.read() as uow:
        return uow.session.get_one(Handoff, 1)


def sent(town: Town) -> list[str]:
    with town.db.read() as uow:
        rows = uow.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [open_replies(uow.keys, each.body, outbox_aad(each.key))[0].text for each in rows]


def test_of_two_colleagues_one_is_told(town: Town, patient: AccountRef) -> None:
    assert do(town, queue.take) == Done()
    assert do(town, queue.take) == Done(), "again is no mistake"
    assert do(town, queue.take, staff="9004") == Busy("9003")
    assert do(town, queue.give_back, staff="9004") == Busy("9003")
    assert do(town, answering.answer, "我来", "n1", staff="9004") == Busy("9003")
    assert do(town, answering.hand_back, staff="9004") == Busy("9003")
    assert (row(town).state, row(town).staff_no, sent(town)) == (HandoffState.TAKEN, "9003", [])


def test_given_back_it_waits_at_its_old_place(town: Town, patient: AccountRef) -> None:
    town.clock.advance(timedelta(minutes=1))
    town.hospital.execute(CallHuman("k2", ""), town.account("o-2"))
    do(town, queue.take)
    assert do(town, queue.give_back) == Done()
    with town.db.read() as uow:
        assert [place.id for place in queue.listing(uow)] == [1, 2]
    assert (row(town).staff_no, row(town).taken_at) == (None, None)


def test_who_is_served_stands_below_who_waits(town: Town, patient: AccountRef) -> None:
    town.hospital.execute(CallHuman("k2", ""), town.account("o-2"))
    do(town, queue.take)
    with town.db.read() as uow:
        assert [place.id for place in queue.listing(uow)] == [2, 1]


def test_an_answer_names_a_number_goes_once_and_not_after_the_window(town: Town, patient: AccountRef) -> None:
    for _ in range(2):
        assert do(town, answering.answer, " 退费请到一楼窗口。", "n1") == Done()
    assert sent(town) == ["工号9003：退费请到一楼窗口。"]
    assert row(town).staff_no == "9003", "who answers looks after the patient"
    with town.db.read() as uow:
        message = uow.session.scalars(select(OutboxMessage)).one()
        account = uow.session.get_one(Account, patient.id)
        assert account.last_message_at is not None
        assert message.expires_at == account.last_message_at + timedelta(hours=48)
        assert message.priority == 1


@pytest.mark.parametrize(("words", "why"), [("  ", "empty"), ("长" * 501, "too_long")])
def test_what_is_no_answer(town: Town, patient: AccountRef, words: str, why: str) -> None:
    assert do(town, answering.answer, words, "n1") == NoWay(why)
    assert row(town).state == HandoffState.WAITING


def test_after_48_hours_the_patient_is_phoned(town: Town, patient: AccountRef) -> None:
    assert do(town, answering.have_called) == NoWay("no_phone")
    town.register(patient)
    town.clock.advance(timedelta(hours=48))
    assert do(town, answering.answer, "在吗", "n1") == NoWay("window")
    for _ in range(2):
        assert do(town, answering.have_called) == Done()
    with town.db.read() as uow:
        task = uow.session.scalars(select(PhoneTask)).one()
        assert (task.kind, task.state, task.account_id) == ("desk_call", PhoneTaskState.OPEN, patient.id)
    assert do(town, answering.hand_back) == Done()
    assert sent(town) == [], "the goodbye would be refused, too"


def test_who_has_unfollowed_gets_nothing(town: Town, patient: AccountRef) -> None:
    with town.db.write() as uow:
        uow.session.execute(update(Account).values(following=False))
    assert do(town, answering.answer, "在吗", "n1") == NoWay("unfollowed")


def test_back_to_the_bot(town: Town, patient: AccountRef) -> None:
    assert do(town, answering.hand_back) == Done()
    assert sent(town) == [GOODBYE]
    assert (row(town).state, row(town).staff_no) == (HandoffState.CLOSED, "9003")
    for act in (queue.take, queue.give_back, answering.hand_back, answering.have_called):
        assert do(town, act) == Over()
    assert do(town, answering.answer, "在吗", "n1") == Over()
    with town.db.read() as uow:
        assert not queue.is_open(uow, patient.id)
        assert queue.listing(uow) == []


def test_the_patient_who_leaves_meanwhile_gets_no_answer(town: Town, patient: AccountRef) -> None:
    do(town, queue.take)
    town.hospital.execute(LeaveHuman("k9"), patient)
    assert do(town, answering.answer, "退费请到窗口", "n1") == Over()
    assert sent(town) == []


def test_an_unknown_conversation(town: Town) -> None:
    for act in (queue.take, queue.give_back, answering.hand_back, answering.have_called):
        assert do(town, act) == Over()


def test_the_mark_changes_with_what_is_new_and_reading_is_written_down(
    town: Town, patient: AccountRef
) -> None:
    def mark(uow: UnitOfWork, *_: object) -> str:
        place = queue.one(uow, 1)
        assert place is not None
        return dialog.mark(uow, place)

    def read(uow: UnitOfWork, context: Any, handoff_id: int) -> Any:
        place = queue.one(uow, handoff_id)
        assert place is not None
        return dialog.read(uow, context, place)

    before = do(town, mark)
    assert do(town, mark) == before
    do(town, answering.answer, "您好", "n1")
    assert do(town, mark) != before
    (said,) = do(town, read)
    assert (said.who, said.text, said.state) == ("desk", "工号9003：您好", "pending")
    with town.db.read() as uow:
        actions = list(uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions[-3:] == ["handoff.taken", "handoff.answered", "handoff.read"]
    assert "您好" not in str(actions)
