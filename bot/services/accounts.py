"""微信/支付宝用户 as we know them: made at first sight, touched by every message."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update

from bot.domain.accounts import AccountRef
from bot.services.people import A
from bot.services.tables import Record
from bot.store.db import UnitOfWork

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


def find(uow: UnitOfWork, channel: str, app_id: str, user: str) -> AccountRef | None:
    wanted = {"p_channel": channel, "p_app": app_id, "p_user": user}
    row = uow.execute(_FIND, wanted).first()
    return None if row is None else _ref(row)


def is_current(account: AccountRef, now: datetime, following: bool | None) -> bool:
    """Whether nothing has to be written."""
    seen = account.last_message_at
    fresh = following is False or (seen is not None and timedelta(0) <= now - seen < TOUCH_AFTER)
    return fresh and following in (None, account.following)


def make(
    uow: UnitOfWork, channel: str, app_id: str, user: str, now: datetime, following: bool | None
) -> None:
    row = {
        "channel": channel,
        "app_id": app_id,
        "openid": user,
        "following": following is not False,
        "created_at": now,
        "last_message_at": None if following is False else now,
        "preferences": {},
    }
    uow.execute(_INSERT, row)


def touch(uow: UnitOfWork, account: AccountRef, now: datetime, following: bool | None) -> None:
    """Leaving (following False) is no message: it opens no window."""
    values: dict[str, object] = {} if following is False else {"last_message_at": now}
    if following is not None:
        values["following"] = following
    uow.connection.execute(_UPDATE.values(values), {"account": account.id})


def _ref(row: Record) -> AccountRef:
    return AccountRef(row.id, row.channel, row.app_id, row.openid, row.last_message_at, row.following)
