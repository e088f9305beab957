"""Delivery reports, in each vendor's form.  None of them is signed: a secret in the address stands for that."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.base import Refusal

MOST = 1000
"""Reports in one request; vendors send some hundred."""
_ID = 64
_REASON = 48


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one SMS; ``platform_id`` is what the gateway's ``send`` returned."""

    platform_id: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """How a vendor writes its reports, and what it wants to hear; anything else, and it sends them again."""

    read: Callable[[Mapping[str, Any]], Report]
    answer: Mapping[str, Any]


def _sandbox(raw: Mapping[str, Any]) -> Report:
    return Report(_id(raw["id"]), _truth(raw["ok"]), _reason(raw.get("reason")))


def _tencent(raw: Mapping[str, Any]) -> Report:
    status = raw["report_status"]
    if status not in ("SUCCESS", "FAIL"):
        raise ValueError("report_status")
    return Report(_id(raw["sid"]), status == "SUCCESS", _reason(raw.get("errmsg")))


def _alibaba(raw: Mapping[str, Any]) -> Report:
    return Report(_id(raw["biz_id"]), _truth(raw["success"]), _reason(raw.get("err_code")))


FORMATS: Mapping[str, Format] = {
    "sandbox": Format(_sandbox, {"ok": True}),
    "tencent": Format(_tencent, {"result": 0, "errmsg": "OK"}),
    "alibaba": Format(_alibaba, {"code": 0, "msg": "成功"}),
}


def read(form: Format, body: bytes) -> tuple[Report, ...]:
    """All the reports of one request, or a `Refusal`: half of them would be forgotten otherwise."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal("not json", 400) from None
    if not isinstance(given, list) or not given:
        raise Refusal("not a list of reports", 400)
    if len(given) > MOST:
        raise Refusal("too many reports", 413)
    reports = []
    for number, raw in enumerate(given):
        try:
            reports.append(form.read(raw))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refusal(f"report {number}: {type(error).__name__} {error}"[:120], 400) from None
    return tuple(reports)


def _id(value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool) or not 0 < len(str(value)) <= _ID:
        raise ValueError("id")
    return str(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not true or false")
    return value


def _reason(value: object) -> str:
    return str(value or "")[:_REASON]
