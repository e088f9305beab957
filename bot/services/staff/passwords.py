"""Passwords of staff: how they are kept, made up, and which are too easy to guess (OWASP ASVS 5.0, 6.2)."""

import secrets
import string
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
_PASSES, _KILOBYTES = 2, 19_456
"""OWASP's figures for Argon2id: 19 MiB, so that a rush of sign-ins does not eat the machine's memory."""
_GUESSABLE = 3
"""Below this zxcvbn score (of 4) a password falls to fewer than 10^8 guesses."""
_LETTERS = "".join(sorted(set(string.ascii_lowercase + string.digits) - set("01ilo")))
"""For passwords that are read off a screen: no look-alikes."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=_PASSES, memory_cost=_KILOBYTES, parallelism=1)


@cache
def _nobodys() -> str:
    """Compared with when there is no such person, so that the answer takes as long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def hashed(password: str) -> str:
    return _hasher().hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one; without a stored one it costs the same and is False."""
    try:
        right = _hasher().verify(stored or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Hashed with weaker figures than today's."""
    return _hasher().check_needs_rehash(stored)


def made_up() -> str:
    """A one-time password that can be read aloud: four groups of four, 78 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def weakness(password: str, own_words: Iterable[str] = ()) -> str:
    """Why a password will not do: short | long | guessable; empty if it does."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    from zxcvbn import zxcvbn  # word lists, wanted once a year

    words = [word for word in own_words if word]
    return "guessable" if zxcvbn(password[:72], user_inputs=words)["score"] < _GUESSABLE else ""
