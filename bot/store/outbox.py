"""The outbox: messages to send, written in the transaction of what caused them, sent by any number of workers.

A worker leases rows; the lease's token is what makes its acknowledgement count.  Whose lease ends before that was
too slow or died: `reap` gives the row to somebody else.
"""

import json
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.accounts import AccountRef
from bot.domain.notice import Notice
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.store import outbox_settle
from bot.store import outbox_sql as sql
from bot.store.db import Database, UnitOfWork
from bot.store.direct import Direct, Row, moment
from bot.store.outbox_types import KEEP, PRIORITIES, URGENT, Leased, Message, Settled, Stats, Tried, apart
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


def undelivered(uow: UnitOfWork, outbox_id: int, reason: str, *, platform_id: str = "") -> bool:
    """A receipt says that what was taken did not arrive: at once over the next rung.  False if the row has moved on;
    with ``platform_id`` it has to be the message of just this receipt."""
    values = {"p_id": outbox_id, "p_error": reason[:200], "p_platform": platform_id, "p_now": uow.now}
    return uow.execute(sql.UNDELIVERED, values).rowcount > 0


def resend(uow: UnitOfWork, ids: Sequence[int]) -> int:
    """Dead letters that staff want sent after all, from the top of their ladder; how many there were.  What has
    lost its meaning (``expires_at``) stays dead.  Who wanted it is the service's to audit."""
    return uow.execute(sql.RESEND[uow.dialect], {"ids": json.dumps(list(ids)), "now": uow.now}).rowcount


class Outbox:
    """The rows of ``outbox``, as delivery sees them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._claim = Direct(db, sql.claim(db))
        self._unreadable = Direct(db, sql.unreadable())
        self._lost = sql.lost(db)
        self._reap_unsure = Direct(db, sql.reap_unsure(db))
        self._expire = Direct(db, sql.expire(db))

    def claim(self, limit: int, lease: timedelta, *, rest: int | None = None) -> list[Leased]:
        """Due messages, most urgent first, at most one of an account and never past one that is still open.

        ``rest``: at most so many of those that are not urgent; the other slots are kept for who comes next.
        """
        token = secrets.token_hex(16)
        moments = self._db.moments.values(lease)
        rows: list[Row] = []
        for priority in PRIORITIES:  # one query each: ordered by both, a million future rows would cost 84 ms
            room = limit - len(rows)
            if priority > URGENT and rest is not None:
                room = min(room, rest - sum(row[sql.PRIORITY] > URGENT for row in rows))
            if room <= 0:
                break
            found = self._claim({"p_priority": priority, "p_limit": room, "p_token": token} | moments)
            rows += sorted(found, key=lambda row: (row[sql.DUE], row[sql.ID]))
        accounts = self._accounts({row[sql.ACCOUNT] for row in rows if row[sql.ACCOUNT] is not None})
        leased = (self._leased(row, token, accounts.get(row[sql.ACCOUNT])) for row in rows)
        return [each for each in leased if each is not None]

    def settle(self, settled: Sequence[Settled]) -> set[int]:
        """What became of them, in one transaction; the ids of those whose lease still held, and that so counted."""
        return self._db.run(lambda uow: outbox_settle.settle(uow, settled)) if settled else set()

    def undelivered(self, outbox_id: int, reason: str, *, platform_id: str = "") -> bool:
        """`undelivered` in a transaction of its own."""
        return self._db.run(lambda uow: undelivered(uow, outbox_id, reason, platform_id=platform_id))

    def reap(self) -> int:
        """What became of the leases of dead workers, and of messages nobody wants any more; how many were dealt with.

        It is unknown whether a dead worker's message went out: it goes again, a survey never does.
        """
        values = self._db.moments.values()
        again = self._db.run(lambda uow: self._again(uow, values))
        return again + sum(len(each(values)) for each in (self._reap_unsure, self._expire))

    def _again(self, uow: UnitOfWork, values: dict[str, Any]) -> int:
        lost = uow.execute(self._lost, values).fetchall()
        return uow.execute_many(
            sql.AGAIN,
            [
                {"p_id": row.id, "p_token": row.lease_token, "p_due": uow.now + apart(row.id, row.attempts)}
                for row in lost
            ],
        )

    def stats(self) -> Stats:
        with self._db.read() as uow:
            counts = {row.state.value: row.n for row in uow.connection.execute(sql.COUNTS)}
            oldest = uow.connection.execute(sql.OLDEST_DUE, {"now": uow.now}).scalar()
        return Stats({state.value: counts.get(state.value, 0) for state in OutboxState}, oldest)

    def _accounts(self, ids: set[int]) -> dict[int, AccountRef]:
        if not ids:
            return {}
        with self._db.read() as uow:
            found = uow.execute(sql.ACCOUNTS[uow.dialect], {"ids": json.dumps(sorted(ids))})
            return {row.id: AccountRef(*row) for row in found}

    def _leased(self, row: Row, token: str, account: AccountRef | None) -> Leased | None:
        """None for a row that cannot be read: it is dead, and holds up none of those claimed with it."""
        (row_id, _, _, key, kind, priority, body, attempts, expires_at, rung, push_id, campaign_id, patient_id,
         receipt) = row  # fmt: skip
        try:
            said = open_outbox(self._db.keys, body, outbox_aad(key))
        except Unreadable as why:
            log.error("outbox.unreadable id=%s kind=%s why=%s", row_id, kind, why)
            self._unreadable({"p_id": row_id, "p_token": token})
            return None
        notice, replies = (said, ()) if isinstance(said, Notice) else (None, said)
        return Leased(
            row_id, token, key, account, kind, priority, replies, attempts, moment(expires_at), notice, rung,
            push_id, campaign_id, patient_id, receipt,
        )  # fmt: skip
