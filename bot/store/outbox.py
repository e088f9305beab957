"""The outbox: messages to send, written in the transaction of what caused them, sent by any number of workers.

A worker leases rows; the lease's token is what makes its acknowledgement count.  Whose lease ends before that was
too slow or died: `reap` gives the row to somebody else.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.domain.accounts import AccountRef
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.store import outbox_sql as sql
from bot.store.db import Database, UnitOfWork
from bot.store.direct import Direct, Row, moment
from bot.store.models import Account
from bot.store.words import Unreadable, open_replies, outbox_aad, seal_replies

log = logging.getLogger(__name__)

PRIORITIES = (0, 1, 2, 3)
"""Suspension; payment, booking and chat; reminder; survey."""
KEEP = timedelta(hours=48)
"""WeChat takes no 客服消息 later than this after the patient's last message (45015)."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that is ours to send until the lease ends."""

    id: int
    token: str
    key: str
    account: AccountRef
    kind: str
    priority: int
    replies: tuple[Reply, ...]
    attempts: int
    """This one included."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Stats:
    """For the metrics."""

    by_state: dict[str, int]
    oldest_due: datetime | None
    """Since when the longest-waiting message has been due; None if none is."""


def put(
    uow: UnitOfWork,
    *,
    key: str,
    kind: str,
    account_id: int,
    replies: tuple[Reply, ...],
    priority: int = 1,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> bool:
    """Have it sent once this transaction commits.  False if the key is there already: it is never sent twice."""
    due = due_at or uow.now
    values = {
        "key": key,
        "kind": kind,
        "account_id": account_id,
        "priority": priority,
        "body": seal_replies(uow.keys, replies, outbox_aad(key)),
        "state": OutboxState.PENDING,
        "due_at": due,
        "expires_at": expires_at or due + KEEP,
        "attempts": 0,
        "error": "",
        "platform_id": "",
        "created_at": uow.now,
    }
    return uow.connection.execute(sql.put(uow.dialect), values).first() is not None


class Outbox:
    """The rows of ``outbox``, as delivery sees them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._claim = Direct(db, sql.claim(db))
        self._sent = Direct(db, sql.sent(db))
        self._retry = Direct(db, sql.retry())
        self._dead = Direct(db, sql.dead())
        self._reap_again = Direct(db, sql.reap_again(db))
        self._reap_unsure = Direct(db, sql.reap_unsure(db))
        self._expire = Direct(db, sql.expire(db))

    def claim(self, limit: int, lease: timedelta) -> list[Leased]:
        """Due messages, most urgent first, at most one of an account and never past one that is still open."""
        token = secrets.token_hex(16)
        rows: list[Row] = []
        for priority in PRIORITIES:  # one query each: ordered by both, a million future rows would cost 84 ms
            wanted = {"p_priority": priority, "p_limit": limit - len(rows), "p_token": token}
            found = self._claim(wanted | self._db.moments.values(lease))
            rows += sorted(found, key=lambda row: (row[sql.DUE], row[sql.ID]))
            if len(rows) >= limit:
                break
        accounts = self._accounts({row[sql.ACCOUNT] for row in rows})
        leased = (self._leased(row, token, accounts[row[sql.ACCOUNT]]) for row in rows)
        return [each for each in leased if each is not None]

    def sent(self, leased: Leased, platform_id: str) -> bool:
        """The platform took it.  False: the lease was over, and somebody else may have sent it too."""
        return self._acknowledge(self._sent, leased, p_platform=platform_id)

    def retry(self, leased: Leased, error: str, due_at: datetime) -> bool:
        """Try again then; later messages to the account wait for it.  Past its expiry it is dead instead."""
        if due_at >= leased.expires_at:
            return self.dead(leased, error)
        return self._acknowledge(self._retry, leased, p_error=error[:200], p_due=due_at)

    def dead(self, leased: Leased, error: str) -> bool:
        """It will not be sent; staff see it."""
        return self._acknowledge(self._dead, leased, p_error=error[:200])

    def reap(self) -> int:
        """What became of the leases of dead workers, and of messages nobody wants any more; how many were dealt with.

        It is unknown whether a dead worker's message went out: it goes again, a survey never does.
        """
        values = self._db.moments.values()
        return sum(len(each(values)) for each in (self._reap_again, self._reap_unsure, self._expire))

    def stats(self) -> Stats:
        with self._db.read() as uow:
            counts = {row.state.value: row.n for row in uow.connection.execute(sql.COUNTS)}
            oldest = uow.connection.execute(sql.OLDEST_DUE, {"now": uow.now}).scalar()
        return Stats({state.value: counts.get(state.value, 0) for state in OutboxState}, oldest)

    def _acknowledge(self, statement: Direct, leased: Leased, **values: Any) -> bool:
        own = {"p_id": leased.id, "p_token": leased.token}
        return bool(statement(own | values | self._db.moments.values()))

    def _accounts(self, ids: set[int]) -> dict[int, AccountRef]:
        if not ids:
            return {}
        wanted = select(
            Account.id,
            Account.channel,
            Account.app_id,
            Account.openid,
            Account.last_message_at,
            Account.following,
        ).where(Account.id.in_(ids))
        with self._db.read() as uow:
            return {row.id: AccountRef(*row) for row in uow.connection.execute(wanted)}

    def _leased(self, row: Row, token: str, account: AccountRef) -> Leased | None:
        """None for a row that cannot be read: it is dead, and holds up none of those claimed with it."""
        row_id, _, _, key, kind, priority, body, attempts, expires_at = row
        try:
            replies = open_replies(self._db.keys, body, outbox_aad(key))
        except Unreadable as why:
            log.error("outbox.unreadable id=%s kind=%s why=%s", row_id, kind, why)
            self._dead({"p_id": row_id, "p_token": token, "p_error": "unreadable"})
            return None
        return Leased(row_id, token, key, account, kind, priority, replies, attempts, moment(expires_at))
