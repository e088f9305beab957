"""The platform's side of the protocol, written a second time: what signs and seals for the tests is not what they test."""

import base64
import hashlib
import os
import struct
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.settings import Settings, load

TOKEN = "AAAAA"
AES_KEY = "A" * 43
APP_ID = "wxba5fad812f8e6fb9"
ACCOUNT = "gh_97417a04a28d"
PATIENT = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"


def settings(mode: str = "safe", **more: object) -> Settings:
    """The account of the official examples."""
    account = {
        "wechat_app_id": APP_ID, "wechat_secret": "secret", "wechat_token": TOKEN,
        "wechat_aes_key": AES_KEY, "wechat_mode": mode,
    }  # fmt: skip
    return load(**{**account, **more})


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def message(kind: str = "text", *, at: int, **fields: str) -> str:
    """An XML body with the common fields; ``fields`` come on top, raw XML where they start with ``<``."""
    common = {"ToUserName": ACCOUNT, "FromUserName": PATIENT, "CreateTime": str(at), "MsgType": kind}
    inside = "".join(
        f"<{name}>{value if value.startswith('<') else escape(value)}</{name}>"
        for name, value in {**common, **fields}.items()
    )
    return f"<xml>{inside}</xml>"


def text(words: str, *, at: int, msg_id: str = "23456789012345678", **fields: str) -> str:
    return message(at=at, **{"Content": words, "MsgId": msg_id, **fields})


def event(name: str, *, at: int, **fields: str) -> str:
    return message("event", at=at, Event=name, **fields)


@dataclass(frozen=True)
class Platform:
    """Signs and seals for one account."""

    token: str = TOKEN
    aes_key: str = AES_KEY
    app_id: str = APP_ID

    def seal(self, plain: str | bytes, *, app_id: str | None = None, pad: bytes | None = None) -> str:
        data = plain.encode() if isinstance(plain, str) else plain
        whole = os.urandom(16) + struct.pack(">I", len(data)) + data + (app_id or self.app_id).encode()
        missing = 32 - len(whole) % 32
        return self.encrypt(whole + (bytes([missing]) * missing if pad is None else pad))

    def encrypt(self, whole: bytes) -> str:
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(whole) + encryptor.finalize()).decode()

    def open(self, encrypted: str) -> str:
        decryptor = self._cipher().decryptor()
        whole = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
        whole = whole[: -whole[-1]]
        (length,) = struct.unpack(">I", whole[16:20])
        assert whole[20 + length :].decode() == self.app_id
        return whole[20 : 20 + length].decode()

    def _cipher(self) -> "Cipher[modes.CBC]":
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def args(self, *, at: int, nonce: str = "415670741", encrypted: str | None = None) -> dict[str, str]:
        """The query of a request made at ``at``."""
        args = {
            "signature": sign(self.token, str(at), nonce),
            "timestamp": str(at),
            "nonce": nonce,
            "openid": PATIENT,
        }
        if encrypted is not None:
            args["encrypt_type"] = "aes"
            args["msg_signature"] = sign(self.token, str(at), nonce, encrypted)
        return args

    def post(self, plain: str, *, at: int, mode: str = "safe") -> tuple[dict[str, str], bytes]:
        """Query and body as the platform sends them in ``mode``."""
        if mode == "plain":
            return self.args(at=at), plain.encode()
        encrypted = self.seal(plain)
        outside = f"<ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        if mode == "compatible":
            outside = (
                plain.removeprefix("<xml>").removesuffix("</xml>") + outside.partition("</ToUserName>")[2]
            )
        return self.args(at=at, encrypted=encrypted), f"<xml>{outside}</xml>".encode()

    def query(self, args: dict[str, str]) -> str:
        return urlencode(args)

    def read(self, reply: str, *, mode: str = "safe") -> dict[str, str]:
        """The fields of a passive reply, after checking its MsgSignature."""
        root = fields(reply)
        if mode == "plain":
            return root
        signed = sign(self.token, root["TimeStamp"], root["Nonce"], root["Encrypt"])
        assert root["MsgSignature"] == signed
        return fields(self.open(root["Encrypt"]))


def fields(xml: str) -> dict[str, str]:
    return {child.tag: child.text or "" for child in ElementTree.fromstring(xml)}
