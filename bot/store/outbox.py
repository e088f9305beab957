"""The outbox: messages to send, written in the transaction of what caused them, sent by any number of workers.

A worker leases rows; the lease's token is what makes its acknowledgement count.  Whose lease ends before that was
too slow or died: `reap` gives the row to somebody else.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.domain.accounts import AccountRef
from bot.domain.notice import Notice
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.store import outbox_sql as sql
from bot.store.db import Database, UnitOfWork
from bot.store.direct import Direct, Row, moment
from bot.store.models import Account
from bot.store.outbox_types import KEEP, PRIORITIES, Leased, Message, Settled, Stats, Tried
from bot.store.words import Unreadable, open_outbox, outbox_aad, seal_notice, seal_replies

__all__ = [
    "KEEP",
    "PRIORITIES",
    "Leased",
    "Message",
    "Outbox",
    "Settled",
    "Stats",
    "Tried",
    "put",
    "put_many",
]

log = logging.getLogger(__name__)


def put(
    uow: UnitOfWork,
    *,
    key: str,
    kind: str,
    account_id: int | None,
    replies: tuple[Reply, ...] = (),
    notice: Notice | None = None,
    priority: int = 1,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    push_id: int | None = None,
    campaign_id: int | None = None,
    patient_id: str | None = None,
) -> bool:
    """Have it sent once this transaction commits.  False if the key is there already: it is never sent twice."""
    message = Message(
        key, kind, account_id, replies, notice, priority, due_at, expires_at, push_id, campaign_id, patient_id
    )
    return uow.execute(sql.put(uow.dialect), _values(uow, message)).rowcount > 0


def put_many(uow: UnitOfWork, rows: Sequence[Message]) -> int:
    """Many at once; how many were new."""
    return uow.execute_many(sql.put(uow.dialect), [_values(uow, row) for row in rows])


def _values(uow: UnitOfWork, message: Message) -> dict[str, Any]:
    due = message.due_at or uow.now
    aad = outbox_aad(message.key)
    if message.notice is None:
        body = seal_replies(uow.keys, message.replies, aad)
    else:
        body = seal_notice(uow.keys, message.notice, aad)
    return {
        "key": message.key,
        "kind": message.kind,
        "account_id": message.account_id,
        "push_id": message.push_id,
        "campaign_id": message.campaign_id,
        "patient_id": message.patient_id,
        "priority": message.priority,
        "body": body,
        "rung": 0,
        "road": "",
        "receipt": "",
        "state": OutboxState.PENDING,
        "due_at": due,
        "expires_at": message.expires_at or due + KEEP,
        "attempts": 0,
        "error": "",
        "platform_id": "",
        "created_at": uow.now,
    }


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
        accounts = self._accounts({row[sql.ACCOUNT] for row in rows if row[sql.ACCOUNT] is not None})
        leased = (self._leased(row, token, accounts.get(row[sql.ACCOUNT])) for row in rows)
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

    def _leased(self, row: Row, token: str, account: AccountRef | None) -> Leased | None:
        """None for a row that cannot be read: it is dead, and holds up none of those claimed with it."""
        (row_id, _, _, key, kind, priority, body, attempts, expires_at, rung, push_id, campaign_id, patient_id,
         receipt) = row  # fmt: skip
        try:
            said = open_outbox(self._db.keys, body, outbox_aad(key))
        except Unreadable as why:
            log.error("outbox.unreadable id=%s kind=%s why=%s", row_id, kind, why)
            self._dead({"p_id": row_id, "p_token": token, "p_error": "unreadable"})
            return None
        notice, replies = (said, ()) if isinstance(said, Notice) else (None, said)
        return Leased(
            row_id, token, key, account, kind, priority, replies, attempts, moment(expires_at), notice, rung,
            push_id, campaign_id, patient_id, receipt,
        )  # fmt: skip
