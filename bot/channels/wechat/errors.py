"""What the API's errcodes mean for a message: one table (facts: 全局返回码), one place that reads it.

A rule says what becomes of the message; its `Effect` says what else follows, and `consequences` sees to that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from bot.channels.base import SendError
from bot.domain.clock import HOSPITAL_TZ, local

ALREADY_SENT = 40241
"""The same message within 60 s: the first one arrived."""
BUSY = -1
"""System busy: whether the message went out, nobody knows."""

PAUSE = 300.0
"""Seconds before a message is tried again while our own set-up is wrong: staff mend it, nothing is lost."""


class Effect(StrEnum):
    """What follows from an errcode besides the fate of its message."""

    CONFIG_FAULT = "config_fault"
    """AppID, secret, IP whitelist, a token that stays bad: every message fails until somebody acts."""
    NO_PERMISSION = "no_permission"
    BAD_DATA = "bad_data"
    API_STOPPED = "api_stopped"
    """The day's quota is used up: nobody calls this API before it is filled again."""
    TEMPLATE_DISABLED = "template_disabled"
    UNFOLLOWED = "unfollowed"
    UNBOUND = "unbound"
    CONSENT_SPENT = "consent_spent"


ALERTS = frozenset({
    Effect.CONFIG_FAULT, Effect.NO_PERMISSION, Effect.BAD_DATA, Effect.API_STOPPED, Effect.TEMPLATE_DISABLED,
})  # fmt: skip
"""Effects that staff are told of; the alert's kind is the effect's value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one errcode does to a message.  ``wait``: seconds before it is tried again over the same API."""

    permanent: bool = False
    elsewhere: bool = False
    wait: float | None = None
    until_reset: bool = False
    """Wait for the day's end (00:00 in Shanghai), when the platform fills the quotas again."""
    effect: Effect | None = None

    @property
    def fault(self) -> bool:
        return self.effect in ALERTS


_SET_UP = Rule(wait=PAUSE, effect=Effect.CONFIG_FAULT)
_BAD = Rule(permanent=True, elsewhere=True, effect=Effect.BAD_DATA)
_TEMPLATE = Rule(permanent=True, elsewhere=True, effect=Effect.TEMPLATE_DISABLED)
_PERMISSION = Rule(permanent=True, elsewhere=True, effect=Effect.NO_PERMISSION)
_NOT_HERE = Rule(permanent=True, elsewhere=True)

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""The access token is no longer good: fetch a new one, try once more; as a rule, once that did not help either."""

RULES: Mapping[int, Rule] = {
    # our own set-up: the message waits for staff
    **dict.fromkeys(STALE_TOKEN, _SET_UP),
    **dict.fromkeys((40013, 40125, 40164, 41001, 41002, 41004), _SET_UP),
    # too often
    45011: Rule(wait=60.0),  # this minute
    43117: Rule(wait=600.0),  # this user; their later messages wait behind this one
    45009: Rule(elsewhere=True, until_reset=True, effect=Effect.API_STOPPED),  # today
    # not to this user over this road
    45015: _NOT_HERE,  # outside the 48 hours of 客服消息
    45047: _NOT_HERE,  # over its five messages
    43101: Rule(permanent=True, elsewhere=True, effect=Effect.CONSENT_SPENT),
    43004: Rule(permanent=True, elsewhere=True, effect=Effect.UNFOLLOWED),
    40003: Rule(permanent=True, elsewhere=True, effect=Effect.UNBOUND),
    # not like this: never again over this road, but another one may still tell the patient
    43116: _TEMPLATE,
    40037: _TEMPLATE,
    **dict.fromkeys((47003, 47001, 45002, 40008, 40033, 44002, 44004), _BAD),
    48001: _PERMISSION,
    50002: _PERMISSION,
}
UNKNOWN = Rule()
"""Anything else, -1 above all: tried again."""


def failure(code: int, now: datetime) -> SendError:
    """The `SendError` of a non-zero errcode; ``now`` tells how long a day's quota stays used up."""
    rule = RULES.get(code, UNKNOWN)
    return SendError(
        str(code),
        permanent=rule.permanent,
        fault=rule.fault,
        retry_after=until_reset(now) if rule.until_reset else rule.wait,
        unknown_outcome=code == BUSY,
        elsewhere=rule.elsewhere,
    )


def until_reset(now: datetime) -> float:
    """Seconds to the next midnight in Shanghai."""
    tomorrow = local(now).date() + timedelta(days=1)
    return (datetime.combine(tomorrow, time(), HOSPITAL_TZ) - now).total_seconds()


def effect(error: SendError) -> Effect | None:
    """What follows from an error besides the fate of its message."""
    code = error.code.removeprefix("-")
    return RULES.get(int(error.code), UNKNOWN).effect if code.isdigit() else None


def errcode(answer: Mapping[str, Any]) -> int:
    """The errcode of an answer; a 200 may well carry one.  Absent means none."""
    code = answer.get("errcode", 0)
    if isinstance(code, int):
        return code
    return int(code) if isinstance(code, str) and code.lstrip("-").isdigit() else -1
