"""What patients and the bot said, as it is stored: JSON, encrypted, bound to its row."""

import msgspec

from bot.domain.inbound import Inbound
from bot.domain.notice import Notice
from bot.domain.speech import Reply
from bot.store.keys import BadKeys, KeyRing

_encoder = msgspec.json.Encoder()
_replies = msgspec.json.Decoder(tuple[Reply, ...])
_inbound = msgspec.json.Decoder(Inbound)
_notice = msgspec.json.Decoder(Notice)


class Unreadable(Exception):
    """Its key is gone, or another release wrote it: this row, and no other, is out of order."""


def body_aad(channel: str, dedup: str) -> str:
    """Of an inbox row's message."""
    return f"inbox.body:{channel}:{dedup}"


def reply_aad(inbox_id: int) -> str:
    """Of an inbox row's answer."""
    return f"inbox.reply:{inbox_id}"


def outbox_aad(key: str) -> str:
    """Of an outbox row's message."""
    return f"outbox.body:{key}"


def campaign_aad(key: str) -> str:
    """Of what a broadcast says."""
    return f"campaigns.body:{key}"


def reason_aad(key: str) -> str:
    """Of what a patient tells the human desk."""
    return f"handoffs.reason:{key}"


def seal_inbound(keys: KeyRing, inbound: Inbound) -> bytes:
    return keys.encrypt(_encoder.encode(inbound), body_aad(inbound.channel, inbound.dedup))


def open_inbound(keys: KeyRing, blob: bytes, channel: str, dedup: str) -> Inbound:
    try:
        return _inbound.decode(keys.decrypt(blob, body_aad(channel, dedup)))
    except (BadKeys, msgspec.DecodeError) as error:
        raise Unreadable(type(error).__name__) from None


def seal_replies(keys: KeyRing, replies: tuple[Reply, ...], aad: str) -> bytes:
    return keys.encrypt(_encoder.encode(replies), aad)


def open_replies(keys: KeyRing, blob: bytes, aad: str) -> tuple[Reply, ...]:
    try:
        return _replies.decode(keys.decrypt(blob, aad))
    except (BadKeys, msgspec.DecodeError) as error:
        raise Unreadable(type(error).__name__) from None


def seal_notice(keys: KeyRing, notice: Notice, aad: str) -> bytes:
    return keys.encrypt(_encoder.encode(notice), aad)


def open_outbox(keys: KeyRing, blob: bytes, aad: str) -> "Notice | tuple[Reply, ...]":
    """An outbox row's body: a push's notice is a JSON object, a chat's replies are an array."""
    try:
        plain = keys.decrypt(blob, aad)
        return _notice.decode(plain) if plain[:1] == b"{" else _replies.decode(plain)
    except (BadKeys, msgspec.DecodeError) as error:
        raise Unreadable(type(error).__name__) from None
