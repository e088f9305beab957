"""The address of somebody's own data: signed, and good for a day; it names a request and nobody."""

import hmac
import re
from typing import Protocol

from bot.settings import Settings

PATH = "/my/"
_SEAL = 9
"""Bytes of the signature: 72 bits, as of a questionnaire's page."""
_TOKEN = re.compile(r"([0-9]{1,12})-([0-9a-f]{18})")


class Keys(Protocol):
    """`bot.store.keys.KeyRing`: a keyed hash for each purpose."""

    def index(self, purpose: str, value: str) -> bytes: ...


def url(settings: Settings, keys: Keys, number: int) -> str:
    """With ``PUBLIC_URL``; without it nobody is given one."""
    return f"{settings.public_url}{PATH}{make_token(keys, number)}"


def make_token(keys: Keys, number: int) -> str:
    return f"{number}-{_seal(keys, 'privacy.page', str(number))}"


def read_token(keys: Keys, token: str) -> int | None:
    """The request's number; None: we never made it."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[2], _seal(keys, "privacy.page", found[1])):
        return None
    return int(found[1])


def stamp(keys: Keys, number: int, until: int) -> str:
    """For the download beside an opened page: the number has been shown already, until then (seconds)."""
    return f"{until}-{_seal(keys, 'privacy.opened', f'{number}:{until}')}"


def read_stamp(keys: Keys, number: int, stamp_: str, now: int) -> bool:
    found = _TOKEN.fullmatch(stamp_)
    if found is None or int(found[1]) < now:
        return False
    return hmac.compare_digest(found[2], _seal(keys, "privacy.opened", f"{number}:{found[1]}"))


def _seal(keys: Keys, purpose: str, told: str) -> str:
    return keys.index(purpose, told)[:_SEAL].hex()
