"""The statements of the outbox."""

from typing import Any

from sqlalchemy import ColumnElement, Insert, Update, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from bot.domain.states import OutboxState
from bot.store.db import Database
from bot.store.models import OutboxMessage as Row
from bot.store.models import table
from bot.store.types import UtcDateTime

_outbox = table(Row)
_PENDING, _SENDING = Row.state == OutboxState.PENDING, Row.state == OutboxState.SENDING
_SURVEY = 3

COUNTS = select(Row.state, func.count().label("n")).group_by(Row.state)
OLDEST_DUE = select(func.min(Row.due_at)).where(_PENDING, Row.due_at <= bindparam("now", type_=UtcDateTime))

ID, DUE, ACCOUNT = 0, 1, 2
_LEASED = (
    Row.id, Row.due_at, Row.account_id, Row.key, Row.kind, Row.priority, Row.body, Row.attempts, Row.expires_at,
    Row.rung, Row.push_id, Row.campaign_id, Row.patient_id, Row.receipt,
)  # fmt: skip


_PUT = {
    "postgresql": postgresql.insert(_outbox).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_outbox).on_conflict_do_nothing(),
}


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
    blocked = exists().where(
        earlier.account_id == Row.account_id,
        earlier.id < Row.id,
        earlier.priority <= Row.priority,
        or_(
            earlier.state == OutboxState.SENDING,
            (earlier.state == OutboxState.PENDING)
            & ((earlier.due_at <= now) | (earlier.attempts > 0))
            & (earlier.expires_at > now),
        ),
    )
    due = (
        select(Row.id)
        .where(
            _PENDING,
            Row.priority == bindparam("p_priority"),
            Row.due_at <= now,
            Row.expires_at > now,
            ~blocked,
        )
        .order_by(Row.due_at, Row.id)
        .limit(bindparam("p_limit"))
        .with_for_update(skip_locked=True, of=Row)
    )
    return (
        update(_outbox)
        .where(Row.id.in_(due))
        .values(
            state=OutboxState.SENDING, lease_token=bindparam("p_token"), lease_until=db.moments.lease_end,
            attempts=Row.attempts + 1,
        )
        .returning(*_LEASED)
    )  # fmt: skip


def sent(db: Database) -> Update:
    return _acknowledge(
        state=OutboxState.SENT, platform_id=bindparam("p_platform"), sent_at=db.moments.now, error=""
    )


def retry() -> Update:
    return _acknowledge(
        state=OutboxState.PENDING, error=bindparam("p_error"), due_at=bindparam("p_due", type_=UtcDateTime)
    )


def dead() -> Update:
    return _acknowledge(state=OutboxState.DEAD, error=bindparam("p_error"))


def reap_again(db: Database) -> Update:
    """The worker died: again, from the front of the queue."""
    return _ending(_SENDING & (Row.lease_until < db.moments.lease_now) & (Row.priority < _SURVEY)).values(
        state=OutboxState.PENDING, error="lease_lost"
    )


def reap_unsure(db: Database) -> Update:
    return _ending(_SENDING & (Row.lease_until < db.moments.lease_now) & (Row.priority >= _SURVEY)).values(
        state=OutboxState.DEAD, error="unknown_outcome"
    )


def expire(db: Database) -> Update:
    """No reminder after the visit."""
    return _ending(_PENDING & (Row.expires_at <= db.moments.now)).values(
        state=OutboxState.VOID, error="expired"
    )


def _acknowledge(**values: Any) -> Update:
    mine = _SENDING & (Row.id == bindparam("p_id")) & (Row.lease_token == bindparam("p_token"))
    return _ending(mine).values(**values)


def _ending(which: ColumnElement[bool]) -> Update:
    return update(_outbox).where(which).values(lease_token=None, lease_until=None).returning(Row.id)
