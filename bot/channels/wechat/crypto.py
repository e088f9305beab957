"""Signatures and the encrypted envelope of an official account (消息加解密)."""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Callable

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.channels.base import Refusal

_SEALED = (
    "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts, as the platform signs (``signature`` and ``msg_signature`` alike)."""
    return hashlib.sha1(b"".join(sorted(part.encode() for part in parts))).hexdigest()


def verify(given: str, *parts: str) -> None:
    """Refuse unless ``given`` signs ``parts``; constant time, on bytes, so that odd input cannot raise."""
    expected = signature(*parts).encode()
    if not hmac.compare_digest(expected, given.encode("utf-8", "replace")):
        raise Refusal("signature")


class _Cipher(PrpCrypto):  # type: ignore[misc]
    """wechatpy's AES-CBC with the 16 random bytes from a source that cannot be predicted."""

    def __init__(self, key: bytes, random: Callable[[], bytes]) -> None:
        super().__init__(key)
        self._random = random

    def get_random_string(self) -> bytes:
        return self._random()


class Envelope:
    """Opens and seals the ``Encrypt`` element of one account.  Made once; safe to share between threads."""

    def __init__(
        self,
        token: str,
        aes_key: str,
        app_id: str,
        *,
        random: Callable[[], bytes] = lambda: secrets.token_bytes(16),
    ) -> None:
        self._token, self._app_id = token, app_id
        self._cipher = _Cipher(base64.b64decode(aes_key + "="), random)

    def open(self, encrypted: str) -> str:
        """The plaintext.  Verify ``msg_signature`` over ``encrypted`` first."""
        try:
            return str(self._cipher.decrypt(encrypted, self._app_id))
        except InvalidAppIdException:
            raise Refusal("appid") from None
        except (ValueError, LookupError, struct.error):  # what broken input makes wechatpy raise
            raise Refusal("ciphertext", 400) from None

    def seal(self, text: str, *, timestamp: int, nonce: str) -> str:
        """The encrypted reply as XML, with its MsgSignature."""
        encrypt = self._cipher.encrypt(text, self._app_id).decode()
        signed = signature(self._token, str(timestamp), nonce, encrypt)
        return _SEALED.format(encrypt=encrypt, signature=signed, timestamp=timestamp, nonce=nonce)
