"""What patient, bot and desk said to each other, decrypted for whoever answers; reading is written down (R15)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from bot.domain.inbound import Kind
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.services.context import Context, audit
from bot.services.desk.answering import OURS
from bot.services.desk.queue import A, Place
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import InboxMessage, OutboxMessage
from bot.store.words import Unreadable, open_inbound, open_replies, outbox_aad, reply_aad
from nlu.normalize import normalize
from nlu.redflags import red_flag

I, O = table(InboxMessage), table(OutboxMessage)  # noqa: E741
SHOWN = 40
"""Messages of the patient's, and of ours, the latest: what an answer needs."""
UNREADABLE = "（这一条读不出来）"
_ECHOES = ("late_reply", "more_reply")
"""What the inbox holds as an answer already."""
_SENT = {
    Kind.VOICE: "【语音】",
    Kind.IMAGE: "【图片】",
    Kind.VIDEO: "【视频】",
    Kind.FILE: "【文件】",
    Kind.LOCATION: "【位置】",
    Kind.LINK: "【链接】",
    Kind.STICKER: "【表情】",
    Kind.FOLLOW: "【关注了公众号】",
    Kind.UNFOLLOW: "【取消了关注】",
    Kind.SCAN: "【扫了二维码】",
    Kind.MENU: "【点了菜单】",
}


class Who(StrEnum):
    PATIENT = "patient"
    BOT = "bot"
    DESK = "desk"
    NOTICE = "notice"
    """A push: its kind's title alone."""


@dataclass(frozen=True, slots=True)
class Said:
    """One bubble."""

    who: Who
    text: str
    at: datetime
    danger: str = ""
    """The danger sign in the patient's words, by name."""
    state: OutboxState | None = None
    """Of what the desk said: whether it has gone out."""
    error: str = ""


def mark(uow: UnitOfWork, place: Place) -> str:
    """Another one as soon as there is anything new to see; costs no decryption and reveals nothing."""
    told = [(place.state, place.staff_no, place.following)]
    inbox = [(row.id, row.done_at is not None) for row in _received(uow, place)]
    outbox = [(row.id, row.state, row.error) for row in _put(uow, place)]
    return hashlib.sha256(repr((told, inbox, outbox)).encode()).hexdigest()[:24]


def read(uow: UnitOfWork, context: Context, place: Place) -> Sequence[Said]:
    """In the order in which it was said."""
    audit(uow, context, "handoff.read", f"handoff:{place.id}")
    said = [each for row in _received(uow, place) for each in _heard(uow, row)]
    said += [_told(uow, context, row) for row in _put(uow, place)]
    return sorted(said, key=lambda each: each.at)


def _received(uow: UnitOfWork, place: Place) -> Sequence[Record]:
    account = select(A.c.channel, A.c.openid).where(A.c.id == place.account_id).subquery()
    ours = (I.c.user == account.c.openid) & (I.c.channel == account.c.channel)
    return uow.connection.execute(select(I).join(account, ours).order_by(I.c.id.desc()).limit(SHOWN)).all()


def _put(uow: UnitOfWork, place: Place) -> Sequence[Record]:
    columns = (O.c.id, O.c.key, O.c.kind, O.c.body, O.c.state, O.c.error, O.c.created_at)
    ours = (O.c.account_id == place.account_id) & O.c.kind.not_in(_ECHOES)
    return uow.connection.execute(select(*columns).where(ours).order_by(O.c.id.desc()).limit(SHOWN)).all()


def _heard(uow: UnitOfWork, row: Record) -> list[Said]:
    try:
        inbound = open_inbound(uow.keys, row.body, row.channel, row.dedup)
        if inbound.kind in (Kind.RECEIPT, Kind.NOTICE):
            return []
        text = inbound.text or _SENT.get(inbound.kind, "")
        danger = (red_flag(normalize(inbound.text).text) if inbound.text else None) or ""
        replies = open_replies(uow.keys, row.reply, reply_aad(row.id)) if row.reply else ()
    except Unreadable:
        return [Said(Who.PATIENT, UNREADABLE, row.received_at)]
    heard = [Said(Who.PATIENT, text, row.received_at, danger)]
    return heard + [Said(Who.BOT, shown(reply), row.done_at or row.received_at) for reply in replies]


def _told(uow: UnitOfWork, context: Context, row: Record) -> Said:
    if row.kind not in OURS:
        title = context.kinds[row.kind].title if row.kind in context.kinds else row.kind
        return Said(Who.NOTICE, title, row.created_at, state=row.state, error=row.error)
    try:
        text = "\n".join(map(shown, open_replies(uow.keys, row.body, outbox_aad(row.key))))
    except Unreadable:
        text = UNREADABLE
    return Said(Who.DESK, text, row.created_at, state=row.state, error=row.error)


def shown(reply: Reply) -> str:
    """With what may be tapped, as a phone numbers it."""
    return "\n".join((reply.text, *(f"{n}. {option.label}" for n, option in enumerate(reply.options, 1))))
