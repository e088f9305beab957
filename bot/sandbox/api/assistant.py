"""就医助手 (``/cityservice/sendchannelmsg``): a card about one episode of care, under 服务通知.

The platform's own answer to a ``msg_id`` it has seen is not published; the stand-in says 40241, as for every message
that arrived before.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox import bubbles
from bot.sandbox.api.call import OK, Call
from bot.sandbox.errors import ApiError
from bot.sandbox.reply import Shown

BUSINESS = 150
BOOKED = 1501001
KNOWN = range(1_501_000, 1_506_000)
"""From 1501001, booked, to 15050xx, after the visit."""
_TITLES: Mapping[int, str] = {BOOKED: "预约挂号成功"}
_NEEDED = ("pat_name", "department_name", "appointment_time")
_LABELS: Mapping[str, str] = {
    "pat_name": "就诊人", "department_name": "科室", "doctor_name": "医生", "appointment_time": "就诊时间",
    "location": "地点", "remark": "说明",
}  # fmt: skip


def send(call: Call) -> dict[str, Any]:
    """Shown at once; the same msg_id never twice."""
    user = call.user(call.body.get("open_id"))
    if call.body.get("app_id") != call.work.account.app_id:
        raise ApiError(40013)
    if call.body.get("business_id") != BUSINESS:
        raise ApiError(47003, "business_id")
    status, order = _status(call), _order(call, user["openid"])
    message = call.text("msg_id", 47003)
    rows = _rows(call)
    if call.work.con.execute("SELECT 1 FROM assistant WHERE msg_id = ?", (message,)).fetchone():
        raise ApiError(40241)
    call.work.con.execute(
        "INSERT INTO assistant (msg_id, order_id, openid, status, at) VALUES (?, ?, ?, ?, ?)",
        (message, order, user["openid"], status, call.work.now),
    )
    title = _TITLES.get(status, "就诊服务提醒")
    body: dict[str, object] = {"from": "就医助手", "title": title, "rows": rows, "url": ""}
    bubbles.add(call.work.con, user["openid"], call.work.now, "account", Shown("notice", body))
    return dict(OK)


def _status(call: Call) -> int:
    status = call.body.get("status")
    if not isinstance(status, int) or status not in KNOWN:
        raise ApiError(47003, "status")
    return status


def _order(call: Call, openid: str) -> str:
    """An order is one patient's, for ever."""
    order = call.text("order_id", 47003)
    if len(order) > 64:
        raise ApiError(47003, "order_id")
    other = call.work.con.execute(
        "SELECT 1 FROM assistant WHERE order_id = ? AND openid != ?", (order, openid)
    ).fetchone()
    if other:
        raise ApiError(47003, "order_id belongs to another user")
    return order


def _rows(call: Call) -> list[dict[str, str]]:
    info = call.body.get("business_info")
    if not isinstance(info, Mapping) or not all(isinstance(value, str) for value in info.values()):
        raise ApiError(47003, "business_info")
    for name in _NEEDED:
        if not info.get(name):
            raise ApiError(47003, f"business_info.{name}")
    return [
        {"label": _LABELS.get(str(name), str(name)), "value": value} for name, value in info.items() if value
    ]
