"""Between the outbox and the send: what has changed meanwhile is not sent."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.commands import UnlinkPatient
from bot.domain.states import AppointmentState, OutboxState, PushState
from bot.pushes.verdicts import Later, Verdict, Void
from bot.services import readers
from bot.services.recheck import Recheck
from bot.store.models import Account, Appointment, OutboxMessage
from bot.store.outbox import Leased, Outbox, put
from bot.store.push_models import Push
from scheduler.planner import Planner
from tests.integration.planner.looks import died, prefer
from tests.integration.services.town import TOMORROW, Town, at


@pytest.fixture
def reminded(town: Town, planner: Planner) -> Town:
    """A visit tomorrow at two whose reminder is queued and not sent; what was booked is sent."""
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))
    planner.tick()
    with town.db.write() as uow:
        uow.session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
    town.clock.set(at(19))
    planner.tick()
    return town


def claimed(town: Town) -> Leased:
    (leased,) = Outbox(town.db).claim(10, timedelta(minutes=1))
    return leased


def verdict(town: Town) -> Verdict | None:
    leased = claimed(town)
    said: Mapping[int, Verdict] = Recheck(town.hospital, readers.standard())([leased])
    assert set(said) <= {leased.id}
    return said.get(leased.id)


def test_what_is_still_true_may_go(reminded: Town) -> None:
    assert verdict(reminded) is None


def test_a_push_voided_while_a_worker_had_it(reminded: Town) -> None:
    with reminded.db.write() as uow:
        voided = update(Push).where(Push.kind == "visit_tomorrow")
        uow.session.execute(voided.values(state=PushState.VOID, reason="changed"))
    assert verdict(reminded) == Void("changed")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"version": 2}, "changed"), ({"state": AppointmentState.NO_SHOW}, "no_show")],
)
def test_a_visit_that_is_another_one_now(reminded: Town, change: dict[str, object], reason: str) -> None:
    with reminded.db.write() as uow:
        uow.session.execute(update(Appointment).values(change))
    assert verdict(reminded) == Void(reason)


def test_somebody_who_died_meanwhile(reminded: Town) -> None:
    leased = claimed(reminded)
    assert leased.patient_id is not None
    died(reminded, leased.patient_id)
    said = Recheck(reminded.hospital, readers.standard())([leased])
    assert said == {leased.id: Void("deceased")}


def test_somebody_who_unsubscribed_meanwhile(reminded: Town) -> None:
    prefer(reminded, reminded.account(), reminder="off")
    assert verdict(reminded) == Void("unsubscribed")


def test_an_account_that_was_unlinked_meanwhile(reminded: Town) -> None:
    leased = claimed(reminded)
    reminded.hospital.execute(UnlinkPatient("unlink", str(leased.patient_id)), reminded.account())
    said = Recheck(reminded.hospital, readers.standard())([leased])
    assert said == {leased.id: Void("unlinked")}


def test_who_left_the_account_is_the_ladders_matter(reminded: Town) -> None:
    with reminded.db.write() as uow:
        uow.session.execute(update(Account).values(following=False))
    assert verdict(reminded) is None


def test_a_retry_that_has_come_into_the_night_waits(reminded: Town) -> None:
    reminded.clock.set(at(22, 30))
    assert verdict(reminded) == Later(at(8, 0, TOMORROW))


def test_what_says_tomorrow_is_not_sent_on_the_day(reminded: Town) -> None:
    reminded.clock.set(at(8, 30, TOMORROW))
    assert verdict(reminded) == Void("outdated")


def test_the_visit_is_over(reminded: Town) -> None:
    leased = claimed(reminded)
    reminded.clock.set(at(14, 1, TOMORROW))
    said = Recheck(reminded.hospital, readers.standard())([leased])
    assert said == {leased.id: Void("expired")}


def test_what_is_said_in_a_chat_is_not_asked_about(town: Town) -> None:
    account = town.account()
    with town.db.write() as uow:
        put(uow, key="chat", kind="late_reply", account_id=account.id)
    assert verdict(town) is None
