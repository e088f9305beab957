"""The way of a message, case by case (docs/ways/message.md), on both databases and a real Valkey."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import func, select

import handlers
from bot.app import Understanding, build
from bot.dialog import codec
from bot.dialog.engine import Engine
from bot.dialog.session import Session
from bot.domain.accounts import AccountRef
from bot.domain.commands import RegisterPatient
from bot.domain.inbound import Inbound, Kind
from bot.domain.states import AppointmentState
from bot.domain.views import Relation
from bot.pipeline import Pipeline
from bot.services.hospital import Hospital
from bot.settings import Settings
from bot.store.db import Database
from bot.store.inbox import MAX_ATTEMPTS, Inbox
from bot.store.models import Appointment, InboxMessage, OutboxMessage
from bot.store.sessions import RedisSessions, UserLocks
from bot.store.words import open_replies, outbox_aad
from scheduler.takeover import Takeover
from tests import servers
from tests.conftest import FixedClock

BOOK = "挂明天上午九点心内科王建国的号"
TIRED = timedelta(seconds=60)
"""Longer than any lease."""


class Killed(BaseException):
    """kill -9: nothing after it happens, nobody catches it."""


class Dying:
    """A part of the pipeline that dies just before or just after one of its calls; everything else is real."""

    def __init__(self, part: object, call: str, when: str) -> None:
        self._part, self._call, self._when = part, call, when

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._part, name)
        return self._dying(real) if name == self._call else real

    def _dying(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._when == "before":
                raise Killed
            real(*args, **kwargs)
            raise Killed

        return call


@pytest.fixture
def house(demo_db: Database, redis_client: "Redis", clock: FixedClock) -> Iterator[Pipeline]:
    db = demo_db
    hospital = Hospital(db, clock=clock, rng=Random(7), settings=Settings(), recheck=0)
    with ThreadPoolExecutor(8) as threads:
        yield Pipeline(
            db=db,
            inbox=Inbox(db),
            sessions=RedisSessions(
                redis_client, dumps=codec.dumps, loads=codec.loads, new=Session, keys=db.keys
            ),
            locks=UserLocks(redis_client),
            hospital=hospital,
            engine=Engine(handlers.frames(), handlers.PHRASES),
            understand=Understanding(hospital, clock),
            trouble=handlers.TROUBLE,
            threads=threads,
            budget=60,  # what has to be late has a shorter one
        )


@pytest.fixture
def registered(house: Pipeline) -> AccountRef:
    account = house.hospital.account("wechat", "gh_demo", "anna")
    house.hospital.execute(
        RegisterPatient(
            key="setup", relation=Relation.SELF, name="王小兰", id_kind="resident_id",
            id_number="110101199003070126", phone="13800138000", consents=("privacy", "health_data"),
        ),
        account,
    )  # fmt: skip
    return account


_numbers = iter(range(1, 10_000))


def message(text: str, **other: Any) -> Inbound:
    return Inbound(
        channel="wechat", app_id="gh_demo", user="anna", kind=Kind.TEXT, at=FixedClock().now(),
        dedup=f"m{next(_numbers)}", text=text, **other,
    )  # fmt: skip


def words(replies: "tuple[Any, ...] | None") -> str:
    assert replies is not None
    return "\n".join(reply.text for reply in replies)


def appointments(db: Database, state: AppointmentState = AppointmentState.BOOKED) -> int:
    with db.read() as uow:
        query = select(func.count()).select_from(Appointment).where(Appointment.state == state)
        return uow.session.scalar(query) or 0


def outbox(db: Database) -> list[str]:
    with db.read() as uow:
        rows = uow.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [words(open_replies(db.keys, row.body, outbox_aad(row.key))) for row in rows]


def send(house: Pipeline, inbound: Inbound) -> "tuple[Any, ...] | None":
    """As the webhook does it, and until the row is closed: the answer leaves a moment before that."""
    replies = house.handle(inbound)
    query = select(InboxMessage.done_at).where(InboxMessage.dedup == inbound.dedup)

    def closed() -> bool:
        with house.db.read() as uow:
            return uow.session.scalar(query) is not None

    _eventually(closed)
    return replies


@contextmanager
def asked_to_confirm(house: Pipeline) -> Iterator[Inbound]:
    """The read-back stands; the next message is the patient's yes."""
    assert "确认" in _read_back(house)
    yield message("确认")


def _read_back(house: Pipeline) -> str:
    replies = send(house, message(BOOK))
    assert replies is not None
    return words(replies) + "".join(option.label for reply in replies for option in reply.options)


def test_a_message_is_answered(house: Pipeline, registered: AccountRef) -> None:
    with asked_to_confirm(house) as yes:
        assert "王建国" in words(house.handle(yes))
    assert appointments(house.db) == 1


