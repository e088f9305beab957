"""The rows of `RedFlag`."""

from bot.domain.flags import FlagState
from bot.services.tables import table
from bot.store.care_models import RedFlag
from bot.store.keys import KeyRing

R = table(RedFlag)
LIVE = (FlagState.OPEN, FlagState.ACKNOWLEDGED)
"""Not closed: asked for by name, so that the index on state serves however many are."""


def sealed(keys: KeyRing, column: str, key: str, words: str) -> bytes:
    return keys.encrypt(words.encode(), _aad(column, key))


def unsealed(keys: KeyRing, column: str, key: str, blob: bytes) -> str:
    return keys.decrypt(blob, _aad(column, key)).decode()


def called(flag_id: int) -> str:
    """What staff call it, in an SMS and on the phone."""
    return f"F{flag_id}"


def _aad(column: str, key: str) -> str:
    return f"red_flags.{column}:{key}"
