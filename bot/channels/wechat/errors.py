"""What the API's errcodes mean for a message: one table (facts: 全局返回码), one place that reads it."""

from collections.abc import Mapping
from typing import Any

from bot.channels.base import SendError

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""The access token is no longer good: fetch a new one, try once more."""
ALREADY_SENT = 40241
"""The same message within 60 s: the first one arrived."""

PAUSE = 300.0
"""Seconds before a message is tried again while our own set-up is wrong: staff mend it, nothing is lost."""

_FAULTS = frozenset({40013, 40125, 40164, 41001, 41002, 41004})
"""AppID, secret, IP whitelist: every message fails until somebody acts."""
_FAULTY_MESSAGE = frozenset({43116, 40037, 47003, 48001, 50002})
"""Template banned or wrong, bad data, no permission: this message never, and staff are told."""
_GONE = frozenset({40003, 43004})
"""Unknown openid, or no follower."""
_NOT_NOW = frozenset({45015, 45047, 43101})
"""Outside the 48 hours, over the quota of 客服消息, consent spent: not by this road."""
_WAIT: Mapping[int, float] = {45011: 60.0, 45009: 3600.0, 43117: 600.0}
"""Called too often: this minute, today, for this user."""


def failure(code: int) -> SendError:
    """The `SendError` of a non-zero errcode."""
    name = str(code)
    if code in _FAULTS:
        return SendError(name, permanent=False, fault=True, retry_after=PAUSE)
    if code in _FAULTY_MESSAGE:
        return SendError(name, permanent=True, fault=True)
    if code in _GONE or code in _NOT_NOW:
        return SendError(name, permanent=True)
    if code in STALE_TOKEN:  # a new token did not help either
        return SendError(name, permanent=False, fault=True, retry_after=PAUSE)
    return SendError(name, permanent=False, retry_after=_WAIT.get(code), unknown_outcome=code == -1)


def errcode(answer: Mapping[str, Any]) -> int:
    """The errcode of an answer; a 200 may well carry one.  Absent means none."""
    code = answer.get("errcode", 0)
    if isinstance(code, int):
        return code
    return int(code) if isinstance(code, str) and code.lstrip("-").isdigit() else -1