def test_a_retry_gets_the_stored_answer(house: Pipeline, registered: AccountRef) -> None:
    with asked_to_confirm(house) as yes:
        first = house.handle(yes)
        house.handle(message("我的预约"))
        assert house.handle(yes) == first
    assert appointments(house.db) == 1


def test_three_copies_at_once(house: Pipeline, registered: AccountRef) -> None:
    other = replace(house, inbox=Inbox(house.db))  # another process shares nothing but the stores
    with asked_to_confirm(house) as yes, ThreadPoolExecutor(3) as copies:
        answers = list(copies.map(lambda pipeline: pipeline.handle(yes), (house, other, house)))
    assert answers[0] is not None and answers[0] == answers[1] == answers[2]
    assert appointments(house.db) == 1


def test_a_slow_turn_is_answered_later(house: Pipeline, registered: AccountRef) -> None:
    may_go_on = threading.Event()

    class Slow(Dying):
        def _dying(self, real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                may_go_on.wait(10)
                return real(*args, **kwargs)

            return call

    with asked_to_confirm(house) as yes:
        slow: Any = Slow(house.hospital, "execute", "")
        assert replace(house, hospital=slow, budget=0.2).handle(yes) is None
        assert not replace(house, budget=0.2).handle(yes), "the outbox will bring it"
        may_go_on.set()
        _eventually(lambda: len(outbox(house.db)) == 1)
    assert "王建国" in outbox(house.db)[0]
    assert appointments(house.db) == 1


CRASHES = [
    ("locks", "hold", "before"),
    ("sessions", "load", "after"),
    ("hospital", "execute", "before"),
    ("hospital", "execute", "after"),
    ("sessions", "save", "before"),
    ("sessions", "save", "after"),
    ("inbox", "give_up", "before"),
    ("inbox", "finish", "before"),
    ("inbox", "finish", "after"),
]


@pytest.mark.parametrize(("part", "call", "when"), CRASHES, ids=lambda value: str(value))
@pytest.mark.parametrize("rescuer", ["retry", "worker"])
def test_a_crash_at_any_step(
    house: Pipeline, registered: AccountRef, clock: FixedClock, part: str, call: str, when: str, rescuer: str
) -> None:
    with asked_to_confirm(house) as yes:
        dying: Any = Dying(getattr(house, part), call, when)
        crashed = replace(house, **{part: dying}, budget=0.3)
        answered = _dies(crashed, yes)
        house.locks._redis.delete("lock:wechat:gh_demo:anna")  # its time-to-live, without the wait
        clock.advance(TIRED)
        if rescuer == "retry":
            answers = [words(house.handle(yes) or ())]
        else:
            Takeover(house.inbox, house.resume).once(threading.Event())
            answers = outbox(house.db)
    assert appointments(house.db) == 1
    assert answered or any("王建国" in each for each in answers)


def test_the_worker_finishes_what_was_left(
    house: Pipeline, registered: AccountRef, clock: FixedClock
) -> None:
    with asked_to_confirm(house) as yes:
        house.inbox.claim(yes, timedelta(seconds=4))  # and its process died
        assert Takeover(house.inbox, house.resume).once(threading.Event()) == 0, "the lease is not over"
        clock.advance(TIRED)
        assert Takeover(house.inbox, house.resume).once(threading.Event()) == 1
        assert Takeover(house.inbox, house.resume).once(threading.Event()) == 0
    assert appointments(house.db) == 1
    assert len(outbox(house.db)) == 1


def test_killed_after_the_answer_left(house: Pipeline, registered: AccountRef, clock: FixedClock) -> None:
    with asked_to_confirm(house) as yes:
        dying: Any = Dying(house.inbox, "finish", "before")
        told = replace(house, inbox=dying).handle(yes)
        clock.advance(TIRED)
        Takeover(house.inbox, house.resume).once(threading.Event())
    assert outbox(house.db) == [words(told)], "the same words once more"
    assert appointments(house.db) == 1


def test_an_old_message_is_not_answered_after_a_newer_one(
    house: Pipeline, registered: AccountRef, clock: FixedClock
) -> None:
    with asked_to_confirm(house) as lost:
        house.inbox.claim(lost, timedelta(seconds=4))
        send(house, message("算了"))
        clock.advance(TIRED)
        Takeover(house.inbox, house.resume).once(threading.Event())
    assert appointments(house.db) == 0
    assert outbox(house.db) == []


def test_without_redis(house: Pipeline, registered: AccountRef) -> None:
    nowhere = Redis(unix_socket_path="/nonexistent.sock", retry=Retry(NoBackoff(), 0))
    lonely = replace(house, locks=UserLocks(nowhere))
    assert words(lonely.handle(message("你好"))) == handlers.TROUBLE.text
    assert "120" in words(lonely.handle(message("我胸口剧痛喘不上气，一直出冷汗")))


def test_with_a_hung_redis(house: Pipeline, registered: AccountRef) -> None:
    """It takes connections and says nothing: danger is answered within the budget all the same."""
    with servers.valkey() as url, closing(build(Settings(redis_url=url))) as app:
        pid = int(app.redis.info("server")["process_id"])
        lonely = replace(house, locks=UserLocks(app.redis), budget=10)
        os.kill(pid, signal.SIGSTOP)
        try:
            assert "120" in words(lonely.handle(message("我胸口剧痛喘不上气，一直出冷汗")))
        finally:
            os.kill(pid, signal.SIGCONT)


def test_a_flush_costs_the_question_only(house: Pipeline, registered: AccountRef) -> None:
    with asked_to_confirm(house) as yes:
        house.handle(yes)
    with asked_to_confirm_again(house) as lost:
        house.locks._redis.flushall()
        house.handle(lost)
    assert appointments(house.db) == 1
    assert "王建国" in words(house.handle(message("我的预约")))


@contextmanager
def asked_to_confirm_again(house: Pipeline) -> Iterator[Inbound]:
    house.handle(message("挂后天上午九点心内科王建国的号"))
    yield message("确认")


def test_without_a_database(house: Pipeline, registered: AccountRef) -> None:
    down: Any = Dying(house.inbox, "claim", "before")

    class Away(Dying):
        def _dying(self, real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                raise ConnectionError("the database is away")

            return call

    down = Away(house.inbox, "claim", "")
    with pytest.raises(ConnectionError):  # which the webhook turns into an apology
        replace(house, inbox=down).handle(message(BOOK))


def test_with_a_hung_database(house: Pipeline, registered: AccountRef) -> None:
    """Every thread is stuck in it: who writes is told so within the budget, and who writes next almost at once.  What
    was answered with an apology is not done behind the patient's back when the database comes back."""
    gone_on = threading.Event()

    class Hung(Dying):
        def _dying(self, real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                gone_on.wait(30)
                return real(*args, **kwargs)

            return call

    with ThreadPoolExecutor(2) as threads, asked_to_confirm(house) as yes:
        hung: Any = Hung(house.inbox, "claim", "")
        stuck = replace(house, inbox=hung, threads=threads, room=threading.Semaphore(2), budget=0.2)
        assert words(stuck.handle(yes)) == words(stuck.handle(message("你好"))) == handlers.TROUBLE.text
        patient = replace(stuck, budget=3600)
        assert words(patient.handle(message("你好"))) == handlers.TROUBLE.text, "not after an hour"
        gone_on.set()
        threads.shutdown()
    assert appointments(house.db) == 0
    assert outbox(house.db) == []
    assert "王建国" in words(house.handle(message("确认")))
    assert appointments(house.db) == 1


def test_a_poisonous_message_is_put_aside(house: Pipeline, registered: AccountRef, clock: FixedClock) -> None:
    def breaks(text: str, *, expecting: tuple[str, ...]) -> Any:
        raise ZeroDivisionError

    broken = replace(house, understand=breaks)
    with pytest.raises(ZeroDivisionError):
        broken.handle(message("有毒"))
    takeover = Takeover(house.inbox, broken.resume)
    found = 0
    for _ in range(MAX_ATTEMPTS + 3):
        clock.advance(TIRED)
        found += takeover.once(threading.Event())
    assert found == MAX_ATTEMPTS - 1
    assert outbox(house.db) == []


@pytest.mark.parametrize("kind", [Kind.UNFOLLOW, Kind.RECEIPT, Kind.NOTICE])
def test_events_are_acknowledged(house: Pipeline, kind: Kind) -> None:
    event = replace(message(""), kind=kind)
    assert house.handle(event) == ()
    with house.db.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(InboxMessage)) == 1
    account = house.hospital.account("wechat", "gh_demo", "anna")
    assert account.following is (kind is not Kind.UNFOLLOW)


def test_what_does_not_fit_follows_once(house: Pipeline, registered: AccountRef) -> None:
    asked = replace(message("你好"), dedup="m:1:anna:2")
    rest = (handlers.TROUBLE,)
    house.more(asked, rest)
    house.more(asked, rest)
    house.more(replace(asked, dedup="m:2:anna:2"), rest)
    assert outbox(house.db) == [handlers.TROUBLE.text] * 2
    with house.db.read() as uow:
        assert not any("anna" in key for key in uow.session.scalars(select(OutboxMessage.key)))


def _dies(crashed: Pipeline, inbound: Inbound) -> bool:
    """Whether the answer still got out before the end."""
    return bool(crashed.handle(inbound))


def _eventually(true: Callable[[], bool], patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
