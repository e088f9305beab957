"""The account's access token: one in Redis for every process, fetched by one of them at a time.

A refused token is fetched anew once, whoever was refused first; the platform's forced refresh, which kills the token
of everybody, is kept for a token that it hands out and refuses, and comes at most once in `APART` seconds.
"""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

from bot.channels.base import SendError

Fetch = Callable[[bool], tuple[str, int]]
"""Asks the platform: (force refresh) → (token, seconds it is good for)."""

MARGIN = 300
"""Seconds before its end at which a token is no longer used; the platform lets two overlap for as long."""
ASKED = 60
"""Seconds for which a refusal of the same token is not looked into again: a gateway that says 40001 to every tenth
call of a good token must not have it fetched every time."""
APART = 600
"""Seconds between two forced refreshes: the platform allows twenty a day, and each kills the token of everybody."""
NEAR = 1.0
"""Seconds for which a process believes the token it saw: a round trip less for each of a thousand sends.  Where it was
replaced meanwhile, the platform refuses it, and the new one is there already."""
_LOCK_TTL_MS = 15_000
_POLL = 0.05

_DROP = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
"""Delete only what is still the same: somebody else may have been faster."""


class Tokens(Protocol):
    """Where the client gets its token."""

    def get(self) -> str:
        """A token that should be good."""
        ...

    def drop(self, token: str) -> None:
        """The platform refused ``token``."""
        ...


class SharedTokens:
    """The token of one account in Redis, refreshed under a lock: 20 threads make one request."""

    def __init__(self, redis: "Redis", app_id: str, fetch: Fetch, *, patience: float = 10.0) -> None:
        self._redis, self._fetch, self._patience = redis, fetch, patience
        self._key, self._lock = f"wechat:{app_id}:token", f"wechat:{app_id}:token:lock"
        self._refused, self._forced = f"wechat:{app_id}:token:refused", f"wechat:{app_id}:token:forced"
        self._drop = redis.register_script(_DROP)
        self._near: tuple[str, float] = ("", 0.0)
        self._doubted = ""
        self._drops = 0
        self._guard = threading.Lock()

    def get(self) -> str:
        token, until = self._near
        if token != self._doubted and time.monotonic() < until:
            return token
        drops = self._drops
        try:
            token = self._shared()
        except RedisError as error:
            raise SendError("redis", permanent=False) from error
        with self._guard:
            if drops == self._drops:  # else it may be the very one that was dropped
                self._near = token, time.monotonic() + NEAR
        return token

    def drop(self, token: str) -> None:
        """Only if it is still the one; and not again if the platform, asked a moment ago, stood by it."""
        self._drops += 1
        self._doubted = token  # another thread may just be about to believe it once more
        try:
            if self._told(self._refused) != token and self._drop(keys=[self._key], args=[token]):
                self._redis.set(self._refused, token, ex=ASKED)
        except RedisError as error:
            raise SendError("redis", permanent=False) from error

    def _shared(self) -> str:
        until = time.monotonic() + self._patience
        while True:
            token = self._redis.get(self._key)
            if token is not None:
                return _text(token)
            mine = secrets.token_hex(8)
            if self._redis.set(self._lock, mine, nx=True, px=_LOCK_TTL_MS):
                try:
                    return self._renewed()
                finally:
                    self._drop(keys=[self._lock], args=[mine])
            if time.monotonic() > until:
                raise SendError("token busy", permanent=False)
            time.sleep(_POLL)

    def _renewed(self) -> str:
        """Under the lock.  Somebody may have put a token there between our look and our lock."""
        token = self._redis.get(self._key)
        if token is not None:
            return _text(token)
        fresh, seconds = self._fetch(False)
        if self._told(self._refused) == fresh and self._may_force():  # it gives the same one until forced
            fresh, seconds = self._fetch(True)
        self._redis.set(self._key, fresh, ex=max(seconds - MARGIN, 1))
        return fresh

    def _may_force(self) -> bool:
        return bool(self._redis.set(self._forced, 1, nx=True, ex=APART))

    def _told(self, key: str) -> str | None:
        value = self._redis.get(key)
        return None if value is None else _text(value)


class OwnTokens:
    """For a single command on the command line: fetched when needed, kept in the process, forced once at most."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._token = ""
        self._refused = ""
        self._forced = False

    def get(self) -> str:
        if not self._token:
            self._token, _ = self._fetch(False)
            if self._token == self._refused and not self._forced:
                self._forced = True
                self._token, _ = self._fetch(True)
        return self._token

    def drop(self, token: str) -> None:
        self._token, self._refused = "", token


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
