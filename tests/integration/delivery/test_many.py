"""Many pushes at once, and workers that die with them, on both databases."""

import threading
from datetime import timedelta

from bot.domain.notice import Notice
from bot.domain.states import OutboxState
from bot.store import outbox
from bot.store.models import OutboxMessage
from bot.store.outbox import Message
from bot.store.push_models import Attempt
from tests.conftest import FixedClock
from tests.integration.delivery.conftest import running, until
from tests.integration.delivery.ladder import Stage, taken
from tests.integration.store import people


def test_surveys_leave_slots_for_a_suspension(stage: Stage) -> None:
    gate, slots = threading.Event(), 8
    stage.answer(template=lambda: (gate.wait(20), taken())[1])
    for n in range(30):
        stage.put("news", key=f"survey{n}", patient=f"o-{n}", priority=3)
    with running(stage.delivery(threads=slots)):
        until(lambda: len(stage.roads["template"].sent) == 6)
        suspension = stage.put(patient="o-s")
        until(lambda: stage.row(suspension).state is OutboxState.SENT)
        assert len(stage.roads["template"].sent) == 6, "three quarters of the slots, and no more"
        gate.set()
        until(lambda: len(stage.roads["template"].sent) == 30)


def test_a_bulk_of_rows_is_written_once(stage: Stage) -> None:
    accounts = [people.account(stage.db, f"o-{n}") for n in range(50)]
    rows = [
        Message(f"k{n}", "care", accounts[n], notice=Notice("care", {"n": str(n)}), priority=3)
        for n in range(50)
    ]
    for expected in (50, 0):
        with stage.db.write() as uow:
            assert outbox.put_many(uow, rows) == expected
    with running(stage.delivery(threads=16)):
        until(lambda: len(stage.roads["template"].sent) == 50)
    assert {notice.fields["n"] for notice, *_ in stage.roads["template"].sent} == {str(n) for n in range(50)}
    with stage.db.read() as uow:
        assert uow.session.query(Attempt).count() == 50
        assert uow.session.query(OutboxMessage).filter_by(state=OutboxState.SENT).count() == 50


def test_a_lost_leases_result_is_dropped(stage: Stage, clock: FixedClock) -> None:
    """The first worker was slow: somebody else has the message now, and its word alone counts."""
    message = stage.put()
    delivery = stage.delivery()
    (slow,) = stage.outbox.claim(10, timedelta(seconds=60))
    said = delivery.deliver(slow)
    clock.advance(timedelta(seconds=61))
    assert stage.outbox.reap() == 1
    clock.advance(timedelta(seconds=4))
    (quick,) = stage.outbox.claim(10, timedelta(seconds=60))
    assert stage.outbox.settle([said]) == set()
    assert stage.attempts(message) == []
    assert stage.outbox.settle([delivery.deliver(quick)]) == {message}
    assert stage.roads["assistant"].keys() == [f"{message}.0"] * 2


def test_who_kills_ten_workers_is_dead(stage: Stage, clock: FixedClock) -> None:
    message = stage.put()
    for _ in range(10):
        assert len(stage.outbox.claim(10, timedelta(seconds=60))) == 1
        clock.advance(timedelta(seconds=61))
        assert stage.outbox.reap() == 1
        clock.advance(timedelta(seconds=60))
    assert stage.state(message)[:2] == (OutboxState.DEAD, "unknown_outcome")


def test_who_died_together_is_taken_apart(stage: Stage, clock: FixedClock) -> None:
    """The one that kills its workers meets few of the others again: they come back one by one, within four seconds."""
    for n in range(20):
        stage.put(key=f"k{n}", patient=f"o-{n}")
    assert len(stage.outbox.claim(20, timedelta(seconds=60))) == 20
    clock.advance(timedelta(seconds=61))
    stage.outbox.reap()
    together = []
    for _ in range(40):
        clock.advance(timedelta(seconds=0.1))
        together.append(len(stage.outbox.claim(20, timedelta(seconds=60))))
    assert sum(together) == 20
    assert max(together) < 5
