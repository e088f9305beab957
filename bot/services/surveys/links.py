"""The address of a questionnaire's page: signed, short, good until a day.  It holds ids and nothing about anybody."""

import hmac
import re
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.settings import Settings

PATH = "/f/"
_KINDS = {"f": "followup", "a": "appointment"}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SEAL = 9
"""Bytes of the signature: 72 bits, which nobody guesses over a network."""
_SEAL_LENGTH = 14
"""… as so many letters and digits: a phone makes a link of all of it, and nobody breaks a line at a dash."""
_TOKEN = re.compile(
    rf"([fa])([0-9a-z]{{1,12}})-([0-9a-z]{{1,12}})-([0-9a-z]{{1,4}})-([0-9a-z]{{{_SEAL_LENGTH}}})"
)


class Keys(Protocol):
    """`bot.store.keys.KeyRing`: a keyed hash for each purpose."""

    def index(self, purpose: str, value: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Link:
    """Whose page it is: the account decides whose answers these are."""

    scope: str
    account_id: int
    until: date
    """The last day on which it opens."""


def page_url(settings: Settings, keys: Keys, scope: str, account_id: int, until: date) -> str:
    """Where ``account_id`` answers ``scope`` on a page; empty without ``PUBLIC_URL``: there is no page to go to."""
    if not settings.public_url:
        return ""
    return f"{settings.public_url}{PATH}{make_token(keys, Link(scope, account_id, until))}"


def make_token(keys: Keys, link: Link) -> str:
    """``f3k-12-g17-…``: kind and number, account, day, signature; about 25 characters."""
    kind, _, number = link.scope.partition(":")
    told = f"{_LETTERS[kind]}{_short(int(number))}-{_short(link.account_id)}-{_short(link.until.toordinal())}"
    return f"{told}-{_seal(keys, told)}"


def read_token(keys: Keys, token: str) -> Link | None:
    """None: we never made it.  Whether it is still good is for whoever asks: see `Link.until`."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[5], _seal(keys, token[: -_SEAL_LENGTH - 1])):
        return None
    letter, number, account, day = found.groups()[:4]
    return Link(f"{_KINDS[letter]}:{int(number, 36)}", int(account, 36), date.fromordinal(int(day, 36)))


def _seal(keys: Keys, told: str) -> str:
    sealed = _short(int.from_bytes(keys.index("survey.page", told)[:_SEAL]))
    return sealed.rjust(_SEAL_LENGTH, "0")


def _short(number: int) -> str:
    """In base 36."""
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits
