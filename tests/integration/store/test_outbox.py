"""The outbox: nothing sent by two workers at once, nothing forgotten, an account's messages in order."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.speech import Option, Reply
from bot.domain.states import OutboxState
from bot.store import outbox
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.models import OutboxMessage
from bot.store.outbox import Leased, Outbox, Settled
from tests.conftest import MONDAY, FixedClock
from tests.integration.store import people

LEASE = timedelta(seconds=30)
SPREAD = timedelta(seconds=4)
"""After a first loss (`apart`)."""


class Post:
    """Writes messages the way services do."""

    def __init__(self, db: Database) -> None:
        self.db, self.outbox = db, Outbox(db)
        self._accounts: dict[str, int] = {}

    def put(self, key: str, to: str = "o-1", priority: int = 1, **when: datetime) -> bool:
        if to not in self._accounts:
            self._accounts[to] = people.account(self.db, to)
        with self.db.write() as uow:
            return outbox.put(
                uow, key=key, kind="more_reply", account_id=self._accounts[to], priority=priority,
                replies=(Reply(key, (Option("挂号", 1),)),), **when,
            )  # fmt: skip

    def claim(self, limit: int = 10) -> list[Leased]:
        return self.outbox.claim(limit, LEASE)

    def keys(self, limit: int = 10) -> list[str]:
        return [leased.key for leased in self.claim(limit)]

    def sent(self, leased: Leased, platform_id: str) -> bool:
        done = Settled(
            leased, OutboxState.SENT, attempts=leased.attempts, platform_id=platform_id, road="custom"
        )
        return bool(self.outbox.settle([done]))

    def retry(self, leased: Leased, error: str, due_at: datetime) -> bool:
        again = Settled(leased, OutboxState.PENDING, error, due_at, attempts=leased.attempts)
        return bool(self.outbox.settle([again]))

    def dead(self, leased: Leased, error: str) -> bool:
        return bool(self.outbox.settle([Settled(leased, OutboxState.DEAD, error, attempts=leased.attempts)]))

    def row(self, key: str) -> OutboxMessage:
        with self.db.read() as uow:
            return uow.session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()


@pytest.fixture
def post(db: Database) -> Iterator[Post]:
    yield Post(db)


def test_what_was_put_is_claimed_with_its_account(post: Post) -> None:
    assert post.put("a", expires_at=MONDAY + timedelta(hours=1))
    (leased,) = post.claim()
    assert leased.replies == (Reply("a", (Option("挂号", 1),)),)
    assert (leased.kind, leased.attempts, leased.priority) == ("more_reply", 1, 1)
    assert leased.expires_at == MONDAY + timedelta(hours=1)
    assert leased.account and leased.account.openid == "o-1"
    assert leased.account.last_message_at == MONDAY
    assert post.claim() == [], "leased"


def test_one_key_is_written_once(post: Post) -> None:
    assert post.put("a")
    assert not post.put("a")
    assert post.keys() == ["a"]
    assert not post.put("a"), "not after it was claimed either"


def test_what_is_rolled_back_is_never_sent(post: Post) -> None:
    account = people.account(post.db, "o-9")
    with pytest.raises(RuntimeError), post.db.write() as uow:
        outbox.put(uow, key="a", kind="k", account_id=account, replies=(Reply("x"),))
        raise RuntimeError
    assert post.claim() == []


def test_words_are_not_readable_in_the_table(post: Post) -> None:
    post.put("找不到的话")
    assert "找不到的话".encode() not in post.row("找不到的话").body


def test_due_means_due_and_expired_means_never(post: Post, clock: FixedClock) -> None:
    post.put("later", due_at=MONDAY + timedelta(minutes=5), expires_at=MONDAY + timedelta(minutes=10))
    assert post.claim() == []
    clock.advance(timedelta(minutes=5))
    assert post.keys() == ["later"]
    post.put("stale", to="o-2", due_at=MONDAY, expires_at=clock.now() + timedelta(minutes=5))
    clock.advance(timedelta(minutes=5))
    assert post.claim() == []
    assert post.outbox.reap() >= 1
    assert (post.row("stale").state, post.row("stale").error) == (OutboxState.VOID, "expired")


def test_the_urgent_first_then_the_longest_due(post: Post, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=10))
    for n, (key, priority, minute) in enumerate(
        [
            ("survey", 3, 0),
            ("chat", 1, 5),
            ("chat-longer-due", 1, 2),
            ("reminder", 2, 1),
            ("suspension", 0, 9),
        ]
    ):
        post.put(key, to=f"o-{n}", priority=priority, due_at=MONDAY + timedelta(minutes=minute))
    assert post.keys(2) == ["suspension", "chat-longer-due"]
    assert post.keys() == ["chat", "reminder", "survey"]


def test_an_accounts_messages_keep_their_order(post: Post) -> None:
    for key in ("a1", "a2", "a3"):
        post.put(key)
    post.put("b1", to="o-2")
    first, other = post.claim()
    assert (first.key, other.key) == ("a1", "b1")
    assert post.claim() == [], "a2 waits for a1"
    post.retry(first, "45047", MONDAY + timedelta(minutes=1))
    assert post.claim() == [], "a2 waits for a1's retry"


def test_the_next_goes_when_the_one_before_is_done(post: Post, clock: FixedClock) -> None:
    for key in ("a1", "a2", "a3"):
        post.put(key)
    (a1,) = post.claim()
    assert post.sent(a1, "id-1")
    (a2,) = post.claim()
    assert a2.key == "a2"
    assert post.dead(a2, "43004")
    assert post.keys() == ["a3"]


def test_next_weeks_reminder_holds_nothing_up(post: Post) -> None:
    post.put("reminder", priority=2, due_at=MONDAY + timedelta(days=7))
    post.put("chat")
    assert post.keys() == ["chat"]


def test_a_surveys_retries_hold_up_no_suspension(post: Post) -> None:
    post.put("survey", priority=3)
    (survey,) = post.claim()
    post.retry(survey, "-1", MONDAY + timedelta(hours=2))
    post.put("suspension", priority=0)
    assert post.keys() == ["suspension"]


def test_acknowledging(post: Post, clock: FixedClock) -> None:
    post.put("a")
    (leased,) = post.claim()
    assert post.sent(leased, "msg-1")
    row = post.row("a")
    assert (row.state, row.platform_id, row.sent_at, row.lease_token) == (
        OutboxState.SENT,
        "msg-1",
        MONDAY,
        None,
    )
    assert not post.sent(leased, "msg-2"), "once"
    assert not post.retry(leased, "x", MONDAY)
    assert not post.dead(leased, "x")
    assert post.row("a").state is OutboxState.SENT


def test_one_that_cannot_be_read_is_dead_and_holds_up_no_other(post: Post) -> None:
    post.put("a")
    post.put("b", to="o-2")
    post.put("c")
    with post.db.write() as uow:
        uow.session.execute(update(OutboxMessage).where(OutboxMessage.key == "a").values(body=b"\x09lost"))
    assert post.keys() == ["b"]
    assert (post.row("a").state, post.row("a").error) == (OutboxState.DEAD, "unreadable")
    assert post.keys() == ["c"]


def test_a_retry_comes_back_when_due(post: Post, clock: FixedClock) -> None:
    post.put("a")
    (leased,) = post.claim()
    assert post.retry(leased, "45009" * 100, MONDAY + timedelta(seconds=30))
    assert len(post.row("a").error) == 200
    assert post.claim() == []
    clock.advance(timedelta(seconds=30))
    (again,) = post.claim()
    assert (again.attempts, again.token == leased.token) == (2, False)


def test_a_dead_workers_message_goes_to_the_next(post: Post, clock: FixedClock) -> None:
    post.put("a")
    (died,) = post.claim()
    assert post.outbox.reap() == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert post.claim() == [], "not before it is reaped"
    assert post.outbox.reap() == 1
    clock.advance(SPREAD)
    (again,) = post.claim()
    assert (again.key, again.attempts) == ("a", 2)
    assert not post.sent(died, "zombie"), "the dead one was only slow: its word no longer counts"
    assert post.row("a").state is OutboxState.SENDING
    assert post.sent(again, "ok")


def test_a_survey_of_unknown_outcome_is_not_sent_again(post: Post, clock: FixedClock) -> None:
    post.put("survey", priority=3)
    post.claim()
    clock.advance(LEASE + timedelta(seconds=1))
    assert post.outbox.reap() == 1
    row = post.row("survey")
    assert (row.state, row.error) == (OutboxState.DEAD, "unknown_outcome")


def test_several_workers_never_claim_one_message_twice(post: Post) -> None:
    for n in range(120):
        post.put(f"m{n}", to=f"o-{n % 40}")
    seen: Counter[str] = Counter()
    order: list[tuple[str, int]] = []

    def work() -> list[Leased]:
        mine: list[Leased] = []
        idle = 0
        while idle < 20:
            batch = post.outbox.claim(5, LEASE)
            idle = 0 if batch else idle + 1
            for leased in batch:
                assert leased.account
                order.append((leased.account.openid, leased.id))
                mine.append(leased)
                assert post.sent(leased, "")
        return mine

    with ThreadPoolExecutor(6) as pool:
        for mine in [f.result() for f in [pool.submit(work) for _ in range(6)]]:
            seen.update(leased.key for leased in mine)
    assert set(seen.values()) == {1}
    assert len(seen) == 120
    for openid in {openid for openid, _ in order}:
        ids = [n for who, n in order if who == openid]
        assert ids == sorted(ids)


def test_slow_workers_whose_leases_end_acknowledge_once(post: Post, clock: FixedClock) -> None:
    """Everybody is slow once: two hold the same message, one acknowledgement counts."""
    for n in range(20):
        post.put(f"m{n}", to=f"o-{n}")
    slow = post.claim(20)
    clock.advance(LEASE + timedelta(seconds=1))
    assert post.outbox.reap() == 20
    clock.advance(SPREAD)
    quick = post.claim(20)
    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(lambda leased: post.sent(leased, leased.token), slow + quick))
    assert counted == [False] * 20 + [True] * 20
    assert {post.row(f"m{n}").platform_id for n in range(20)} == {quick[0].token}


def test_stats(post: Post, clock: FixedClock) -> None:
    assert post.outbox.stats().oldest_due is None
    post.put("a")
    post.put("b", to="o-2", due_at=MONDAY + timedelta(hours=1))
    post.put("c", to="o-3", due_at=MONDAY - timedelta(minutes=3), expires_at=MONDAY + timedelta(hours=1))
    stats = post.outbox.stats()
    assert stats.by_state == {
        "pending": 3,
        "sending": 0,
        "sent": 0,
        "dead": 0,
        "void": 0,
        "paused": 0,
        "staff": 0,
    }
    assert stats.oldest_due == MONDAY - timedelta(minutes=3)


def test_due_follows_the_demo_clock_but_leases_do_not(database_url: str, keys: KeyRing) -> None:
    """Moving the demo by a day makes tomorrow's message due, and ends no lease of a worker that is just sending."""

    class Moved:
        offset = timedelta(0)

        def now(self) -> datetime:
            return datetime.now(UTC) + self.offset

    clock = Moved()
    with_clock = Database(database_url, clock, keys)
    post = Post(with_clock)
    post.put("now", expires_at=clock.now() + timedelta(days=9))
    post.put(
        "tomorrow",
        to="o-2",
        due_at=clock.now() + timedelta(hours=20),
        expires_at=clock.now() + timedelta(days=9),
    )
    assert post.keys() == ["now"]
    clock.offset = timedelta(days=1)
    assert post.outbox.reap() == 0
    assert post.keys() == ["tomorrow"]
    with_clock.close()


def test_void_rows_are_not_claimed(post: Post) -> None:
    post.put("a")
    with post.db.write() as uow:
        uow.session.execute(update(OutboxMessage).values(state=OutboxState.VOID))
    assert post.claim() == []
