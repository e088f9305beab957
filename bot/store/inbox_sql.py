"""The statements of the inbox."""

from datetime import datetime

from sqlalchemy import Insert, Select, Update, bindparam, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningDelete

from bot.store.db import Database
from bot.store.models import InboxMessage as Row
from bot.store.models import table
from bot.store.types import UtcDateTime

_inbox = table(Row)
_this = Row.id == bindparam("p_id")


def claim(db: Database) -> Insert:
    """Insert it, or take over a lease that is over; gives no row if it is somebody's or done."""
    insert = postgresql.insert if db.dialect == "postgresql" else sqlite.insert
    moments = db.moments
    statement = insert(_inbox).values(
        channel=bindparam("p_channel"), dedup=bindparam("p_dedup"), user=bindparam("p_user"),
        body=bindparam("p_body"), late=False, attempts=1,
        lease_until=moments.lease_end, received_at=moments.now,
    )  # fmt: skip
    statement = statement.on_conflict_do_update(
        index_elements=[Row.channel, Row.dedup],
        set_={"lease_until": moments.lease_end, "attempts": Row.attempts + 1},
        where=Row.done_at.is_(None) & Row.late.is_(False) & (Row.lease_until < moments.lease_now),
    )
    return statement.returning(Row.id)


def seen() -> Select[int, bytes | None, datetime | None, bool]:
    """What became of a message that could not be claimed."""
    return select(Row.id, Row.reply, Row.done_at, Row.late).where(
        Row.channel == bindparam("p_channel"), Row.dedup == bindparam("p_dedup")
    )


def outcome() -> Select[bytes | None, datetime | None, bool]:
    return select(Row.reply, Row.done_at, Row.late).where(_this)


def finish(db: Database) -> Update:
    """The answer, while the request still waits for it."""
    return (
        update(_inbox)
        .where(_this, Row.done_at.is_(None), Row.late.is_(False))
        .values(reply=bindparam("p_reply"), done_at=db.moments.now)
        .returning(Row.id)
    )


def give_up() -> Update:
    """No request waits any longer, unless the answer is there already."""
    return (
        update(_inbox)
        .where(_this, Row.done_at.is_(None), Row.late.is_(False))
        .values(late=True)
        .returning(Row.id)
    )


def stale(db: Database) -> Update:
    """Lease the dead ones anew, each to one worker."""
    moments = db.moments
    dead = (
        select(Row.id)
        .where(Row.done_at.is_(None), Row.lease_until < moments.lease_now, Row.attempts < bindparam("p_most"))
        .order_by(Row.lease_until)
        .limit(bindparam("p_limit"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(_inbox)
        .where(Row.id.in_(dead))
        .values(late=True, lease_until=moments.lease_end, attempts=Row.attempts + 1)
        .returning(Row.id, Row.body, Row.channel, Row.dedup)
    )


def newer_exists() -> Select[int]:
    """A later message of the same user."""
    later = aliased(Row)
    return select(Row.id).where(
        _this, exists().where(later.user == Row.user, later.channel == Row.channel, later.id > Row.id)
    )


def purge() -> ReturningDelete[int]:
    return (
        delete(_inbox)
        .where(Row.received_at < bindparam("p_before", type_=UtcDateTime))
        .where(Row.done_at.is_not(None) | (Row.attempts >= bindparam("p_most")))
        .returning(Row.id)
    )
