"""The account's access token: one in Redis for every process, fetched by one of them at a time."""

import secrets
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
        self._refused = f"wechat:{app_id}:token:refused"
        self._drop = redis.register_script(_DROP)

    def get(self) -> str:
        try:
            return self._shared()
        except RedisError as error:
            raise SendError("redis", permanent=False) from error

    def drop(self, token: str) -> None:
        try:
            if self._drop(keys=[self._key], args=[token]):
                self._redis.set(self._refused, token, ex=MARGIN)
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
        refused = self._redis.get(self._refused)
        if refused is not None and _text(refused) == fresh:  # stable_token gives the same one until forced
            fresh, seconds = self._fetch(True)
        self._redis.set(self._key, fresh, ex=max(seconds - MARGIN, 1))
        return fresh


class OwnTokens:
    """For a single command on the command line: fetched once, kept in the process."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._token = ""
        self._refused = ""

    def get(self) -> str:
        if not self._token:
            self._token, _ = self._fetch(bool(self._refused))
        return self._token

    def drop(self, token: str) -> None:
        self._token, self._refused = "", token


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
