"""An outbox on either database, filled by the tests, and a gateway that answers as it is told."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from redis import Redis

from bot.channels.wechat.client import WechatClient
from bot.domain.speech import Reply
from bot.store import outbox
from bot.store.db import Database
from bot.store.models import Account, OutboxMessage
from bot.store.outbox import Outbox
from scheduler.delivery import Delivery
from tests import wechat
from tests.conftest import FixedClock
from tests.integration.delivery.ladder import Stage
from tests.integration.wechat.stub_api import Stub, stub_api

Put = Callable[..., int]


@pytest.fixture
def api() -> Iterator[Stub]:
    with stub_api() as stub:
        yield stub


@pytest.fixture
def delivery(db: Database, clock: FixedClock, api: Stub, redis_client: Redis) -> Iterator[Delivery]:
    with httpx.Client(timeout=60) as http:
        client = WechatClient(wechat.settings(wechat_api_base=api.url), redis_client, http)
        yield Delivery(
            Outbox(db), {"wechat": client}, clock=clock, rng=random.Random(1), threads=8, idle=0.01
        )


@pytest.fixture
def put(db: Database) -> Put:
    """Write a message of a patient's into the outbox; its id."""
    return lambda *words, **more: put_into(db, *words, **more)


def put_into(db: Database, *words: str, patient: str = "oPatient", key: str = "", **more: Any) -> int:
    with db.write() as uow:
        account = uow.session.query(Account).filter_by(openid=patient).one_or_none()
        if account is None:
            account = Account(
                channel="wechat", app_id=wechat.ACCOUNT, openid=patient, created_at=uow.now, preferences={}
            )
            uow.session.add(account)
            uow.session.flush()
        replies = tuple(Reply(text) for text in words)
        unique = key or f"{patient}:{words}"
        assert outbox.put(uow, key=unique, kind="late_reply", account_id=account.id, replies=replies, **more)
        found: int = uow.session.query(OutboxMessage.id).filter_by(key=unique).scalar()
        return found


def row(db: Database, message: int) -> OutboxMessage:
    with db.read() as uow:
        return uow.session.get_one(OutboxMessage, message)


@contextmanager
def running(delivery: Delivery) -> Iterator[threading.Event]:
    """``delivery`` in a thread, stopped at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=delivery.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until ``true()``; fail if that does not come about."""
    done = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        done.wait(0.02)
    raise AssertionError("it did not come about")


@pytest.fixture
def stage(db: Database, clock: FixedClock) -> Stage:
    return Stage(db, clock)
