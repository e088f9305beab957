"""One contract for every session store; and what only the one in Redis can do wrong."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unreachable
from redis.retry import Retry

from bot.dialog import codec
from bot.dialog.memory import MemorySessions
from bot.dialog.session import FrameState, Offer, Session, SessionStore
from bot.dialog.speech import Option, Reply
from bot.store.keys import KeyRing
from bot.store.sessions import LockTimeout, RedisSessions, UserLocks

USER = "wechat:gh_1:o-1"


def over_redis(redis: Redis, keys: KeyRing, days: float = 7) -> RedisSessions[Session]:
    return RedisSessions(redis, dumps=codec.dumps, loads=codec.loads, new=Session, keys=keys, days=days)


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest, keys: KeyRing) -> SessionStore:
    if request.param == "memory":
        return MemorySessions()
    return over_redis(request.getfixturevalue("redis_client"), keys)


def full_session() -> Session:
    """Everything a session can hold."""
    return Session(
        stack=[
            FrameState(
                "booking",
                2,
                "m1",
                values={"day": "2026-11-24", "n": 3, "who": ["a", None, {"x": 1.5}]},
                filled=["day"],
                commits=2,
            ),
            FrameState("register", 1, "m2", values={"id_number": "110101199003070011"}, fills="patient"),
        ],
        offer=Offer(
            "o1", "doctor", [Option("王建国 𠮷", 7, ("王主任",)), Option("更多", None, (), {"page": 2})]
        ),
        failures=2,
        touched_at=datetime(2026, 11, 23, 2, tzinfo=UTC),
        human=True,
        last_message="m9",
        last_replies=[Reply("好的", (Option("是", True),), "o1")],
    )


# -- the contract -----------------------------------------------------------------------------------


def test_nobody_yet_is_a_new_session(store: SessionStore) -> None:
    assert store.load(USER) == Session()


def test_what_is_saved_is_loaded(store: SessionStore) -> None:
    session = full_session()
    assert store.save(USER, session)
    session.revision = 1
    assert store.load(USER) == session


def test_users_are_apart(store: SessionStore) -> None:
    store.save(USER, full_session())
    assert store.load("alipay:gh_1:o-1") == Session()


def test_saving_is_compare_and_set(store: SessionStore) -> None:
    mine, theirs = store.load(USER), store.load(USER)
    theirs.failures = 1
    assert store.save(USER, theirs)
    mine.failures = 2
    assert not store.save(USER, mine)
    assert store.load(USER).failures == 1
    again = store.load(USER)
    again.failures = 3
    assert store.save(USER, again)
    assert (store.load(USER).failures, store.load(USER).revision) == (3, 2)


def test_a_loaded_session_is_a_copy(store: SessionStore) -> None:
    store.save(USER, full_session())
    loaded = store.load(USER)
    loaded.stack[0].values["day"] = "changed"
    loaded.stack.pop()
    assert store.load(USER).stack == full_session().stack


def test_of_many_at_once_one_wins_every_round(store: SessionStore) -> None:
    threads = 8
    start = threading.Barrier(threads)

    def compete(_: int) -> int:
        start.wait()
        won = 0
        while won < 5:
            session = store.load(USER)
            session.failures += 1
            won += store.save(USER, session)
        return won

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(compete, range(threads))) == 40
    end = store.load(USER)
    assert (end.failures, end.revision) == (40, 40)


# -- Redis ------------------------------------------------------------------------------------------


def test_a_flush_costs_the_open_question_and_nothing_else(redis_client: Redis, keys: KeyRing) -> None:
    store = over_redis(redis_client, keys)
    session = full_session()
    store.save(USER, session)
    before = store.load(USER)
    redis_client.flushall()
    assert not store.save(USER, before), "a copy of before the flush is stale"
    fresh = store.load(USER)
    assert fresh == Session()
    assert store.save(USER, fresh)


def test_what_patients_type_is_not_readable_in_redis(redis_client: Redis, keys: KeyRing) -> None:
    over_redis(redis_client, keys).save(USER, full_session())
    stored = b"".join(redis_client.hgetall(f"session:{USER}").values())
    assert b"110101" not in stored
    assert "王".encode() not in stored


def test_a_session_of_another_key_or_user_is_a_new_one(redis_client: Redis, keys: KeyRing) -> None:
    store = over_redis(redis_client, keys)
    store.save(USER, full_session())
    stranger = over_redis(redis_client, KeyRing.generate()).load(USER)
    assert stranger == Session(revision=1)
    redis_client.copy(f"session:{USER}", "session:somebody else")
    assert store.load("somebody else") == Session(revision=1)
    assert store.save(USER, stranger), "and is replaced"


def test_rubbish_is_a_new_session_and_is_logged(
    redis_client: Redis, keys: KeyRing, caplog: pytest.LogCaptureFixture
) -> None:
    redis_client.hset(f"session:{USER}", mapping={"revision": "4", "session": b"\x00rubbish"})
    assert over_redis(redis_client, keys).load(USER) == Session(revision=4)
    assert "session.unreadable" in caplog.text
    sealed = keys.encrypt(b'{"stack": 7}', f"session:{USER}")
    redis_client.hset(f"session:{USER}", mapping={"session": sealed})
    assert over_redis(redis_client, keys).load(USER) == Session(revision=4)


def test_idle_sessions_are_forgotten(redis_client: Redis, keys: KeyRing) -> None:
    over_redis(redis_client, keys, days=7).save(USER, Session())
    assert 7 * 86400 - 60 < int(redis_client.ttl(f"session:{USER}")) <= 7 * 86400


def test_a_session_survives_a_restart_of_redis_scripts(redis_client: Redis, keys: KeyRing) -> None:
    store = over_redis(redis_client, keys)
    store.save(USER, Session())
    redis_client.script_flush()
    assert store.save(USER, store.load(USER))


def nowhere() -> Redis:
    """A Redis that is down, and nobody patient enough to try again."""
    return Redis(unix_socket_path="/nowhere/redis.sock", retry=Retry(NoBackoff(), 0))


# -- locks ------------------------------------------------------------------------------------------


def test_one_at_a_time_and_nobody_is_lost(redis_client: Redis) -> None:
    locks = UserLocks(redis_client)
    inside, most, done = 0, 0, 0

    def work(_: int) -> None:
        nonlocal inside, most, done
        with locks.hold(USER, wait=30, ttl=30):
            inside += 1
            most = max(most, inside)
            time.sleep(0.002)
            inside -= 1
            done += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert (most, done) == (1, 40)


def test_another_user_does_not_wait(redis_client: Redis) -> None:
    locks = UserLocks(redis_client)
    with locks.hold(USER, wait=1, ttl=30), locks.hold("somebody else", wait=0, ttl=30):
        pass


def test_waiting_has_an_end(redis_client: Redis) -> None:
    locks = UserLocks(redis_client)
    with locks.hold(USER, wait=0, ttl=30), pytest.raises(LockTimeout), locks.hold(USER, wait=0.05, ttl=30):
        pass
    with locks.hold(USER, wait=0, ttl=30):
        pass


def test_it_is_let_go_after_an_error(redis_client: Redis) -> None:
    locks = UserLocks(redis_client)
    with pytest.raises(RuntimeError), locks.hold(USER, wait=0, ttl=30):
        raise RuntimeError
    with locks.hold(USER, wait=0, ttl=30):
        pass


def test_a_dead_holder_is_in_the_way_no_longer_than_the_ttl(redis_client: Redis) -> None:
    locks = UserLocks(redis_client)
    abandoned = locks.hold(USER, wait=0, ttl=0.05)
    abandoned.__enter__()
    with locks.hold(USER, wait=20, ttl=30):
        abandoned.__exit__(None, None, None)
        with pytest.raises(LockTimeout), locks.hold(USER, wait=0, ttl=30):
            pytest.fail("the late one let go of a lock that was no longer its own")


def test_work_that_is_done_stays_done_when_redis_dies_before_the_release(
    redis_client: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    locks = UserLocks(redis_client)
    locks._release = nowhere().register_script("return 1")
    with locks.hold(USER, wait=0, ttl=1):
        pass
    assert "lock.release_failed" in caplog.text


def test_without_redis_there_is_no_lock() -> None:
    locks = UserLocks(nowhere())
    with pytest.raises(Unreachable), locks.hold(USER, wait=1, ttl=1):
        pass
