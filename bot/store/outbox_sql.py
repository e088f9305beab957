"""The statements of the outbox, but for the acknowledgement (`bot.store.outbox_settle`)."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Update,
    bindparam,
    false,
    func,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from bot.domain.states import OutboxState
from bot.store.db import Database
from bot.store.models import Account, table
from bot.store.models import OutboxMessage as Row
from bot.store.outbox_settle import STANDING
from bot.store.outbox_types import PRIORITIES, ROUND, SURVEY
from bot.store.types import UtcDateTime, written

_outbox = table(Row)
_PENDING, _SENDING = Row.state == written(OutboxState.PENDING), Row.state == written(OutboxState.SENDING)
DEADLY = 10
"""Leases lost: a message that kills its worker again and again is not handed to the next one."""

COUNTS = select(Row.state, func.count().label("n")).group_by(Row.state)
OLDEST_DUE = select(func.min(Row.due_at)).where(_PENDING, Row.due_at <= bindparam("now", type_=UtcDateTime))

ID, DUE, ACCOUNT, PRIORITY = 0, 1, 2, 5
_LEASED = (
    Row.id, Row.due_at, Row.account_id, Row.key, Row.kind, Row.priority, Row.body, Row.attempts, Row.expires_at,
    Row.rung, Row.push_id, Row.campaign_id, Row.patient_id, Row.receipt,
)  # fmt: skip
_ACCOUNT = (
    Account.id, Account.channel, Account.app_id, Account.openid, Account.last_message_at, Account.following,
)  # fmt: skip

_PUT = {
    "postgresql": postgresql.insert(_outbox).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_outbox).on_conflict_do_nothing(),
}
_IDS = {
    "postgresql": "SELECT CAST(value AS integer) FROM jsonb_array_elements_text(CAST(:ids AS jsonb))",
    "sqlite": "SELECT value FROM json_each(:ids)",
}
"""Many ids as one parameter, so that it is one statement whatever their number."""

ACCOUNTS = {
    dialect: select(*_ACCOUNT).where(Account.id.in_(text(ids))) for dialect, ids in _IDS.items()
}  # fmt: skip
UNDELIVERED = text(f"""
    UPDATE outbox
    SET state = {STANDING}, rung = rung + 1, attempts = 0, receipt = 'failed', error = :p_error, due_at = :p_now
    WHERE id = :p_id AND state = 'sent' AND (:p_platform = '' OR platform_id = :p_platform)
""").bindparams(bindparam("p_now", type_=UtcDateTime))
RESEND = {
    dialect: text(f"""
        UPDATE outbox SET state = {STANDING}, rung = (rung / {ROUND} + 1) * {ROUND}, attempts = 0, due_at = :now
        WHERE id IN ({ids}) AND state = 'dead' AND expires_at > :now
    """).bindparams(bindparam("now", type_=UtcDateTime))
    for dialect, ids in _IDS.items()
}  # fmt: skip


def put(dialect: str) -> Insert:
    """Nothing happens where the key, or the push, is there already."""
    return _PUT[dialect]


def claim(db: Database) -> Update:
    """Lease due messages of one priority.

    An earlier message to the same account that is being sent, waits for its retry or is due itself goes first,
    unless it is less urgent: a survey's retries hold up no suspension notice.
    """
    now = db.moments.now
    earlier = aliased(Row)
    # Looked up for each row that is taken, in their order: NOT EXISTS may be planned as a join with all that waits, and
    # IS NULL is thought to be rare
    blocked = (
        select(false())
        .where(
            earlier.account_id == Row.account_id,
            earlier.id < Row.id,
            earlier.priority <= Row.priority,
            earlier.state.in_(
                [written(OutboxState.PENDING), written(OutboxState.SENDING)]
            ),  # its partial index
            or_(
                earlier.state == written(OutboxState.SENDING),
                ((earlier.due_at <= now) | (earlier.attempts > 0)) & (earlier.expires_at > now),
            ),
        )
        .limit(1)
        .correlate(Row)
        .scalar_subquery()
    )
    due = (
        select(Row.id)
        .where(
            _PENDING,
            Row.priority == bindparam("p_priority"),
            Row.due_at <= now,
            Row.expires_at > now,
            func.coalesce(blocked, true()),
        )
        # not by id too: that sorts all that fell due at the same moment, for every claim
        .order_by(Row.due_at)
        .limit(bindparam("p_limit"))
        .with_for_update(skip_locked=True, of=Row)
    )
    # As an array the subquery runs once and first; planned as a join it might read the whole table
    mine = (
        Row.id.in_(due) if db.dialect == "sqlite" else Row.id == func.any(func.array(due.scalar_subquery()))
    )
    return (
        update(_outbox)
        .where(mine)
        .values(
            state=OutboxState.SENDING, lease_token=bindparam("p_token"), lease_until=db.moments.lease_end,
            attempts=Row.attempts + 1,
        )
        .returning(*_LEASED)
    )  # fmt: skip


def unreadable() -> Update:
    mine = _SENDING & (Row.id == bindparam("p_id")) & (Row.lease_token == bindparam("p_token"))
    return _ending(mine).values(state=OutboxState.DEAD, error="unreadable")


def lost(db: Database) -> Select[int, str | None, int]:
    """The worker died: these go again."""
    mine = _lost(db) & (Row.priority < SURVEY) & (Row.attempts < DEADLY)
    return select(Row.id, Row.lease_token, Row.attempts).where(mine).with_for_update(skip_locked=True, of=Row)


AGAIN = (
    update(_outbox)
    .where(_SENDING, Row.id == bindparam("p_id"), Row.lease_token == bindparam("p_token"))
    .values(
        state=text(STANDING), error="lease_lost", due_at=bindparam("p_due", type_=UtcDateTime), lease_token=None,
        lease_until=None,
    )
)  # fmt: skip


def reap_unsure(db: Database) -> Update:
    return _ending(_lost(db) & ((Row.priority >= SURVEY) | (Row.attempts >= DEADLY))).values(
        state=OutboxState.DEAD, error="unknown_outcome"
    )


def expire(db: Database) -> Update:
    """No reminder after the visit.  What is over was due before: so the index of due rows finds it."""
    now = db.moments.now
    over = _PENDING & Row.priority.in_(PRIORITIES) & (Row.due_at <= now) & (Row.expires_at <= now)
    return _ending(over).values(state=OutboxState.VOID, error="expired")


def _lost(db: Database) -> ColumnElement[bool]:
    return _SENDING & (Row.lease_until < db.moments.lease_now)


def _ending(which: Any) -> Update:
    return update(_outbox).where(which).values(lease_token=None, lease_until=None).returning(Row.id)
