"""A message from a patient, as every channel hands it on and the inbox keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a patient sent.  Channels translate their own words into these."""

    TEXT = "text"
    VOICE = "voice"
    """A voice message without recognised text; with it, it is TEXT."""
    IMAGE = "image"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    STICKER = "sticker"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"
    """A QR code of ours; the scene is ``key``."""
    MENU = "menu"
    """A tap on the account's menu; the entry's key is ``key``."""
    RECEIPT = "receipt"
    """The platform reports what became of a push."""
    NOTICE = "notice"
    """Anything else the platform tells: recorded and acknowledged, never answered in words."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event, after signature, decryption and parsing."""

    channel: str
    """wechat | alipay"""
    app_id: str
    """The official account it was sent to (ToUserName / AppId)."""
    user: str
    """openid / user_id"""
    kind: Kind
    at: datetime
    """CreateTime, aware, UTC."""
    dedup: str
    """Unique per message, equal in every retry of it (facts/wechat.md)."""
    text: str = ""
    key: str = ""
    """Menu key or QR scene."""
    choice: str = ""
    """Id of the tapped option (bizmsgmenuid), where the platform tells it."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """The platform's other fields, for the log of receipts; never personal data."""
