"""Encryption at rest: AES-256-GCM under rotating keys, and the blind index by which encrypted fields are found.

A ciphertext is ``key id (1 byte) · nonce (12) · ciphertext and tag``.  The AAD names the place it belongs to
(``table.column:primary key``), so that a value moved to another row or column does not decrypt.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from bot.settings import BadSettings

KEY_FILE = "keys.json"
_NONCE = 12


class KeySettings(Protocol):
    """The part of `bot.settings.Settings` that this module reads."""

    @property
    def data_dir(self) -> Path: ...
    @property
    def data_keys(self) -> SecretStr: ...
    @property
    def index_key(self) -> SecretStr: ...


class BadKeys(BadSettings):
    """The keys are missing, malformed or not those the data was encrypted with."""


class KeyRing:
    """All keys that decrypt, the first of which encrypts; and the key of the blind index."""

    def __init__(self, data: Mapping[int, bytes], index: bytes) -> None:
        if not data or any(not 0 <= key_id <= 255 or len(key) != 32 for key_id, key in data.items()):
            raise BadKeys("data keys are 32 bytes each, with ids from 0 to 255")
        if len(index) < 32:
            raise BadKeys("the index key is at least 32 bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in data.items()}
        self.current = next(iter(data))
        self._prefix = bytes([self.current])
        self._index = index

    @classmethod
    def load(cls, settings: KeySettings) -> "KeyRing":
        """Keys from the environment; else from the key file in the data directory, made at first start."""
        data, index = settings.data_keys.get_secret_value(), settings.index_key.get_secret_value()
        if bool(data) != bool(index):
            raise BadKeys("SUIZHEN_DATA_KEYS and SUIZHEN_INDEX_KEY are given together or not at all")
        if data:
            return cls(_parse(data), _base64(index))
        return _from_file(settings.data_dir / KEY_FILE)

    @classmethod
    def generate(cls) -> "KeyRing":
        """Fresh keys that live as long as this object: for tests and tools."""
        return cls({1: secrets.token_bytes(32)}, secrets.token_bytes(32))

    def encrypt(self, plain: bytes, aad: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return self._prefix + nonce + self._ciphers[self.current].encrypt(nonce, plain, aad.encode())

    def decrypt(self, blob: bytes, aad: str) -> bytes:
        """`BadKeys` if the key is unknown, the value was tampered with or belongs elsewhere."""
        cipher = self._ciphers.get(blob[0]) if blob else None
        if cipher is None:
            raise BadKeys(f"no key for a value of {aad.split(':')[0]}")
        try:
            return cipher.decrypt(blob[1 : 1 + _NONCE], blob[1 + _NONCE :], aad.encode())
        except (InvalidTag, ValueError):
            raise BadKeys(f"a value of {aad.split(':')[0]} does not decrypt") from None

    def is_current(self, blob: bytes) -> bool:
        """Whether the value was encrypted with the newest key."""
        return blob[:1] == self._prefix

    def index(self, purpose: str, value: str) -> bytes:
        """Blind index: equal values of one purpose give equal bytes, nothing else can be read from them."""
        return hmac.digest(self._index, f"{purpose}\0{value}".encode(), hashlib.sha256)


def rotate(path: Path) -> int:
    """Put a new key in front of the key file's; old ones still decrypt.  Gives the new key's id."""
    stored = json.loads(path.read_text())
    ids = {int(pair.partition(":")[0]) for pair in stored["data"].split(",")}
    key_id = next((i for i in range(1, 256) if i not in ids), None)
    if key_id is None:
        raise BadKeys("no key id is free: re-encrypt and drop old keys first")
    stored["data"] = f"{key_id}:{_fresh()},{stored['data']}"
    temporary = _write_private(path.parent, stored)
    temporary.replace(path)
    return key_id


def _from_file(path: Path) -> KeyRing:
    with contextlib.suppress(FileExistsError):
        _create(path)
    try:
        stored = json.loads(path.read_text())
        return KeyRing(_parse(stored["data"]), _base64(stored["index"]))
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise BadKeys(f"{path} is not a key file: {error}") from None


def _create(path: Path) -> None:
    """Complete or not at all, and only the first of several processes starting at once wins: link() refuses."""
    if path.exists():
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _write_private(path.parent, {"data": f"1:{_fresh()}", "index": _fresh()})
    try:
        os.link(temporary, path)
    finally:
        temporary.unlink()


def _write_private(folder: Path, stored: Mapping[str, str]) -> Path:
    handle, name = tempfile.mkstemp(prefix=".keys-", dir=folder)  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as file:
        json.dump(stored, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _parse(text: str) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for pair in text.split(","):
        key_id, _, value = pair.strip().partition(":")
        if not key_id.isascii() or not key_id.isdigit():
            raise BadKeys("data keys are written id:base64, separated by commas")
        keys[int(key_id)] = _base64(value)
    return keys


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadKeys("a key is not base64") from None
