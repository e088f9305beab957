"""Alibaba Cloud's door: SendSms 2017-05-25 under ACS3-HMAC-SHA256, reports as its SmsReport push sends them."""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from sqlite3 import Row
from urllib.parse import parse_qsl, quote

from flask import Request

from bot.domain.clock import HOSPITAL_TZ
from bot.sandbox.sms.account import SmsAccount
from bot.sandbox.sms.door import Door, Json, text
from bot.sandbox.sms.operator import Asked, Refused

FRESH = 900
_AUTH = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<key>[^,]+),SignedHeaders=(?P<names>[\w;-]+),Signature=(?P<signature>[0-9a-f]{64})"
)
_NEEDED = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}
_FLOW = "isv.BUSINESS_LIMIT_CONTROL"
_CODES = {
    "shape": ("isv.INVALID_PARAMETERS", "参数格式不正确"),
    "phone": ("isv.MOBILE_NUMBER_ILLEGAL", "无效号码"),
    "signature": ("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名"),
    "template": ("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"),
    "params": ("isv.TEMPLATE_MISSING_PARAMETERS", "模板变量中存在未赋值变量"),
    "repeated": (_FLOW, "触发分钟级流控Permits:1"),
    "minute": (_FLOW, "触发分钟级流控Permits:1"),
    "day": (_FLOW, "触发天级流控Permits:10"),
    "balance": ("isv.AMOUNT_NOT_ENOUGH", "当前账户余额不足"),
    "blocked": ("isv.BLACK_KEY_CONTROL_LIMIT", "黑名单管控"),
}
_HTTP = {
    "key": ("InvalidAccessKeyId.NotFound", 404),
    "sign": ("SignatureDoesNotMatch", 400),
    "stale": ("InvalidTimeStamp.Expired", 400),
}


def _read(request: Request, account: SmsAccount, now: float) -> Asked:
    _check(request, account, now)
    if request.headers.get("x-acs-action") != "SendSms":
        raise Refused("shape")
    given = request.args.to_dict()
    try:
        params = json.loads(given.get("TemplateParam") or "{}")
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise Refused("shape")
    return Asked(
        phone=text(given, "PhoneNumbers"),
        signature=text(given, "SignName"),
        template=text(given, "TemplateCode"),
        params={name: str(value) for name, value in params.items()},
        key=given.get("OutId", ""),
    )


def _check(request: Request, account: SmsAccount, now: float) -> None:
    found = _AUTH.fullmatch(request.headers.get("Authorization", ""))
    if found is None or not set(found["names"].split(";")) >= _NEEDED:
        raise Refused("sign")
    if not account.key_id or found["key"] != account.key_id:
        raise Refused("key")
    if abs(now - _moment(request.headers["x-acs-date"])) > FRESH:
        raise Refused("stale")
    digest = hashlib.sha256(request.get_data()).hexdigest()
    lines = [f"{name}:{request.headers.get(name, '').strip()}\n" for name in found["names"].split(";")]
    asked = f"{request.method}\n/\n{_query(request)}\n{''.join(lines)}\n{found['names']}\n{digest}"
    words = "ACS3-HMAC-SHA256\n" + hashlib.sha256(asked.encode()).hexdigest()
    right = hmac.new(account.secret.encode(), words.encode(), hashlib.sha256).hexdigest()
    if (
        not hmac.compare_digest(right, found["signature"])
        or request.headers["x-acs-content-sha256"] != digest
    ):
        raise Refused("sign")


def _query(request: Request) -> str:
    """As the vendor reads it: decoded, sorted, escaped again; the SDKs write a blank as +."""
    pairs = sorted(parse_qsl(request.query_string.decode(), keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def _moment(stamp: str) -> float:
    try:
        return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _accepted(sms_id: int, asked: Asked) -> Json:
    return {"Code": "OK", "Message": "OK", "BizId": _biz(sms_id), "RequestId": "819BE656-D2E0-4858-8B21"}


def _refused(reason: str) -> tuple[Json, int]:
    if reason in _HTTP:
        code, status = _HTTP[reason]
        return {"Code": code, "Message": reason, "RequestId": "819BE656-D2E0-4858-8B21"}, status
    code, words = _CODES.get(reason, (reason, reason))
    return {"Code": code, "Message": words, "RequestId": "819BE656-D2E0-4858-8B21"}, 200


def _report(row: Row) -> Json:
    at = f"{datetime.fromtimestamp(row['at'], HOSPITAL_TZ):%Y-%m-%d %H:%M:%S}"
    return {
        "phone_number": row["phone"],
        "send_time": at,
        "report_time": at,
        "success": bool(row["ok"]),
        "err_code": row["reason"] or "DELIVERED",
        "err_msg": "用户接收成功" if row["ok"] else "用户接收失败",
        "sms_size": "1",
        "biz_id": _biz(row["id"]),
        "out_id": row["key"],
    }


def _biz(sms_id: int) -> str:
    return f"{900_000_000_000_000_000 + sms_id}^0"


ALIBABA = Door(
    "alibaba", "/alibaba/", _read, _accepted, _refused, _report, lambda answer: answer.get("code") == 0
)
