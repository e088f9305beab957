"""Delivery on both databases, over real HTTP."""

import random
import time
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from redis import Redis
from sqlalchemy import text

from bot.channels.base import Outbound, Receipt
from bot.channels.wechat.client import WechatClient
from bot.domain.states import OutboxState
from bot.store.db import Database
from bot.store.models import OutboxMessage
from bot.store.outbox import Outbox
from scheduler.delivery import Delivery
from tests import wechat
from tests.conftest import FixedClock
from tests.integration.delivery.conftest import Put, put_into, row, running, until
from tests.integration.wechat.stub_api import Stub


def states(db: Database) -> Counter[OutboxState]:
    with db.read() as uow:
        return Counter(state for (state,) in uow.session.query(OutboxMessage.state))


def texts(api: Stub) -> list[str]:
    return [body["text"]["content"] for body in api.sent()]


def test_a_message_goes_out_once(db: Database, delivery: Delivery, api: Stub, put: Put) -> None:
    message = put("您的挂号成功了。", "还有什么可以帮您？")
    with running(delivery):
        until(lambda: states(db)[OutboxState.SENT] == 1)
    assert texts(api) == ["您的挂号成功了。", "还有什么可以帮您？"]
    sent = row(db, message)
    assert (sent.platform_id, sent.error, sent.attempts) == ("7", "", 1)
    assert sent.lease_token is None


def test_many_at_a_time_each_once(db: Database, delivery: Delivery, api: Stub, put: Put) -> None:
    for n in range(60):
        put(f"第{n}条", patient=f"o{n % 30}")
    api.slow = 0.03
    with running(delivery):
        until(lambda: states(db)[OutboxState.SENT] == 60)
    assert Counter(texts(api)) == Counter(f"第{n}条" for n in range(60))
    assert api.most_at_once > 4


def test_one_patients_messages_keep_their_order(
    db: Database, delivery: Delivery, api: Stub, put: Put, clock: FixedClock
) -> None:
    for n in range(3):
        put(str(n), key=f"k{n}")
    accept, fail = api.answer, iter([True])
    api.answer = lambda call: {"errcode": -1} if next(fail, False) else accept(call)
    with running(delivery):
        until(lambda: len(api.sent()) == 1)
        time.sleep(0.1)
        assert texts(api) == ["0"], "the others wait for the first one's retry"
        clock.advance(timedelta(seconds=6))
        until(lambda: states(db)[OutboxState.SENT] == 3)
    assert texts(api) == ["0", "0", "1", "2"]


@pytest.mark.parametrize("code", [45015, 45047, 43004, 40003, 47003])
def test_what_cannot_be_helped_is_dead_with_its_reason(
    db: Database, delivery: Delivery, api: Stub, put: Put, code: int
) -> None:
    message = put("您好")
    api.answer = lambda call: {"errcode": code}
    with running(delivery):
        until(lambda: states(db)[OutboxState.DEAD] == 1)
    assert (row(db, message).error, len(api.sent())) == (str(code), 1)


def test_what_fails_for_now_is_tried_again_within_its_jitter(
    db: Database, delivery: Delivery, api: Stub, put: Put, clock: FixedClock
) -> None:
    message = put("您好")
    api.answer = lambda call: {"errcode": -1}
    for attempt, most in enumerate([5, 30, 120, 600, 1800, 7200], 1):
        delivery.once()
        failed = row(db, message)
        assert (failed.state, failed.attempts, failed.error) == (OutboxState.PENDING, attempt, "-1")
        assert timedelta(0) <= failed.due_at - clock.now() <= timedelta(seconds=most)
        clock.advance(timedelta(seconds=most))
    delivery.once()
    assert row(db, message).state is OutboxState.DEAD
    assert len(api.sent()) == 7


def test_the_platforms_pause_is_kept_and_uses_up_no_tries(
    db: Database, delivery: Delivery, api: Stub, put: Put, clock: FixedClock
) -> None:
    message = put("您好")
    api.answer = lambda call: {"errcode": 45011}
    for _ in range(10):
        delivery.once()
        failed = row(db, message)
        assert failed.state is OutboxState.PENDING
        assert timedelta(seconds=60) <= failed.due_at - clock.now() <= timedelta(seconds=65)
        clock.advance(timedelta(seconds=65))


def test_nothing_is_tried_after_it_has_lost_its_meaning(
    db: Database, delivery: Delivery, api: Stub, put: Put, clock: FixedClock
) -> None:
    message = put("请您十点就诊", expires_at=clock.now() + timedelta(seconds=61))
    api.answer = lambda call: {"errcode": 45009}
    delivery.once()
    assert (row(db, message).state, row(db, message).error) == (OutboxState.DEAD, "45009")


