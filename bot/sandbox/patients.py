"""What a patient does on the phone, turned into the messages and events that WeChat posts."""

import secrets
from collections.abc import Mapping
from typing import Any

from bot.sandbox import bubbles, xml
from bot.sandbox.core import Work
from bot.sandbox.reply import Shown

UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
"""What the platform hands to an account in place of a custom sticker."""


class NotPossible(Exception):
    """The phone cannot do that now; the words are for the person holding it."""


def create(work: Work, nickname: str) -> str:
    """A new WeChat user who does not follow the account yet."""
    openid = "o" + secrets.token_urlsafe(20)[:27]
    work.con.execute(
        "INSERT INTO patients (openid, nickname, following) VALUES (?, ?, 0)", (openid, nickname)
    )
    return openid


def meet(work: Work, openid: str) -> int | None:
    """The chat is opened for the first time: a newcomer follows the account."""
    return None if _user(work, openid)["followed_at"] is not None else follow(work, openid)


def follow(work: Work, openid: str, *, scene: str = "", ticket: str = "") -> int:
    """关注, by search or by a scene QR."""
    _user(work, openid)
    work.con.execute(
        "UPDATE patients SET following = 1, followed_at = ? WHERE openid = ?", (work.now, openid)
    )
    key: dict[str, xml.Value] = (
        {"EventKey": f"qrscene_{scene}", "Ticket": ticket} if scene else {"EventKey": ""}
    )
    _system(work, openid, "你已关注公众号")
    return _event(work, openid, "subscribe", key, opens_window=True)


def unfollow(work: Work, openid: str) -> int:
    """取消关注: consents and windows are gone with it."""
    _following(work, openid)
    work.con.execute(
        "UPDATE patients SET following = 0, message_at = NULL, event_at = NULL WHERE openid = ?", (openid,)
    )
    work.con.execute("DELETE FROM consents WHERE openid = ?", (openid,))
    _system(work, openid, "你已取消关注公众号")
    return _event(work, openid, "unsubscribe", {"EventKey": ""}, visible=False)


def scan(work: Work, openid: str, scene: str) -> int:
    """Scan a QR code that the hospital made with qrcode/create."""
    row = work.con.execute(
        "SELECT ticket, expires_at FROM qrcodes WHERE scene = ? ORDER BY rowid DESC LIMIT 1", (scene,)
    ).fetchone()
    if row is None:
        raise NotPossible("没有这个场景的二维码")
    if row["expires_at"] is not None and row["expires_at"] < work.now:
        raise NotPossible("二维码已过期")
    if not _user(work, openid)["following"]:
        return follow(work, openid, scene=scene, ticket=row["ticket"])
    _system(work, openid, f"你扫描了二维码：{scene}")
    return _event(work, openid, "SCAN", {"EventKey": scene, "Ticket": row["ticket"]}, opens_window=True)


def menu(work: Work, openid: str, kind: str, key: str) -> int:
    """Tap a leaf of the account's menu: CLICK answers in the chat, VIEW opens a page."""
    _following(work, openid)
    if kind == "view":
        return _event(work, openid, "VIEW", {"EventKey": key, "MenuId": 1}, visible=False)
    return _event(work, openid, "CLICK", {"EventKey": key}, opens_window=True)


def consent(work: Work, openid: str, answers: Mapping[str, bool], *, long_term: bool = False) -> int:
    """The answers to a subscription pop-up, by template: one acceptance is one message, unless its consent lasts."""
    _following(work, openid)
    for template, accepted in answers.items():
        if accepted:
            lasts = long_term or _lasting(work, template)
            work.con.execute(
                "INSERT INTO consents (openid, template_id, left_over, long_term) VALUES (?, ?, 1, ?)"
                " ON CONFLICT DO UPDATE SET left_over = left_over + 1, long_term = max(long_term, excluded.long_term)",
                (openid, template, lasts),
            )
    entries: tuple[Mapping[str, xml.Value], ...] = tuple(
        {"TemplateId": template, "SubscribeStatusString": _status(accepted), "PopupScene": 2}
        for template, accepted in answers.items()
    )
    fields: dict[str, xml.Value] = {"SubscribeMsgPopupEvent": {"List": entries}}
    return _event(work, openid, "subscribe_msg_popup_event", fields, visible=False)


def switch_off(work: Work, openid: str, template: str) -> int:
    """In WeChat's settings: no more messages of this template."""
    work.con.execute("DELETE FROM consents WHERE openid = ? AND template_id = ?", (openid, template))
    entry: dict[str, xml.Value] = {"TemplateId": template, "SubscribeStatusString": _status(False)}
    fields: dict[str, xml.Value] = {"SubscribeMsgChangeEvent": {"List": entry}}
    return _event(work, openid, "subscribe_msg_change_event", fields, visible=False)


