"""微信/支付宝用户 as we know them: made at first sight, touched by every message."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.accounts import AccountRef
from bot.services import subscriptions
from bot.services.context import write_audit
from bot.services.people import A, G
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import Consent
from bot.store.types import UtcDateTime

TOUCH_AFTER = timedelta(minutes=1)
"""A write per message would double the cost of a turn; a 48-hour window can spare a minute."""

_FIND = select(
    A.c.id, A.c.channel, A.c.app_id, A.c.openid, A.c.last_message_at, A.c.following
).where(
    A.c.channel == bindparam("p_channel"),
    A.c.app_id == bindparam("p_app"),
    A.c.openid == bindparam("p_user"),
)  # fmt: skip
_INSERT = insert(A).inline()
_UPDATE = update(A).where(A.c.id == bindparam("account"))
_C = table(Consent)
_MARK = update(A).where(A.c.id == bindparam("account"), A.c.following).values(following=False)
_UNBIND = (
    update(A)
    .where(A.c.id == bindparam("account"), A.c.following | A.c.last_message_at.isnot(None))
    .values(following=False, last_message_at=None)
)
_FORGET = update(A).where(A.c.id == bindparam("account")).values(openid=bindparam("p_openid"))
_UNLINK = (
    update(G)
    .where(G.c.account_id == bindparam("account"), G.c.ended_at.is_(None))
    .values(ended_at=bindparam("p_now", type_=UtcDateTime))
)
_WITHDRAW = (
    update(_C)
    .where(_C.c.account_id == bindparam("account"), _C.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("p_now", type_=UtcDateTime))
)


def find(uow: UnitOfWork, channel: str, app_id: str, user: str) -> AccountRef | None:
    wanted = {"p_channel": channel, "p_app": app_id, "p_user": user}
    row = uow.execute(_FIND, wanted).first()
    return None if row is None else _ref(row)


def met(uow: UnitOfWork, channel: str, app_id: str, user: str) -> AccountRef:
    """The account of somebody who has done something that is no message: it opens no window (WeChat 45015)."""
    known = find(uow, channel, app_id, user)
    if known is None:
        insert_new = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
        row = _row(channel, app_id, user, uow.now, last_message_at=None)
        uow.connection.execute(insert_new(A).values(row).on_conflict_do_nothing())
        known = find(uow, channel, app_id, user)
        assert known is not None
    return known


def is_current(account: AccountRef, now: datetime, following: bool | None) -> bool:
    """Whether nothing has to be written."""
    seen = account.last_message_at
    fresh = following is False or (seen is not None and timedelta(0) <= now - seen < TOUCH_AFTER)
    return fresh and following in (None, account.following)


def make(
    uow: UnitOfWork, channel: str, app_id: str, user: str, now: datetime, following: bool | None
) -> None:
    row = _row(channel, app_id, user, now, last_message_at=None if following is False else now)
    uow.execute(_INSERT, row | {"following": following is not False})


def _row(
    channel: str, app_id: str, user: str, now: datetime, *, last_message_at: datetime | None
) -> dict[str, object]:
    return {
        "channel": channel,
        "app_id": app_id,
        "openid": user,
        "following": True,
        "created_at": now,
        "last_message_at": last_message_at,
        "preferences": {},
    }


def touch(uow: UnitOfWork, account: AccountRef, now: datetime, following: bool | None) -> None:
    """Leaving (following False) is no message: it opens no window."""
    values: dict[str, object] = {} if following is False else {"last_message_at": now}
    if following is not None:
        values["following"] = following
    uow.connection.execute(_UPDATE.values(values), {"account": account.id})


def unfollowed(uow: UnitOfWork, account_id: int) -> None:
    """WeChat 43004: not a follower, whatever we thought.  The next message puts it right."""
    if uow.execute(_MARK, {"account": account_id}).rowcount:
        _audit(uow, account_id, "account.unfollowed")


def unbind(uow: UnitOfWork, account_id: int) -> None:
    """WeChat 40003: the platform does not know this openid.  Nothing goes there until it is heard of again; whom it
    looks after stays, since an AppID set wrongly makes every openid unknown."""
    if uow.execute(_UNBIND, {"account": account_id}).rowcount:
        _audit(uow, account_id, "account.unbound")


def closed(uow: UnitOfWork, account_id: int, key: str) -> None:
    """The user has given up their WeChat account (user_authorization_cancellation): the openid is forgotten, the links
    to patients end, consents are withdrawn.  The patients' records are the hospital's to keep (R15)."""
    uow.execute(_UNBIND, {"account": account_id})
    uow.execute(_UNLINK, {"account": account_id, "p_now": uow.now})
    uow.execute(_WITHDRAW, {"account": account_id, "p_now": uow.now})
    subscriptions.revoke_all(uow, account_id, key)
    uow.execute(_FORGET, {"account": account_id, "p_openid": f"closed:{account_id}"})
    _audit(uow, account_id, "account.closed")


def authorization_revoked(uow: UnitOfWork, account_id: int, what: str) -> None:
    """The user took back leave to read their profile (user_authorization_revoke).  We keep neither nickname nor
    portrait nor phone from there: nothing to delete, but it is written down."""
    _audit(uow, account_id, "account.authorization_revoked", what=what)


def unbound(account: AccountRef) -> bool:
    """Neither following nor ever heard of since: the platform would not know the openid."""
    return not account.following and account.last_message_at is None


def _audit(uow: UnitOfWork, account_id: int, action: str, **detail: str) -> None:
    write_audit(
        uow, at=uow.now, actor="system:wechat", action=action, subject=f"account:{account_id}", **detail
    )


def _ref(row: Record) -> AccountRef:
    return AccountRef(row.id, row.channel, row.app_id, row.openid, row.last_message_at, row.following)
