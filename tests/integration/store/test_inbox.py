"""Every message once; every retry the answer of the first; the race of answering and giving up."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import select, update

from bot.domain.inbound import Inbound, Kind
from bot.domain.speech import Option, Reply
from bot.store.db import Database
from bot.store.inbox import MAX_ATTEMPTS, Answered, Busy, Inbox, New
from bot.store.keys import KeyRing
from bot.store.models import Account, InboxMessage, OutboxMessage
from bot.store.outbox import Leased, Outbox
from tests.conftest import MONDAY, FixedClock

LEASE = timedelta(seconds=4.8)
HELLO = (Reply("您好 𠮷 ]]>", (Option("挂号", "book", ("预约",)),), offer="o1"), Reply("请说"))


def message(dedup: str = "m1", user: str = "o-1", text: str = "110101199003070011") -> Inbound:
    return Inbound("wechat", "gh_1", user, Kind.TEXT, MONDAY, dedup, text=text, extra={"Ticket": "t"})


@pytest.fixture
def inbox(db: Database) -> Inbox:
    with db.write() as uow:
        uow.session.add(Account(channel="wechat", app_id="gh_1", openid="o-1", created_at=uow.now))
    return Inbox(db)


def new(inbox: Inbox, inbound: Inbound) -> int:
    claimed = inbox.claim(inbound, LEASE)
    assert isinstance(claimed, New), claimed
    return claimed.id


def outgoing(db: Database) -> list[Leased]:
    return Outbox(db).claim(10, LEASE)


def test_first_is_new_copy_is_busy_retry_is_answered(inbox: Inbox) -> None:
    first = new(inbox, message())
    assert inbox.claim(message(), LEASE) == Busy(first)
    assert inbox.finish(first, HELLO)
    assert inbox.claim(message(), LEASE) == Answered(HELLO)


def test_dedup_is_per_channel(inbox: Inbox) -> None:
    new(inbox, message())
    new(inbox, Inbound("alipay", "gh_1", "o-1", Kind.TEXT, MONDAY, "m1"))
    new(inbox, message("m2"))


def test_what_patients_type_is_not_readable_in_the_table(inbox: Inbox, db: Database) -> None:
    inbox.finish(new(inbox, message(text="身份证110101199003070011")), (Reply("已登记110101199003070011"),))
    with db.read() as uow:
        row = uow.session.scalars(select(InboxMessage)).one()
        stored = row.body + (row.reply or b"")
    assert b"110101" not in stored
    assert "身份证".encode() not in stored


def test_a_dead_lease_is_taken_over_by_the_retry(inbox: Inbox, clock: FixedClock, db: Database) -> None:
    first = new(inbox, message())
    clock.advance(timedelta(seconds=4.7))
    assert inbox.claim(message(), LEASE) == Busy(first)
    clock.advance(timedelta(seconds=0.2))
    assert inbox.claim(message(), LEASE) == New(first)
    assert inbox.claim(message(), LEASE) == Busy(first)
    with db.read() as uow:
        assert uow.session.scalars(select(InboxMessage.attempts)).one() == 2


def test_the_slow_and_the_one_who_took_over_answer_once(
    inbox: Inbox, clock: FixedClock, db: Database
) -> None:
    first = new(inbox, message())
    clock.advance(timedelta(seconds=5))
    assert inbox.claim(message(), LEASE) == New(first)
    assert inbox.finish(first, HELLO)
    assert not inbox.finish(first, (Reply("second"),))
    assert inbox.claim(message(), LEASE) == Answered(HELLO)
    assert outgoing(db) == []


def test_giving_up_first_sends_the_answer_through_the_outbox(inbox: Inbox, db: Database) -> None:
    first = new(inbox, message())
    assert inbox.give_up(first) is None
    assert inbox.claim(message(), LEASE) == Answered(())
    assert not inbox.finish(first, HELLO)
    (sent,) = outgoing(db)
    assert (sent.replies, sent.kind, sent.account.openid) == (HELLO, "late_reply", "o-1")
    assert inbox.claim(message(), LEASE) == Answered(())


def test_finishing_first_gives_the_answer_to_whom_was_about_to_give_up(inbox: Inbox, db: Database) -> None:
    first = new(inbox, message())
    assert inbox.finish(first, HELLO)
    assert inbox.give_up(first) == HELLO
    assert outgoing(db) == []


def test_a_late_answer_without_words_leaves_the_outbox_empty(inbox: Inbox, db: Database) -> None:
    first = new(inbox, message())
    inbox.give_up(first)
    assert not inbox.finish(first, ())
    assert outgoing(db) == []
    assert inbox.claim(message(), LEASE) == Answered(())


def test_a_race_of_finish_and_give_up_answers_exactly_once(inbox: Inbox, db: Database) -> None:
    ids = [new(inbox, message(f"m{n}")) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        finished = [pool.submit(inbox.finish, i, HELLO) for i in ids]
        given_up = [pool.submit(inbox.give_up, i) for i in reversed(ids)]
    passive = [f.result() for f in finished]
    noticed = [f.result() is not None for f in reversed(given_up)]
    assert passive == noticed
    with db.read() as uow:
        assert len(uow.session.scalars(select(OutboxMessage.id)).all()) == passive.count(False)


def test_a_copy_waits_for_the_answer(inbox: Inbox) -> None:
    first = new(inbox, message())
    answers: list[object] = []
    waiting = threading.Thread(target=lambda: answers.append(inbox.wait(first, time.monotonic() + 20)))
    waiting.start()
    inbox.finish(first, HELLO)
    waiting.join()
    assert answers == [HELLO]


def test_waiting_ends(inbox: Inbox) -> None:
    first = new(inbox, message())
    assert inbox.wait(first, time.monotonic() + 0.05) is None
    inbox.give_up(first)
    assert inbox.wait(first, time.monotonic() + 20) == ()


def test_three_copies_at_once_give_one_new(inbox: Inbox) -> None:
    for n in range(20):
        start = threading.Barrier(3)

        def copy(n: int = n, start: threading.Barrier = start) -> object:
            start.wait()
            return inbox.claim(message(f"m{n}"), LEASE)

        with ThreadPoolExecutor(3) as pool:
            claims = [f.result() for f in [pool.submit(copy) for _ in range(3)]]
        assert sorted(type(c).__name__ for c in claims) == ["Busy", "Busy", "New"]


def _copy_in_a_process(url: str, keys: KeyRing, start: object, into: object) -> None:
    with closing(Database(url, FixedClock(), keys, pool=1)) as db:
        inbox = Inbox(db)
        start.wait(30)  # type: ignore[attr-defined]
        claimed = inbox.claim(message("across"), LEASE)
        if isinstance(claimed, New):
            time.sleep(0.1)
            assert inbox.finish(claimed.id, HELLO)
            replies: object = HELLO
        elif isinstance(claimed, Busy):
            replies = inbox.wait(claimed.id, time.monotonic() + 20)
        else:
            replies = claimed.replies
        into.put((type(claimed).__name__, replies == HELLO))  # type: ignore[attr-defined]


def test_three_copies_in_three_processes_give_one_answer(inbox: Inbox, database_url: str) -> None:
    fork = get_context("fork")
    start, results = fork.Barrier(3), fork.Queue()
    keys = inbox._db.keys
    copies = [
        fork.Process(target=_copy_in_a_process, args=(database_url, keys, start, results)) for _ in range(3)
    ]
    for copy in copies:
        copy.start()
    seen = [results.get(timeout=150) for _ in copies]
    for copy in copies:
        copy.join(10)
    assert [same for _, same in seen] == [True] * 3
    assert [kind for kind, _ in seen].count("New") == 1


def test_the_worker_takes_over_what_died(inbox: Inbox, clock: FixedClock, db: Database) -> None:
    first = new(inbox, message())
    done = new(inbox, message("m2"))
    inbox.finish(done, HELLO)
    assert inbox.stale(10) == []
    clock.advance(timedelta(seconds=5))
    assert inbox.stale(10) == [(first, message())]
    assert inbox.stale(10) == [], "leased anew, not for the next worker"
    assert inbox.claim(message(), LEASE) == Answered(()), "the worker answers through the outbox"
    assert not inbox.finish(first, HELLO)
    assert [m.replies for m in outgoing(db)] == [HELLO]


def test_two_workers_do_not_take_over_the_same(inbox: Inbox, clock: FixedClock) -> None:
    ids = [new(inbox, message(f"m{n}")) for n in range(30)]
    clock.advance(timedelta(seconds=5))
    with ThreadPoolExecutor(4) as pool:
        taken = [f.result() for f in [pool.submit(inbox.stale, 10) for _ in range(4)]]
    found = [i for batch in taken for i, _ in batch]
    assert len(found) == len(set(found))
    assert sorted(found + [i for i, _ in inbox.stale(30)]) == ids


def test_a_message_that_kills_everybody_is_left_alone(inbox: Inbox, clock: FixedClock) -> None:
    new(inbox, message())
    taken: list[Callable[[], object]] = []
    for _ in range(MAX_ATTEMPTS + 3):
        clock.advance(timedelta(minutes=1))
        taken += inbox.stale(10)  # type: ignore[arg-type]
    assert len(taken) == MAX_ATTEMPTS - 1


def test_one_that_cannot_be_read_holds_up_no_other(inbox: Inbox, clock: FixedClock, db: Database) -> None:
    first, second = new(inbox, message("m1")), new(inbox, message("m2"))
    with db.write() as uow:
        uow.session.execute(update(InboxMessage).where(InboxMessage.id == first).values(body=b"\x09lost"))
    clock.advance(timedelta(seconds=5))
    assert inbox.stale(10) == [(second, message("m2"))]


def test_newer_exists(inbox: Inbox) -> None:
    first = new(inbox, message("m1"))
    other = new(inbox, message("m2", user="o-2"))
    assert not inbox.newer_exists(first)
    second = new(inbox, message("m3"))
    assert inbox.newer_exists(first)
    assert not inbox.newer_exists(second)
    assert not inbox.newer_exists(other)


def test_purging_keeps_what_is_not_answered(inbox: Inbox, clock: FixedClock) -> None:
    answered, open_ = new(inbox, message("m1")), new(inbox, message("m2"))
    inbox.finish(answered, HELLO)
    clock.advance(timedelta(days=31))
    recent = new(inbox, message("m3"))
    inbox.finish(recent, HELLO)
    assert inbox.purge(clock.now() - timedelta(days=30)) == 1
    assert inbox.stale(5) == [(open_, message("m2"))]
    assert inbox.claim(message("m3"), LEASE) == Answered(HELLO)
    assert isinstance(inbox.claim(message("m1"), LEASE), New)
