"""Tencent Cloud's door: SendSms 2021-01-11 under TC3-HMAC-SHA256, reports as its callback sends them."""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from sqlite3 import Row

from flask import Request

from bot.domain.clock import HOSPITAL_TZ
from bot.sandbox.sms.account import SmsAccount
from bot.sandbox.sms.door import Door, Json, body, strings, text
from bot.sandbox.sms.operator import Asked, Refused

FRESH = 300
_AUTH = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>[^/]+)/(?P<service>\w+)/tc3_request, ?"
    r"SignedHeaders=(?P<names>[\w;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
_OF_REQUEST = {
    "key": "AuthFailure.SecretIdNotFound",
    "sign": "AuthFailure.SignatureFailure",
    "stale": "AuthFailure.SignatureExpire",
    "shape": "InvalidParameter",
    "app": "InvalidParameterValue.SdkAppIdNotExist",
}
_OF_NUMBER = {
    "phone": "InvalidParameterValue.IncorrectPhoneNumber",
    "signature": "FailedOperation.SignatureIncorrectOrUnapproved",
    "template": "FailedOperation.TemplateIncorrectOrUnapproved",
    "params": "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
    "repeated": "LimitExceeded.PhoneNumberThirtySecondLimit",
    "minute": "LimitExceeded.DeliveryFrequencyLimit",
    "day": "LimitExceeded.PhoneNumberDailyLimit",
    "balance": "FailedOperation.InsufficientBalanceInSmsPackage",
    "blocked": "FailedOperation.PhoneNumberInBlacklist",
}


def _read(request: Request, account: SmsAccount, now: float) -> Asked:
    _check(request, account, now)
    given = body(request)
    numbers = strings(given.get("PhoneNumberSet"))
    if request.headers.get("X-TC-Action") != "SendSms" or len(numbers) != 1:
        raise Refused("shape")
    if given.get("SmsSdkAppId") != account.app_id:
        raise Refused("app")
    return Asked(
        phone=numbers[0].removeprefix("+86"),
        signature=text(given, "SignName"),
        template=text(given, "TemplateId"),
        params=strings(given.get("TemplateParamSet", [])),
        key=str(given.get("SessionContext") or ""),
    )


def _check(request: Request, account: SmsAccount, now: float) -> None:
    """The signature, over the headers that it names; host and content type have to be among them."""
    found = _AUTH.fullmatch(request.headers.get("Authorization", ""))
    stamp = request.headers.get("X-TC-Timestamp", "")
    if (
        found is None
        or not stamp.isdecimal()
        or not {"content-type", "host"} <= set(found["names"].split(";"))
    ):
        raise Refused("sign")
    if not account.key_id or found["key"] != account.key_id:
        raise Refused("key")
    if abs(now - int(stamp)) > FRESH or f"{datetime.fromtimestamp(int(stamp), UTC):%Y-%m-%d}" != found["day"]:
        raise Refused("stale")
    lines = []
    for name in found["names"].split(";"):
        value = request.headers.get(name, "").strip()
        lines.append(f"{name}:{value.lower() if name == 'x-tc-action' else value}\n")
    digest = hashlib.sha256(request.get_data()).hexdigest()
    asked = (
        f"{request.method}\n/\n{request.query_string.decode()}\n{''.join(lines)}\n{found['names']}\n{digest}"
    )
    scope = f"{found['day']}/{found['service']}/tc3_request"
    words = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = ("TC3" + account.secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(hmac.new(key, words.encode(), hashlib.sha256).hexdigest(), found["signature"]):
        raise Refused("sign")


def _accepted(sms_id: int, asked: Asked) -> Json:
    return _response({"SendStatusSet": [_status(_serial(sms_id), asked, "Ok", "send success")]})


def _refused(reason: str) -> tuple[Json, int]:
    """What is wrong with the number stands in its own status, what is wrong with the request in Error."""
    if code := _OF_REQUEST.get(reason):
        return _response({"Error": {"Code": code, "Message": reason}}), 200
    code = _OF_NUMBER.get(reason, reason)
    return _response({"SendStatusSet": [_status("", None, code, reason)]}), 200


def _status(serial: str, asked: Asked | None, code: str, words: str) -> Json:
    return {
        "SerialNo": serial,
        "PhoneNumber": f"+86{asked.phone}" if asked else "",
        "Fee": 1 if asked else 0,
        "SessionContext": asked.key if asked else "",
        "Code": code,
        "Message": words,
        "IsoCode": "CN",
    }


def _response(inside: Json) -> Json:
    return {"Response": {**inside, "RequestId": "a0aabda6-cf91-4f3e-a81f-9198114a2279"}}


def _report(row: Row) -> Json:
    at = datetime.fromtimestamp(row["at"], HOSPITAL_TZ)
    return {
        "user_receive_time": f"{at:%Y-%m-%d %H:%M:%S}",
        "nationcode": "86",
        "mobile": row["phone"],
        "report_status": "SUCCESS" if row["ok"] else "FAIL",
        "errmsg": row["reason"] or "DELIVRD",
        "description": "用户短信送达成功" if row["ok"] else "用户短信送达失败",
        "sid": _serial(row["id"]),
        "ext": row["key"],
    }


def _serial(sms_id: int) -> str:
    return f"2028:{sms_id:016x}"


TENCENT = Door(
    "tencent", "/tencent/", _read, _accepted, _refused, _report, lambda answer: answer.get("result") == 0
)
