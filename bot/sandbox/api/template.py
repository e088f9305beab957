"""Template messages and subscription notices: field limits, consents, duplicates, and the receipt that follows."""

import hashlib
import json
from collections.abc import Mapping
from sqlite3 import Row
from typing import Any

from bot.sandbox import bubbles, fields, xml
from bot.sandbox.api.call import OK, Call
from bot.sandbox.core import MSG_ID_BASE
from bot.sandbox.errors import ApiError
from bot.sandbox.reply import Shown

CLIENT_ID_LIFE = 600
SAME_MESSAGE = 60


def template_send(call: Call) -> dict[str, Any]:
    """Accepted at once; TEMPLATESENDJOBFINISH tells whether it arrived."""
    openid = call.text("touser", 40003)
    user = call.follower(openid)
    template = _template(call, "template")
    data = _data(call, template)
    client_id = str(call.body.get("client_msg_id") or "")
    earlier = _earlier(call, openid, template["id"], client_id)
    if earlier:
        return {**OK, "msgid": earlier}
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    _refuse_same(call, openid, template["id"], digest)
    msg_id = _remember(call, openid, template["id"], client_id, digest)
    if not user["blocks_pushes"]:
        _show(call, openid, template, data)
    status = "failed:user block" if user["blocks_pushes"] else "success"
    receipt: dict[str, xml.Value] = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": msg_id, "Status": status}
    call.work.post(openid, {"MsgType": "event", **receipt}, visible=False)
    return {**OK, "msgid": msg_id}


def subscribe_send(call: Call) -> dict[str, Any]:
    """One consent, one message (43101), unless the consent is long-term."""
    openid = call.text("touser", 40003)
    call.user(openid)
    template = _template(call, "subscribe")
    data = _data(call, template)
    used = call.work.con.execute(
        "UPDATE consents SET left_over = left_over - (1 - long_term)"
        " WHERE openid = ? AND template_id = ? AND (long_term OR left_over > 0) RETURNING openid",
        (openid, template["id"]),
    ).fetchone()
    if used is None:
        raise ApiError(43101)
    msg_id = _remember(call, openid, template["id"], "", "")
    _show(call, openid, template, data)
    entry: dict[str, xml.Value] = {
        "TemplateId": template["id"],
        "MsgID": str(msg_id),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    receipt: dict[str, xml.Value] = {
        "Event": "subscribe_msg_sent_event",
        "SubscribeMsgSentEvent": {"List": entry},
    }
    call.work.post(openid, {"MsgType": "event", **receipt}, visible=False)
    return {**OK, "msgid": msg_id}


def _template(call: Call, kind: str) -> Row:
    row = call.work.con.execute(
        "SELECT * FROM templates WHERE id = ? AND kind = ?", (str(call.body.get("template_id", "")), kind)
    ).fetchone()
    if row is None:
        raise ApiError(40037)
    return row  # type: ignore[no-any-return]


def _data(call: Call, template: Row) -> dict[str, str]:
    """The template's fields, each within the limits of its kind (47003)."""
    given = call.body.get("data")
    if not isinstance(given, Mapping):
        raise ApiError(47003)
    values: dict[str, str] = {}
    for name in json.loads(template["fields"]):
        value = given.get(name)
        words = value.get("value") if isinstance(value, Mapping) else None
        if not isinstance(words, str) or not fields.fits(name, words):
            raise ApiError(47003, f"data.{name}.value invalid")
        values[name] = words
    return values


def _earlier(call: Call, openid: str, template_id: str, client_id: str) -> int:
    """The message that the same client_msg_id made within ten minutes; 0 if none."""
    row = call.work.con.execute(
        "SELECT id FROM notices WHERE openid = ? AND template_id = ? AND client_id = ? AND client_id != '' AND at > ?",
        (openid, template_id, client_id, call.work.now - CLIENT_ID_LIFE),
    ).fetchone()
    return MSG_ID_BASE + int(row[0]) if row else 0


def _refuse_same(call: Call, openid: str, template_id: str, digest: str) -> None:
    since = call.work.now - SAME_MESSAGE
    same = call.work.con.execute(
        "SELECT 1 FROM notices WHERE openid = ? AND template_id = ? AND digest = ? AND at > ? AND at <= ?",
        (openid, template_id, digest, since, call.work.now),
    ).fetchone()
    if same:
        raise ApiError(40241)


def _remember(call: Call, openid: str, template_id: str, client_id: str, digest: str) -> int:
    row = call.work.con.execute(
        "INSERT INTO notices (openid, template_id, client_id, digest, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (openid, template_id, client_id, digest, call.work.now),
    ).fetchone()
    return MSG_ID_BASE + int(row[0])


def _show(call: Call, openid: str, template: Row, data: dict[str, str]) -> None:
    labels = json.loads(template["fields"])
    rows = [{"label": str(labels[name]), "value": value} for name, value in data.items()]
    source = "订阅通知" if template["kind"] == "subscribe" else "服务通知"
    url = str(call.body.get("page" if template["kind"] == "subscribe" else "url") or "")
    body = {"from": source, "title": template["title"], "rows": rows, "url": url}
    bubbles.add(call.work.con, openid, call.work.now, "account", Shown("notice", body))
