"""Sessions as JSON, with the version they were written in; older ones are brought forward, broken ones dropped."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bot.dialog.session import VERSION, Session

log = logging.getLogger(__name__)

UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a stored version to the next; ``tests/sessions/v*`` keeps one session of each, loadable for ever."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Session)


def dumps(session: Session) -> bytes:
    """The session as it is stored."""
    return _encoder.encode(session)


def loads(raw: bytes) -> Session:
    """The stored session; a new one where it cannot be read, which is logged and costs the open question only."""
    try:
        return _current(raw)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        log.warning("session.unreadable bytes=%d error=%s", len(raw), type(error).__name__)
        return Session()


def _current(raw: bytes) -> Session:
    try:
        session = _decoder.decode(raw)
    except msgspec.ValidationError:
        if _version(json.loads(raw)) >= VERSION:
            raise
    else:
        if session.version >= VERSION:
            return session
    return _upgraded(json.loads(raw))


def _upgraded(stored: dict[str, Any]) -> Session:
    for version in range(_version(stored), VERSION):
        stored = {**UPGRADES[version](stored), "version": version + 1}
    return msgspec.convert(stored, Session)


def _version(stored: Any) -> int:
    version = stored["version"]
    if not isinstance(version, int):
        raise ValueError("a session without a version")
    return version


def copy(session: Session) -> Session:
    """A copy that shares nothing mutable: the engine works on it, so that its input stays as it was."""
    return _decoder.decode(_encoder.encode(session))
