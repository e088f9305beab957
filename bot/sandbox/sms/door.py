"""What the doors of the operator have in common: reading a request, answering it, writing a report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from flask import Request

from bot.sandbox.sms.account import SmsAccount
from bot.sandbox.sms.operator import Asked, Refused

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """One vendor's wire format."""

    name: str
    path: str
    read: Callable[[Request, SmsAccount, float], Asked]
    """Signature and freshness (by the real clock) are checked here; `Refused` otherwise."""
    accepted: Callable[[int, Asked], Json]
    refused: Callable[[str], tuple[Json, int]]
    """The answer to a refusal, and its status."""
    report: Callable[[Row], Json]
    """One delivery report, of a row with id, phone, key, at, ok, reason."""
    heard: Callable[[Mapping[str, Any]], bool]
    """Whether the hospital's answer to a report is what the vendor waits for."""


def text(given: Mapping[str, Any], name: str) -> str:
    """A string of the request, or a request that makes no sense."""
    value = given.get(name)
    if not isinstance(value, str):
        raise Refused("shape")
    return value


def body(request: Request) -> Mapping[str, Any]:
    """The JSON object in it."""
    given = request.get_json(silent=True, force=True)
    if not isinstance(given, dict):
        raise Refused("shape")
    return given


def strings(value: object) -> tuple[str, ...]:
    """A list of strings."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Refused("shape")
    return tuple(value)
