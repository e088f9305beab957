"""The account's menu: three buttons of five, within the platform's sizes."""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.api.call import OK, Call
from bot.sandbox.errors import ApiError

_KEYED = frozenset(
    {"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin"}
)


def create(call: Call) -> dict[str, Any]:
    """Replace the menu; the phones show it at once."""
    buttons = call.body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise ApiError(40016)
    for button in buttons:
        _check(button, 16, top=True)
    call.work.con.execute(
        "INSERT INTO menu (id, body, version) VALUES (1, ?, 1)"
        " ON CONFLICT DO UPDATE SET body = excluded.body, version = version + 1",
        (json.dumps({"button": buttons}, ensure_ascii=False),),
    )
    return dict(OK)


def get(call: Call) -> dict[str, Any]:
    row = call.work.con.execute("SELECT body FROM menu").fetchone()
    if row is None:
        raise ApiError(46003)
    return {"menu": json.loads(row["body"])}


def delete(call: Call) -> dict[str, Any]:
    call.work.con.execute("DELETE FROM menu")
    return dict(OK)


def _check(button: object, name_bytes: int, *, top: bool) -> None:
    if not isinstance(button, Mapping):
        raise ApiError(47001)
    name = button.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= name_bytes:
        raise ApiError(40018)
    subs = button.get("sub_button")
    if top and subs:
        if not isinstance(subs, list) or len(subs) > 5:
            raise ApiError(40023)
        for sub in subs:
            _check(sub, 60, top=False)
        return
    kind = button.get("type")
    if kind == "view":
        _sized(button.get("url"), 1024, 40020)
    elif kind in _KEYED:
        _sized(button.get("key"), 128, 40019)
    else:
        raise ApiError(40017)


def _sized(value: object, most: int, errcode: int) -> None:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise ApiError(errcode)
