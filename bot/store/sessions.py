"""Conversations in Redis: sessions saved by compare-and-set, and a lock that lets one user's messages queue.

Losing Redis costs at most the open question.  Sessions hold what a patient has typed so far, so they are
encrypted like everything else that could be read from a disk.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar, cast

from redis import Redis
from redis.exceptions import RedisError

from bot.store.keys import BadKeys, KeyRing

log = logging.getLogger(__name__)

_SAVE = """
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'session', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Revised(Protocol):
    """What can be stored here: something that knows which stored copy it came from."""

    revision: int


S = TypeVar("S", bound=Revised)


class RedisSessions(Generic[S]):
    """`bot.dialog.session.SessionStore` over Redis; how a session is written is the dialog's business (its codec)."""

    def __init__(
        self, redis: Redis, *, dumps: Callable[[S], bytes], loads: Callable[[bytes], S], new: Callable[[], S],
        keys: KeyRing, days: float = 7,
    ) -> None:  # fmt: skip
        self._redis, self._keys = redis, keys
        self._dumps, self._loads, self._new = dumps, loads, new
        self._seconds = max(1, int(days * 86400))
        self._save = redis.register_script(_SAVE)

    def load(self, user: str) -> S:
        """The stored session, or a new one."""
        revision, blob = cast("list[bytes | None]", self._redis.hmget(_session(user), "revision", "session"))
        session = self._open(user, blob) if blob is not None else self._new()
        session.revision = int(revision or 0)
        return session

    def save(self, user: str, session: S) -> bool:
        """Compare-and-set on ``session.revision``."""
        blob = self._keys.encrypt(self._dumps(session), f"session:{user}")
        values: list[int | bytes] = [session.revision, session.revision + 1, blob, self._seconds]
        return bool(self._save(keys=[_session(user)], args=values))

    def _open(self, user: str, blob: bytes) -> S:
        try:
            return self._loads(self._keys.decrypt(blob, f"session:{user}"))
        except BadKeys as error:
            log.warning("session.unreadable bytes=%d error=%s", len(blob), error)
            return self._new()


class LockTimeout(Exception):
    """The user's other message is still being worked on."""


class UserLocks:
    """One user's messages one after the other.  The lock gives order; safety is the session's compare-and-set."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._release = redis.register_script(_RELEASE)

    @contextmanager
    def hold(self, user: str, wait: float, ttl: float) -> Iterator[None]:
        """Wait at most ``wait`` seconds, else `LockTimeout`; a dead holder is in the way for ``ttl`` at most."""
        name, token = f"lock:{user}", secrets.token_hex(16)
        deadline = time.monotonic() + wait
        while not self._redis.set(name, token, nx=True, px=max(1, int(ttl * 1000))):
            left = deadline - time.monotonic()
            if left <= 0:
                raise LockTimeout
            time.sleep(min(left, random.uniform(0.005, 0.025)))
        try:
            yield
        finally:
            self._let_go(name, token)

    def _let_go(self, name: str, token: str) -> None:
        try:
            self._release(keys=[name], args=[token])
        except RedisError as error:  # the work is done; the lock ends by itself
            log.warning("lock.release_failed error=%s", type(error).__name__)


def _session(user: str) -> str:
    return f"session:{user}"