def _status(accepted: bool) -> str:
    return "accept" if accepted else "reject"


def _lasting(work: Work, template: str) -> bool:
    return work.con.execute("SELECT 1 FROM lasting WHERE id = ?", (template,)).fetchone() is not None


def say(work: Work, openid: str, text: str, *, menu_id: str = "") -> int:
    """Type a text, or tap an option (``menu_id`` is the option's bizmsgmenuid)."""
    fields: dict[str, xml.Value] = {"MsgType": "text", "Content": text}
    if menu_id:
        fields["bizmsgmenuid"] = menu_id
    return _message(work, openid, fields, Shown("text", {"text": text}))


def send(work: Work, openid: str, kind: str, given: dict[str, str], site: str) -> int:
    """Everything that is not text.  ``site`` is where the sandbox serves its picture from."""
    media = secrets.token_urlsafe(32)
    match kind:
        case "voice":
            words = given.get("recognition", "")
            voice: dict[str, xml.Value] = {"MsgType": "voice", "MediaId": media, "Format": "amr"}
            if words:
                voice["Recognition"] = words
            return _message(work, openid, voice, Shown("voice", {"text": words}))
        case "image":
            picture = f"{site}/phone/static/report.svg"
            fields: dict[str, xml.Value] = {"MsgType": "image", "PicUrl": picture, "MediaId": media}
            return _message(work, openid, fields, Shown("image", {"sample": True}))
        case "location":
            label = given.get("label") or "示例市人民医院"
            spot: dict[str, xml.Value] = {
                "Location_X": 39.913423,
                "Location_Y": 116.368904,
                "Scale": 16,
                "Label": label,
            }
            return _message(work, openid, spot | {"MsgType": "location"}, Shown("location", {"text": label}))
        case "link":
            page: dict[str, xml.Value] = {
                "Title": given.get("title", "分享的文章"),
                "Description": given.get("description", ""),
                "Url": given.get("url", "https://example.com/"),
            }
            return _message(
                work, openid, page | {"MsgType": "link"}, Shown("link", {"text": str(page["Title"])})
            )
        case "sticker":
            return _message(work, openid, {"MsgType": "text", "Content": UNSUPPORTED}, Shown("sticker", {}))
        case "video" | "shortvideo":
            clip: dict[str, xml.Value] = {"MsgType": kind, "MediaId": media, "ThumbMediaId": media}
            return _message(work, openid, clip, Shown("video", {}))
        case "file":
            paper: dict[str, xml.Value] = {
                "MsgType": "file",
                "Title": given.get("title", "病历.pdf"),
                "FileTotalLen": 2048,
            }
            return _message(work, openid, paper, Shown("file", {"text": str(paper["Title"])}))
    raise NotPossible(f"不支持的消息类型：{kind}")


def _message(work: Work, openid: str, fields: dict[str, xml.Value], shown: Shown) -> int:
    """A message opens 48 hours and five messages for the customer-service API (WeChat 45015, 45047)."""
    _following(work, openid)
    work.con.execute(
        "UPDATE patients SET message_at = ?, sent_after_message = 0 WHERE openid = ?", (work.now, openid)
    )
    post_id = work.post(openid, fields, visible=True)
    bubbles.add(work.con, openid, work.now, "patient", shown, post_id=post_id)
    return post_id


def _event(
    work: Work,
    openid: str,
    name: str,
    fields: dict[str, xml.Value],
    *,
    visible: bool = True,
    opens_window: bool = False,
) -> int:
    """An event; a follow, a scan and a menu click open one minute and three messages."""
    if opens_window:
        work.con.execute(
            "UPDATE patients SET event_at = ?, sent_after_event = 0 WHERE openid = ?", (work.now, openid)
        )
    head: dict[str, xml.Value] = {"MsgType": "event", "Event": name}
    return work.post(openid, head | fields, visible=visible)


def _system(work: Work, openid: str, words: str) -> None:
    bubbles.add(work.con, openid, work.now, "system", Shown("note", {"text": words}))


def _user(work: Work, openid: str) -> dict[str, Any]:
    row = work.con.execute("SELECT * FROM patients WHERE openid = ?", (openid,)).fetchone()
    if row is None:
        raise NotPossible("没有这个微信用户")
    return dict(row)


def _following(work: Work, openid: str) -> None:
    if not _user(work, openid)["following"]:
        raise NotPossible("还没有关注公众号")
