"""Messages whose process died are finished by the worker."""

import threading
from datetime import timedelta

import pytest

from bot.channels.base import Inbound, Kind
from bot.store.db import Database
from bot.store.inbox import Answered, Inbox, New
from scheduler.takeover import Takeover
from tests.conftest import FixedClock

LEASE = timedelta(seconds=4.8)


def message(clock: FixedClock, dedup: str = "m:1") -> Inbound:
    return Inbound("wechat", "gh_1", "oPatient", Kind.TEXT, clock.now(), dedup, text="挂号")


@pytest.fixture
def inbox(db: Database) -> Inbox:
    return Inbox(db)


def test_a_dead_lease_is_finished(inbox: Inbox, clock: FixedClock) -> None:
    inbound = message(clock)
    assert isinstance(inbox.claim(inbound, LEASE), New)
    resumed: list[Inbound] = []

    def resume(inbox_id: int, again: Inbound) -> None:
        resumed.append(again)
        inbox.give_up(inbox_id)
        inbox.finish(inbox_id, ())

    takeover = Takeover(inbox, resume)
    assert takeover.once(threading.Event()) == 0, "its process may still be at it"
    clock.advance(timedelta(seconds=5))
    assert takeover.once(threading.Event()) == 1
    clock.advance(timedelta(minutes=5))
    assert takeover.once(threading.Event()) == 0
    assert resumed == [inbound]
    assert inbox.claim(inbound, LEASE) == Answered(())


def test_one_that_fails_holds_up_no_other_and_comes_again(
    inbox: Inbox, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(3):
        inbox.claim(message(clock, f"m:{n}"), LEASE)
    clock.advance(timedelta(seconds=5))
    tried: list[str] = []

    def resume(inbox_id: int, again: Inbound) -> None:
        tried.append(again.dedup)
        if again.dedup == "m:1":
            raise RuntimeError("broken")
        inbox.finish(inbox_id, ())

    takeover = Takeover(inbox, resume)
    assert takeover.once(threading.Event()) == 3
    assert "takeover.failed" in caplog.text
    clock.advance(timedelta(minutes=1))
    assert takeover.once(threading.Event()) == 1
    assert tried == ["m:0", "m:1", "m:2", "m:1"]


def test_it_stops_when_told(inbox: Inbox, clock: FixedClock) -> None:
    stop = threading.Event()
    runner = threading.Thread(target=Takeover(inbox, lambda *_: None, every=60).run, args=(stop,))
    runner.start()
    stop.set()
    runner.join(10)
    assert not runner.is_alive()