def test_an_unknown_outcome_is_sent_again_but_no_survey(
    db: Database, delivery: Delivery, api: Stub, put: Put
) -> None:
    visit, survey = put("停诊通知", patient="oA", priority=0), put("满意度问卷", patient="oB", priority=3)
    api.answer = lambda call: (502, b"")
    delivery.once()
    assert row(db, visit).state is OutboxState.PENDING
    assert row(db, survey).state is OutboxState.DEAD


def test_while_our_set_up_is_wrong_nothing_is_lost(
    db: Database, delivery: Delivery, api: Stub, put: Put, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    message = put("您好")
    api.fetch = lambda call: {"errcode": 40164}
    for _ in range(8):
        delivery.once()
        clock.advance(timedelta(seconds=310))
    assert row(db, message).state is OutboxState.PENDING
    assert [record.levelname for record in caplog.records if "code=40164" in record.message] == ["ERROR"] * 8
    api.fetch = None
    delivery.once()
    assert row(db, message).state is OutboxState.SENT


def test_a_channel_nobody_serves(db: Database, clock: FixedClock, put: Put) -> None:
    message = put("您好")
    Delivery(Outbox(db), {}, clock=clock, rng=random.Random(1)).once()
    assert (row(db, message).state, row(db, message).error) == (OutboxState.DEAD, "no channel")


class Broken:
    """A sender with a bug."""

    def send(self, message: Outbound, *, key: str) -> Receipt:
        raise ZeroDivisionError


def test_a_mistake_of_our_own_loses_no_message(
    db: Database, put: Put, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    messages = [put("1", patient="oA"), put("2", patient="oB")]
    Delivery(Outbox(db), {"wechat": Broken()}, clock=clock, rng=random.Random(1)).once()
    assert [row(db, message).error for message in messages] == ["internal"] * 2
    assert states(db)[OutboxState.PENDING] == 2
    assert "delivery.broken" in caplog.text


def test_a_stop_finishes_what_is_on_its_way(db: Database, delivery: Delivery, api: Stub, put: Put) -> None:
    for n in range(80):
        put(f"{n}", patient=f"o{n}")
    api.slow = 0.3
    with running(delivery) as stop:
        until(lambda: len(api.sent()) >= 8)
        stop.set()
    after = states(db)
    assert after[OutboxState.SENDING] == 0
    assert after[OutboxState.SENT] == len(api.sent()) < 80
    assert after[OutboxState.PENDING] == 80 - after[OutboxState.SENT]


def test_two_workers_share_the_work(
    db: Database, delivery: Delivery, api: Stub, put: Put, clock: FixedClock
) -> None:
    other = Delivery(
        Outbox(db), delivery._ladder._senders, clock=clock, rng=random.Random(2), threads=8, idle=0.01
    )
    for n in range(40):
        put(f"第{n}条", patient=f"o{n}")
    api.slow = 0.02
    with running(delivery), running(other):
        until(lambda: states(db)[OutboxState.SENT] == 40)
    assert Counter(texts(api)) == Counter(f"第{n}条" for n in range(40))


def test_a_lost_lease_is_sent_again(
    db: Database, delivery: Delivery, api: Stub, put: Put, clock: FixedClock
) -> None:
    """A worker claimed it and died before sending."""
    message = put("您好")
    Outbox(db).claim(10, timedelta(seconds=60))
    clock.advance(timedelta(seconds=59))
    assert Outbox(db).reap() == 0
    clock.advance(timedelta(seconds=2))
    assert Outbox(db).reap() == 1
    clock.advance(timedelta(seconds=4))
    delivery.once()
    assert (row(db, message).state, texts(api)) == (OutboxState.SENT, ["您好"])


def test_when_the_database_is_away_it_waits_and_goes_on(
    sqlite_db: Database, api: Stub, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, redis_client: Redis
) -> None:
    monkeypatch.setattr("scheduler.delivery.AWAY", 0.05)
    put_into(sqlite_db, "您好")
    rows = "ALTER TABLE outbox RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO outbox"
    with httpx.Client() as http:
        client = WechatClient(wechat.settings(wechat_api_base=api.url), redis_client, http)
        delivery = Delivery(
            Outbox(sqlite_db), {"wechat": client}, clock=clock, rng=random.Random(1), idle=0.01
        )
        with sqlite_db.write() as uow:
            uow.session.execute(text(rows[0]))
        with running(delivery):
            time.sleep(0.2)
            with sqlite_db.write() as uow:
                uow.session.execute(text(rows[1]))
            until(lambda: states(sqlite_db)[OutboxState.SENT] == 1)
    assert texts(api) == ["您好"]
