"""Who a user is (almost nothing, since 2021), and pictures uploaded for sending."""

import secrets
from typing import Any

from bot.sandbox.api.call import Call
from bot.sandbox.errors import ApiError

_MEDIA = {"image": ("image/png", "image/jpeg", "image/gif")}


def info(call: Call) -> dict[str, Any]:
    """Nickname and portrait are no longer given; a non-follower is only `subscribe: 0`."""
    row = call.user(call.args.get("openid", ""))
    if not row["following"]:
        return {"subscribe": 0, "openid": row["openid"]}
    return {
        "subscribe": 1,
        "openid": row["openid"],
        "language": "zh_CN",
        "subscribe_time": int(row["followed_at"] or 0),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_SEARCH",
    }


def upload(call: Call) -> dict[str, Any]:
    """A temporary picture, kept three days."""
    kinds = _MEDIA.get(call.args.get("type", ""))
    if kinds is None or (call.upload is not None and call.upload.mime not in kinds):
        raise ApiError(40004)
    if call.upload is None or not call.upload.data:
        raise ApiError(41005)
    con, now = call.work.con, call.work.now
    media_id = secrets.token_urlsafe(48)
    con.execute("DELETE FROM media WHERE at < ?", (now - 3 * 86400,))
    con.execute(
        "INSERT INTO media (id, mime, data, at) VALUES (?, ?, ?, ?)",
        (media_id, call.upload.mime, call.upload.data, now),
    )
    return {"type": "image", "media_id": media_id, "created_at": int(now)}
