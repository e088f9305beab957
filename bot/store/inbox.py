"""The inbox: every message is processed once, and every retry of it gets the answer of the first.

One row a message, decided by conditional statements: whoever inserts it works on it until the lease ends; whoever
comes later waits for the answer; whoever finds the lease over takes it over.  Whether the answer goes out passively
or through the outbox is decided by which of `finish` and `give_up` comes first.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.inbound import Inbound
from bot.domain.speech import Reply
from bot.store import inbox_sql as sql
from bot.store import outbox
from bot.store.db import Database, UnitOfWork
from bot.store.direct import Direct
from bot.store.models import Account, InboxMessage
from bot.store.words import Unreadable, open_inbound, open_replies, reply_aad, seal_inbound, seal_replies

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
"""A message that killed its process this often is left alone: it would kill the next one too."""
_POLL_SECONDS = 0.03

Replies = tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class New:
    """Ours to work on, until the lease ends."""

    id: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A retry: this was the answer.  Empty if it went, or will go, through the outbox."""

    replies: Replies


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody is working on it."""

    id: int


class Inbox:
    """The rows of ``inbox``.  Its statements may be forgotten by SQLite at a power cut (`bot.store.direct`):
    then a retry is processed again, and finds its booking by the idempotency key."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._claim = Direct(db, sql.claim(db), durable=False)
        self._seen = Direct(db, sql.seen(), durable=False)
        self._finish = Direct(db, sql.finish(db), durable=False)
        self._give_up = Direct(db, sql.give_up(), durable=False)
        self._outcome = Direct(db, sql.outcome(), durable=False)
        self._stale = Direct(db, sql.stale(db))
        self._newer = Direct(db, sql.newer_exists())
        self._purge = Direct(db, sql.purge())

    def claim(self, inbound: Inbound, lease: timedelta) -> New | Answered | Busy:
        """Begin with a message, or learn what became of it."""
        values = {
            "p_channel": inbound.channel,
            "p_dedup": inbound.dedup,
            "p_user": inbound.user,
            "p_body": seal_inbound(self._db.keys, inbound),
            **self._db.moments.values(lease),
        }
        if claimed := self._claim(values):
            return New(claimed[0][0])
        (found,) = self._seen(values)
        inbox_id, reply, done, late = found
        if done is not None:
            return Answered(self._replies(inbox_id, reply, late))
        return Answered(()) if late else Busy(inbox_id)

    def finish(self, inbox_id: int, replies: Replies) -> bool:
        """Store the answer.  True: the request still waits, answer passively.  False: it does not, and the answer
        is in the outbox, written in the same transaction, or somebody who had taken over has answered already."""
        blob = seal_replies(self._db.keys, replies, reply_aad(inbox_id))
        if self._finish({"p_id": inbox_id, "p_reply": blob, **self._db.moments.values()}):
            return True
        self._db.run(lambda uow: _finish_late(uow, inbox_id, replies, blob))
        return False

    def give_up(self, inbox_id: int) -> Replies | None:
        """Stop waiting for `finish`, which from now on answers through the outbox.  If it was faster: its answer."""
        if self._give_up({"p_id": inbox_id}):
            return None
        return self._answer(inbox_id)

    def wait(self, inbox_id: int, until: float) -> Replies | None:
        """For the answer somebody else is working on, until ``time.monotonic()`` is ``until``.

        ``()`` as soon as it is known that the outbox brings it; None if there is still nothing.
        """
        while True:
            answer = self._answer(inbox_id)
            left = until - time.monotonic()
            if answer is not None or left <= 0:
                return answer
            time.sleep(min(_POLL_SECONDS, left))

    def stale(self, limit: int, lease: timedelta = timedelta(seconds=30)) -> list[tuple[int, Inbound]]:
        """Take over messages whose process died, oldest first.  Nobody waits for them: the outbox will answer."""
        rows = self._stale({"p_limit": limit, "p_most": MAX_ATTEMPTS, **self._db.moments.values(lease)})
        found = []
        for inbox_id, body, channel, dedup in sorted(rows, key=lambda row: row[0]):
            try:
                found.append((inbox_id, open_inbound(self._db.keys, body, channel, dedup)))
            except Unreadable as why:  # it must not cost the others of this batch their tries
                log.error("inbox.unreadable id=%s why=%s", inbox_id, why)
        return found

    def newer_exists(self, inbox_id: int) -> bool:
        """Whether the patient has written again since: an old question is not answered into a new conversation."""
        return bool(self._newer({"p_id": inbox_id}))

    def purge(self, before: datetime) -> int:
        """Delete what was received before, except what nobody has answered yet; how many."""
        return len(self._purge({"p_before": before, "p_most": MAX_ATTEMPTS}))

    def _answer(self, inbox_id: int) -> Replies | None:
        rows = self._outcome({"p_id": inbox_id})
        if not rows:
            return None  # purged
        reply, done, late = rows[0]
        if done is not None:
            return self._replies(inbox_id, reply, late)
        return () if late else None

    def _replies(self, inbox_id: int, reply: bytes | None, late: bool) -> Replies:
        return () if late or reply is None else open_replies(self._db.keys, reply, reply_aad(inbox_id))


def _finish_late(uow: UnitOfWork, inbox_id: int, replies: Replies, blob: bytes) -> None:
    row = uow.session.execute(
        select(InboxMessage).where(InboxMessage.id == inbox_id).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.done_at is not None:
        return
    row.reply, row.done_at = blob, uow.now
    if not replies:
        return
    inbound = open_inbound(uow.keys, row.body, row.channel, row.dedup)
    account = uow.session.execute(
        select(Account.id).where(
            Account.channel == inbound.channel,
            Account.app_id == inbound.app_id,
            Account.openid == inbound.user,
        )
    ).scalar_one()
    outbox.put(uow, key=f"late:{inbox_id}:{row.received_at.timestamp():.6f}", kind="late_reply",
               account_id=account, replies=replies)  # fmt: skip
