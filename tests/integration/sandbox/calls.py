"""What the tests send to the stand-in's API, and what they read of its answers."""

import time
from typing import Any

from tests.integration.sandbox.conftest import Stand


def text(openid: str, words: str = "您好") -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": words}}


def code(answer: dict[str, Any]) -> int:
    return int(answer.get("errcode", 0))


def template(stand: Stand, kind: str = "template") -> str:
    fields = {"thing1": "科室", "phrase2": "状态", "time3": "时间"}
    stand.control("templates", {"id": "T1", "kind": kind, "title": "预约通知", "fields": fields})
    return "T1"


def notice(openid: str, **changes: Any) -> dict[str, Any]:
    data = {
        "thing1": {"value": "心内科"},
        "phrase2": {"value": "已预约"},
        "time3": {"value": "2026年11月24日 14:00"},
    }
    return {"touser": openid, "template_id": "T1", "data": data} | changes


def receipts(stand: Stand, count: int) -> list[Any]:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = [m for m in stand.hospital.received if getattr(m, "event", "") == "templatesendjobfinish"]
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError("no receipt")
