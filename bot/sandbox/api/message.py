"""Customer-service messages (客服消息): text, image, news and tappable msgmenu, inside their windows."""

from collections.abc import Mapping
from sqlite3 import Row
from typing import Any

from bot.sandbox import bubbles
from bot.sandbox.api.call import OK, Call
from bot.sandbox.errors import ApiError
from bot.sandbox.reply import MAX_TEXT_BYTES, Shown

MESSAGE_WINDOW, MESSAGE_QUOTA = 48 * 3600, 5
EVENT_WINDOW, EVENT_QUOTA = 60, 3


def custom_send(call: Call) -> dict[str, Any]:
    """Shown in the chat at once."""
    openid = call.text("touser", 40003)
    user = call.follower(openid)
    shown = _shown(call)
    _use_window(call, user)
    bubbles.add(call.work.con, openid, call.work.now, "account", shown)
    return dict(OK)


def typing(call: Call) -> dict[str, Any]:
    """「对方正在输入…」: accepted, not shown."""
    call.follower(call.text("touser", 40003))
    return dict(OK)


def _use_window(call: Call, user: Row) -> None:
    """The short window of a click is spent first, the long one of a message after it; 45015 outside of both."""
    now, openid, con = call.work.now, user["openid"], call.work.con
    by_event = user["event_at"] is not None and now - user["event_at"] < EVENT_WINDOW
    by_message = user["message_at"] is not None and now - user["message_at"] < MESSAGE_WINDOW
    if not (by_event or by_message):
        raise ApiError(45015)
    if by_event and user["sent_after_event"] < EVENT_QUOTA:
        con.execute("UPDATE patients SET sent_after_event = sent_after_event + 1 WHERE openid = ?", (openid,))
    elif by_message and user["sent_after_message"] < MESSAGE_QUOTA:
        con.execute(
            "UPDATE patients SET sent_after_message = sent_after_message + 1 WHERE openid = ?", (openid,)
        )
    else:
        raise ApiError(45047)


def _shown(call: Call) -> Shown:
    kind = call.text("msgtype", 40008)
    given = call.body.get(kind)
    if kind not in ("text", "image", "news", "msgmenu"):
        raise ApiError(40008)
    if not isinstance(given, Mapping):
        raise ApiError(47001)
    match kind:
        case "text":
            return Shown("text", {"text": _words(given.get("content"))})
        case "image":
            return Shown("image", {"media": _media(call, str(given.get("media_id", "")))})
        case "news":
            return Shown("news", {"articles": _articles(given)})
    return Shown("msgmenu", _menu(given))


def _words(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ApiError(44004)
    if len(value.encode()) > MAX_TEXT_BYTES:
        raise ApiError(45002)
    return value


def _media(call: Call, media_id: str) -> str:
    if call.work.con.execute("SELECT 1 FROM media WHERE id = ?", (media_id,)).fetchone() is None:
        raise ApiError(40007)
    return media_id


def _articles(given: Mapping[str, Any]) -> list[dict[str, str]]:
    """One article, as the platform allows since 2018."""
    articles = given.get("articles")
    if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], Mapping):
        raise ApiError(47001, "one article is allowed")
    names = {"title": "title", "description": "description", "picurl": "picture", "url": "url"}
    return [{key: str(articles[0].get(name, "")) for name, key in names.items()}]


def _menu(given: Mapping[str, Any]) -> dict[str, Any]:
    options = given.get("list")
    if not isinstance(options, list) or not options:
        raise ApiError(47001, "msgmenu.list")
    listed = []
    for option in options:
        if not isinstance(option, Mapping) or not isinstance(option.get("id"), str | int):
            raise ApiError(47001, "msgmenu.list.id")
        listed.append({"id": str(option["id"]), "content": _words(option.get("content"))})
    head, tail = str(given.get("head_content") or ""), str(given.get("tail_content") or "")
    if len("".join([head, tail, *(item["content"] for item in listed)]).encode()) > MAX_TEXT_BYTES:
        raise ApiError(45002)
    return {"head_content": head, "list": listed, "tail_content": tail}
