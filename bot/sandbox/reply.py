"""Reading a passive reply as the platform does: what the patient then sees, or why it is refused."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from bot.sandbox import crypto, xml
from bot.sandbox.account import Account

MAX_TEXT_BYTES = 2048
UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"


class BadReply(ValueError):
    """The platform shows `UNAVAILABLE`; the reason is for developers."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One bubble: its kind and what it holds."""

    kind: str
    body: dict[str, object] = field(default_factory=dict)


def read(body: bytes, account: Account, openid: str, *, to_event: bool = False) -> Shown | None:
    """What ``body`` shows to ``openid``; None for `success`, an empty body or a hand-over to human service."""
    if body.strip() in (b"", b"success"):
        return None
    try:
        root = xml.parse(_open(body, account))
    except xml.NotXml as error:
        raise BadReply(f"neither XML, success nor empty: {error}") from None
    if _text(root, "ToUserName") != openid or _text(root, "FromUserName") != account.original_id:
        raise BadReply("ToUserName or FromUserName is not of this conversation")
    if not _text(root, "CreateTime").isdigit():
        raise BadReply("CreateTime is no number")
    return _shown(root, to_event)


def _open(body: bytes, account: Account) -> bytes:
    """The plain XML inside an encrypted reply; safe mode takes nothing else, plain mode nothing encrypted."""
    root = xml.parse(body)
    sealed = _text(root, "Encrypt")
    if not sealed:
        if account.mode == "safe":
            raise BadReply("safe mode wants an encrypted reply")
        return body
    if account.mode == "plain":
        raise BadReply("plain mode wants a plain reply")
    stamps = (_text(root, "TimeStamp"), _text(root, "Nonce"))
    if not crypto.verify(_text(root, "MsgSignature"), account.token, *stamps, sealed):
        raise BadReply("MsgSignature is wrong")
    try:
        return crypto.decrypt(sealed, account.aes_key, account.app_id)
    except crypto.BadCipher as error:
        raise BadReply(f"cannot be decrypted: {error}") from None


def _shown(root: Element, to_event: bool) -> Shown | None:
    kind = _text(root, "MsgType")
    match kind:
        case "text":
            content = _text(root, "Content")
            if not content.strip():
                raise BadReply("the text is empty")
            if len(content.encode()) > MAX_TEXT_BYTES:
                raise BadReply(f"the text has {len(content.encode())} bytes")
            return Shown("text", {"text": content})
        case "image":
            return Shown("image", {"media": _need(root, "Image/MediaId")})
        case "voice":
            return Shown("voice", {"media": _need(root, "Voice/MediaId")})
        case "video":
            return Shown(
                "video", {"media": _need(root, "Video/MediaId"), "title": _text(root, "Video/Title")}
            )
        case "music":
            return Shown("music", {"title": _text(root, "Music/Title"), "url": _text(root, "Music/MusicUrl")})
        case "news":
            return Shown("news", {"articles": _articles(root, to_event)})
        case "transfer_customer_service":
            return None
    raise BadReply(f"MsgType {kind!r} is unknown")


def _articles(root: Element, to_event: bool) -> list[dict[str, str]]:
    items = root.findall("Articles/item")
    if str(len(items)) != _text(root, "ArticleCount") or not 1 <= len(items) <= (8 if to_event else 1):
        raise BadReply("ArticleCount does not fit")
    names = {"Title": "title", "Description": "description", "PicUrl": "picture", "Url": "url"}
    return [{key: _text(item, name) for name, key in names.items()} for item in items]


def _text(root: Element, path: str) -> str:
    return root.findtext(path) or ""


def _need(root: Element, path: str) -> str:
    value = _text(root, path)
    if not value:
        raise BadReply(f"{path} is missing")
    return value
