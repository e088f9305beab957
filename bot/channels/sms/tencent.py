"""Tencent Cloud SMS (SendSms 2021-01-11), signed with TC3-HMAC-SHA256."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from bot.channels.base import SendError
from bot.channels.sms.gateway import NOT_THEM, REFUSED, UNCLEAR, WAIT, Json, Message, Rule, failure, soon
from bot.channels.sms.wire import post
from bot.domain.clock import Clock

BASE = "https://sms.tencentcloudapi.com"
VERSION, REGION, SERVICE = "2021-01-11", "ap-guangzhou", "sms"
_JSON = "application/json; charset=utf-8"

RULES: Mapping[str, Rule] = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": soon(30),
    "LimitExceeded.PhoneNumberOneHourLimit": soon(3600),
    "LimitExceeded.DeliveryFrequencyLimit": soon(30),
    "LimitExceeded.PhoneNumberDailyLimit": NOT_THEM,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": NOT_THEM,
    "LimitExceeded.DailyLimit": REFUSED,
    "LimitExceeded.AppDailyLimit": REFUSED,
    "LimitExceeded": soon(60),
    "RequestLimitExceeded": soon(2),
    "InvalidParameterValue.IncorrectPhoneNumber": NOT_THEM,
    "FailedOperation.PhoneNumberInBlacklist": NOT_THEM,
    "FailedOperation.PhoneNumberParseFail": NOT_THEM,
    "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone": NOT_THEM,
    "FailedOperation.InsufficientBalanceInSmsPackage": WAIT,
    "InvalidParameterValue.SdkAppIdNotExist": WAIT,
    "AuthFailure": WAIT,
    "UnauthorizedOperation": WAIT,
    # SignatureIncorrectOrUnapproved, TemplateIncorrectOrUnapproved, TemplateUnapprovedOrNotExist,
    # TemplateParamSetNotMatchApprovedTemplate, ContainSensitiveWord …
    "FailedOperation": REFUSED,
    # TemplateParameterFormatError, TemplateParameterLengthLimit, ContentLengthLimit …
    "InvalidParameterValue": REFUSED,
    "InvalidParameter": REFUSED,
    "MissingParameter": REFUSED,
    "UnsupportedOperation": REFUSED,
    "InternalError": UNCLEAR,
}


class TencentGateway:
    """The vendor's API by hand (docs/adr/0008-sms.md says why not by its SDK)."""

    def __init__(
        self, http: httpx.Client, clock: Clock, *, key_id: str, secret: str, app_id: str, signature: str,
        base: str = "",
    ) -> None:  # fmt: skip
        """``clock`` is the real one: the vendor takes a signature for five minutes."""
        self._http, self._clock, self._base = http, clock, (base or BASE).rstrip("/")
        self._key_id, self._secret = key_id, secret
        self._app_id, self._signature = app_id, signature

    def send(self, message: Message) -> str:
        body = {
            "PhoneNumberSet": [f"+86{message.phone}"],
            "SmsSdkAppId": self._app_id,
            "SignName": self._signature,
            "TemplateId": message.template,
            "TemplateParamSet": [value for _, value in message.params],
            "SessionContext": message.key,
        }
        content = json.dumps(body, ensure_ascii=False).encode()
        return _serial(post(self._http, f"{self._base}/", content, self._headers("SendSms", content)))

    def _headers(self, action: str, content: bytes) -> dict[str, str]:
        host, at = urlsplit(self._base).netloc, int(self._clock.now().timestamp())
        return {
            "Content-Type": _JSON,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Region": REGION,
            "X-TC-Timestamp": str(at),
            "Authorization": authorization(
                self._key_id, self._secret, SERVICE, host=host, action=action, content=content,
                day=self._clock.now().strftime("%Y-%m-%d"), at=at,
            ),
        }  # fmt: skip


def authorization(
    key_id: str, secret: str, service: str, *, host: str, action: str, content: bytes, day: str, at: int
) -> str:
    """TC3-HMAC-SHA256 over the body and the three headers that matter; ``day`` is the date of ``at`` in UTC."""
    signed = "content-type;host;x-tc-action"
    headers = f"content-type:{_JSON}\nhost:{host}\nx-tc-action:{action.lower()}\n"
    canonical = f"POST\n/\n\n{headers}\n{signed}\n{_sha(content)}"
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{_sha(canonical.encode())}"
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _serial(answer: Json) -> str:
    """The SMS's SerialNo.  The request can fail as a whole, or the one number in it."""
    response = answer.get("Response")
    if not isinstance(response, dict):
        raise SendError("no response", permanent=False, unknown_outcome=True)
    if isinstance(error := response.get("Error"), dict):
        raise failure(str(error.get("Code")), RULES)
    statuses = response.get("SendStatusSet")
    status = statuses[0] if isinstance(statuses, list) and statuses else None
    if not isinstance(status, dict):
        raise SendError("no status", permanent=False, unknown_outcome=True)
    if status.get("Code") != "Ok":
        raise failure(str(status.get("Code")), RULES)
    return str(status.get("SerialNo") or "")
