"""What every SMS gateway does, and how a vendor's error code becomes a `SendError`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.channels.base import SendError

Json = Mapping[str, Any]

PAUSE = 300.0
"""Seconds until a message is tried again while our own set-up is wrong: staff are told, nobody is forgotten."""

_CODE = 64
"""Characters of a code that an attempt keeps."""


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS.  Vendors send nothing but approved templates: ``template`` is the vendor's code for it."""

    phone: str
    """Eleven digits."""
    template: str
    params: tuple[tuple[str, str], ...]
    """In the order in which the approved text names them."""
    key: str
    """Ours; comes back with the vendor's delivery report."""


class SmsGateway(Protocol):
    """A vendor.  Safe to call from many threads."""

    def send(self, message: Message) -> str:
        """The vendor's id of the SMS, by which it reports on it later; `SendError` if it was not taken."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """What an error code means for the message."""

    permanent: bool = False
    fault: bool = False
    retry_after: float | None = None
    unknown: bool = False
    elsewhere: bool = False


WAIT = Rule(retry_after=PAUSE, fault=True)
"""Our account is at fault (keys, balance): the message waits for staff."""
REFUSED = Rule(permanent=True, fault=True, elsewhere=True)
"""Our template or signature is at fault: this message goes another way, staff mend it for the next ones."""
NOT_THEM = Rule(permanent=True, elsewhere=True)
"""Nothing is wrong but the recipient: a number that is none, or one on the vendor's list of those who object."""
UNCLEAR = Rule(unknown=True)
"""The vendor broke while it had the message."""


def soon(seconds: float) -> Rule:
    """Too often just now."""
    return Rule(retry_after=seconds)


def failure(code: str, rules: Mapping[str, Rule]) -> SendError:
    """By the whole code, else by its family (what stands before the first dot), else unclear."""
    rule = rules.get(code) or rules.get(code.partition(".")[0]) or UNCLEAR
    return SendError(
        code[:_CODE],
        permanent=rule.permanent,
        fault=rule.fault,
        retry_after=rule.retry_after,
        unknown_outcome=rule.unknown,
        elsewhere=rule.elsewhere,
    )
