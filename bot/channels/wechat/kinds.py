"""What each kind of WeChat message and event means to the house (facts: 接收普通消息, 接收事件推送)."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from bot.channels.base import Kind

log = logging.getLogger(__name__)

Fields = Mapping[str, str]

_WORD = re.compile(r"[A-Za-z0-9_]{1,48}")
_UNSUPPORTED = re.compile(r"[\[【]收到不支持的消息类型，暂无法显示[\]】]")
"""What the platform sends as text in the place of a sticker from the store."""
_SCENE = "qrscene_"

REPORTED = frozenset({
    "MsgID", "Status", "TemplateId", "SubscribeStatusString", "PopupScene", "ErrorCode", "ErrorStatus",
    "TotalCount", "FilterCount", "SentCount", "ErrorCount", "RevokeInfo",
})  # fmt: skip
"""Fields of events that are kept: what became of a push, what was consented to.  None of them is personal."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The house's words for a platform message."""

    kind: Kind
    text: str = ""
    key: str = ""
    choice: str = ""


MESSAGES: Mapping[str, Kind] = {
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
    "miniprogrampage": Kind.LINK,
    "emoji": Kind.STICKER,
}
"""Messages that carry no words."""

EVENTS: Mapping[str, Kind] = {
    "unsubscribe": Kind.UNFOLLOW,
    "scan": Kind.SCAN,
    "click": Kind.MENU,
    "scancode_waitmsg": Kind.MENU,  # the phone shows 「消息接收中」 until it is answered
    "view": Kind.NOTICE,
    "view_miniprogram": Kind.NOTICE,
    "location": Kind.NOTICE,  # the position reported on opening the chat; never kept
    "scancode_push": Kind.NOTICE,
    "pic_sysphoto": Kind.NOTICE,  # the pictures follow as messages of their own
    "pic_photo_or_album": Kind.NOTICE,
    "pic_weixin": Kind.NOTICE,
    "location_select": Kind.NOTICE,  # the place follows as a message of its own
    "templatesendjobfinish": Kind.RECEIPT,
    "masssendjobfinish": Kind.RECEIPT,
    "subscribe_msg_sent_event": Kind.RECEIPT,
    "subscribe_msg_popup_event": Kind.NOTICE,
    "subscribe_msg_change_event": Kind.NOTICE,
    "user_authorization_revoke": Kind.NOTICE,
    "user_authorization_cancellation": Kind.NOTICE,
    "user_info_modified": Kind.NOTICE,
}
"""Events whose key, if any, is ``EventKey`` as it stands."""


def meaning(fields: Fields) -> Meaning:
    """What a message or event means; what nobody knows is logged by name and acknowledged."""
    name = fields["MsgType"].strip().lower()
    if name == "event":
        return _event(fields)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(fields)
    if name not in MESSAGES:
        log.info("wechat.unknown message=%s", printable(name))
    return Meaning(MESSAGES.get(name, Kind.NOTICE))


def _text(fields: Fields) -> Meaning:
    words = fields.get("Content", "")
    if _UNSUPPORTED.fullmatch(words.strip()):
        return Meaning(Kind.STICKER)
    return Meaning(Kind.TEXT, text=words, choice=fields.get("bizmsgmenuid", "").strip())


def _voice(fields: Fields) -> Meaning:
    words = fields.get("Recognition", "").strip()
    return Meaning(Kind.TEXT, text=words) if words else Meaning(Kind.VOICE)


_SPECIAL: Mapping[str, Callable[[Fields], Meaning]] = {"text": _text, "voice": _voice}


def _event(fields: Fields) -> Meaning:
    name, key = fields.get("Event", "").strip().lower(), fields.get("EventKey", "").strip()
    if name == "subscribe":
        return Meaning(Kind.FOLLOW, key=key.removeprefix(_SCENE) if key.startswith(_SCENE) else "")
    if name not in EVENTS:
        log.info("wechat.unknown event=%s", printable(name))
    kind = EVENTS.get(name, Kind.NOTICE)
    return Meaning(kind, key=key if kind in (Kind.SCAN, Kind.MENU) else "")


def extra(fields: Fields, root: Element) -> dict[str, str]:
    """An event's name and its reported fields; those of a list are numbered (``TemplateId``, ``TemplateId.1``)."""
    if fields["MsgType"].strip().lower() != "event":
        return {}
    found = {"event": printable(fields.get("Event", "").strip().lower())}
    for name, value in _reported(root):
        again = sum(known.partition(".")[0] == name for known in found)
        found[f"{name}.{again}" if again else name] = value
    return found


def _reported(root: Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        if element.tag in REPORTED and element.text:
            yield element.tag, element.text[:128]


def dedup(fields: Fields) -> str:
    """Equal in every retry of a message, different for every other one.

    Messages: MsgId + FromUserName + CreateTime.  Events have no MsgId: FromUserName + CreateTime + Event +
    EventKey (+ MsgID, TemplateId).  Kept short, since idempotency keys are made from it.
    """
    common = (fields["FromUserName"], fields["CreateTime"])
    if fields.get("MsgId"):
        return ":".join(("m", fields["MsgId"], *common))
    names = ("MsgType", "Event", "EventKey", "MsgID", "TemplateId", "Content", "MediaId")
    rest = "\0".join(fields.get(name, "") for name in names)
    return ":".join(("e", hashlib.sha256(rest.encode()).hexdigest()[:20], *common))


def printable(name: str) -> str:
    """A name from outside, fit for a log line."""
    return name if _WORD.fullmatch(name) else "?"
