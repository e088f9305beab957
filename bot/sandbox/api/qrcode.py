"""QR codes with a scene: temporary up to 30 days, scene_str up to 64 characters."""

import secrets
from collections.abc import Mapping
from typing import Any

from bot.sandbox.api.call import Call
from bot.sandbox.core import Work
from bot.sandbox.errors import ApiError

MAX_SECONDS = 2_592_000


def create(call: Call) -> dict[str, Any]:
    """A ticket; the phone scans it by its scene."""
    action = call.body.get("action_name")
    if action not in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE", "QR_SCENE", "QR_LIMIT_SCENE"):
        raise ApiError(40052)
    scene = _scene(call, by_text="STR" in str(action))
    expires: int | None = None
    if "LIMIT" not in str(action):
        expires = call.body.get("expire_seconds", 60)
        if not isinstance(expires, int) or not 1 <= expires <= MAX_SECONDS:
            raise ApiError(40053, "expire_seconds")
    answer: dict[str, Any] = {"ticket": keep(call.work, scene, expires)}
    if expires is not None:
        answer["expire_seconds"] = expires
    return answer | {"url": f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"}


def keep(work: Work, scene: str, seconds: int | None) -> str:
    """Remember a code; the ticket."""
    ticket = "gQ" + secrets.token_urlsafe(48)
    expires = None if seconds is None else work.now + seconds
    work.con.execute(
        "INSERT INTO qrcodes (ticket, scene, expires_at) VALUES (?, ?, ?)", (ticket, scene, expires)
    )
    return ticket


def _scene(call: Call, *, by_text: bool) -> str:
    info = call.body.get("action_info")
    scene = info.get("scene") if isinstance(info, Mapping) else None
    if not isinstance(scene, Mapping):
        raise ApiError(40053)
    value = scene.get("scene_str" if by_text else "scene_id")
    if by_text and isinstance(value, str) and 1 <= len(value) <= 64:
        return value
    if not by_text and isinstance(value, int) and value > 0:
        return str(value)
    raise ApiError(40053)
