"""Signing and encrypting as WeChat's servers do; apart from the channel's, so that each catches the other's bugs."""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32


class BadCipher(ValueError):
    """The other side's encrypted text is not what the platform accepts."""


def sign(*parts: str) -> str:
    """sha1 over the sorted parts, as hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def verify(signature: str, *parts: str) -> bool:
    """Whether ``signature`` is theirs, compared in constant time."""
    return hmac.compare_digest(sign(*parts).encode(), signature.encode())


def encrypt(message: bytes, aes_key: str, app_id: str, random: bytes | None = None) -> str:
    """AES-256-CBC over random(16) + length + message + AppID, padded to 32 bytes, as base64."""
    head = secrets.token_bytes(16) if random is None else random
    plain = head + struct.pack(">I", len(message)) + message + app_id.encode()
    fill = _BLOCK - len(plain) % _BLOCK
    encryptor = _cipher(aes_key).encryptor()
    sealed = encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def decrypt(text: str, aes_key: str, app_id: str) -> bytes:
    """The message inside ``text``; it must be meant for ``app_id``."""
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadCipher("not base64") from None
    if not sealed or len(sealed) % 16:
        raise BadCipher("not whole AES blocks")
    decryptor = _cipher(aes_key).decryptor()
    padded = decryptor.update(sealed) + decryptor.finalize()
    fill = padded[-1]
    if not 1 <= fill <= _BLOCK or padded[-fill:] != bytes([fill]) * fill:
        raise BadCipher("bad padding")
    plain = padded[:-fill]
    if len(plain) < 20:
        raise BadCipher("too short")
    (length,) = struct.unpack(">I", plain[16:20])
    message, owner = plain[20 : 20 + length], plain[20 + length :]
    if len(message) != length or owner != app_id.encode():
        raise BadCipher("meant for another AppID")
    return message


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES256(key), modes.CBC(key[:16]))
