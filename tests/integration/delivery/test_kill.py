"""kill -9 in the middle of sending: nothing is lost, and the platform shows nothing twice."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.domain.clock import SystemClock
from bot.domain.states import OutboxState
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.models import OutboxMessage
from bot.store.outbox import Outbox
from tests import wechat
from tests.integration.delivery.conftest import put_into, until
from tests.integration.delivery.worker_process import LEASE
from tests.integration.wechat.stub_api import Call, Stub

MESSAGES = 40


@contextmanager
def worker(*arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.integration.delivery.worker_process", *arguments]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Phones:
    """Shows each message once, as the platform does: the same id within a minute is 40241."""

    def __init__(self) -> None:
        self.shown: Counter[str] = Counter()
        self._ids: set[str] = set()

    def __call__(self, call: Call) -> object:
        if call.body["client_msg_id"] in self._ids:
            return {"errcode": 40241}
        self._ids.add(call.body["client_msg_id"])
        self.shown[call.body["text"]["content"]] += 1
        return {"errcode": 0, "msgid": 1}


@pytest.mark.faults
def test_a_killed_workers_messages_are_sent_by_the_next(
    database_url: str, valkey_url: str, redis_client: object, api: Stub, tmp_path: Path
) -> None:
    api.answer = phones = Phones()
    api.slow = 0.1
    clock = SystemClock()
    keys = KeyRing.load(wechat.settings(data_dir=tmp_path))
    arguments = (database_url, valkey_url, api.url, str(tmp_path))
    with closing(Database(database_url, clock, keys)) as db:
        for n in range(MESSAGES):
            put_into(db, f"第{n}条", patient=f"o{n}")
        with worker(*arguments):
            until(lambda: len(phones.shown) >= 8)
        with db.read() as uow:
            left = uow.session.query(OutboxMessage).filter_by(state=OutboxState.SENDING).count()
        assert left > 0, "it was killed while sending"

        time.sleep(LEASE.total_seconds())
        assert Outbox(db).reap() == left
        with worker(*arguments):
            until(lambda: _sent(db) == MESSAGES)
    assert phones.shown == Counter(f"第{n}条" for n in range(MESSAGES))


def _sent(db: Database) -> int:
    with db.read() as uow:
        return uow.session.query(OutboxMessage).filter_by(state=OutboxState.SENT).count()
