"""Alibaba Cloud SMS (SendSms 2017-05-25), signed with ACS3-HMAC-SHA256."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

import httpx

from bot.channels.base import SendError
from bot.channels.sms.gateway import NOT_THEM, REFUSED, UNCLEAR, WAIT, Json, Message, Rule, failure, soon
from bot.channels.sms.wire import post
from bot.domain.clock import Clock

BASE = "https://dysmsapi.aliyuncs.com"
VERSION = "2017-05-25"
_FLOW = "isv.BUSINESS_LIMIT_CONTROL"

RULES: Mapping[str, Rule] = {
    f"{_FLOW}.分钟": soon(60),
    f"{_FLOW}.小时": soon(3600),
    f"{_FLOW}.天": NOT_THEM,
    _FLOW: soon(60),
    "Throttling": soon(2),
    "SignatureNonceUsed": soon(1),
    "isv.DAY_LIMIT_CONTROL": REFUSED,
    "isv.MONTH_LIMIT_CONTROL": REFUSED,
    "isv.MOBILE_NUMBER_ILLEGAL": NOT_THEM,
    "isv.BLACK_KEY_CONTROL_LIMIT": NOT_THEM,
    "isv.AMOUNT_NOT_ENOUGH": WAIT,
    "isv.OUT_OF_SERVICE": WAIT,
    "isv.PRODUCT_UN_SUBSCRIPT": WAIT,
    "isv.PRODUCT_UNSUBSCRIBE": WAIT,
    "isv.ACCOUNT_NOT_EXISTS": WAIT,
    "isv.ACCOUNT_ABNORMAL": WAIT,
    "isp.RAM_PERMISSION_DENY": WAIT,
    "isv.RAM_PERMISSION_DENY": WAIT,
    "InvalidAccessKeyId": WAIT,
    "SignatureDoesNotMatch": WAIT,
    "IncompleteSignature": WAIT,
    "InvalidTimeStamp": WAIT,
    "Forbidden": WAIT,
    "NoPermission": WAIT,
    # SMS_SIGNATURE_ILLEGAL, SMS_TEMPLATE_ILLEGAL, TEMPLATE_MISSING_PARAMETERS, PARAM_LENGTH_LIMIT …
    "isv": REFUSED,
    "InvalidParameter": REFUSED,
    "MissingParameter": REFUSED,
    "isp": UNCLEAR,
}


class AlibabaGateway:
    """The vendor's API by hand (docs/adr/0008-sms.md says why not by its SDK)."""

    def __init__(
        self, http: httpx.Client, clock: Clock, *, key_id: str, secret: str, signature: str, base: str = "",
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:  # fmt: skip
        """``clock`` is the real one: the vendor takes a signature for fifteen minutes."""
        self._http, self._clock, self._base = http, clock, (base or BASE).rstrip("/")
        self._key_id, self._secret, self._signature = key_id, secret, signature
        self._nonce = nonce

    def send(self, message: Message) -> str:
        query = canonical_query({
            "PhoneNumbers": message.phone,
            "SignName": self._signature,
            "TemplateCode": message.template,
            "TemplateParam": json.dumps(dict(message.params), ensure_ascii=False),
            "OutId": message.key,
        })  # fmt: skip
        return _biz_id(post(self._http, f"{self._base}/?{query}", b"", self._headers("SendSms", query)))

    def _headers(self, action: str, query: str) -> dict[str, str]:
        headers = acs_headers(
            action, VERSION, host=urlsplit(self._base).netloc, at=self._clock.now(), nonce=self._nonce()
        )
        return headers | {
            "Authorization": authorization(self._key_id, self._secret, query=query, headers=headers)
        }


def acs_headers(action: str, version: str, *, host: str, at: datetime, nonce: str) -> dict[str, str]:
    """What is signed besides the query; the body is empty, the parameters are in the query."""
    return {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _sha(b""),
        "x-acs-date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }


def canonical_query(given: Mapping[str, str]) -> str:
    """Sorted, escaped as RFC 3986 says (a blank is %20, ~ is itself)."""
    return "&".join(
        f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(given.items())
    )


def authorization(key_id: str, secret: str, *, query: str, headers: Mapping[str, str]) -> str:
    """ACS3-HMAC-SHA256; all of ``headers`` are signed."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    signed = ";".join(names)
    canonical = f"POST\n/\n{query}\n{lines}\n{signed}\n{headers['x-acs-content-sha256']}"
    to_sign = f"ACS3-HMAC-SHA256\n{_sha(canonical.encode())}"
    signature = hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={signed},Signature={signature}"


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _biz_id(answer: Json) -> str:
    code = str(answer.get("Code"))
    if code != "OK":
        raise failure(_span(code, str(answer.get("Message"))), RULES)
    if not (found := str(answer.get("BizId") or "")):
        raise SendError("no BizId", permanent=False, unknown_outcome=True)
    return found


def _span(code: str, words: str) -> str:
    """The vendor has one code for all its frequency limits; which of them it was stands in the message only."""
    if code != _FLOW:
        return code
    return next((f"{code}.{span}" for span in ("分钟", "小时", "天") if f"{span}级" in words), code)
