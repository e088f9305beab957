"""没有悄悄失败：whatever waits longer than it should, in one list for whoever is on duty."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, exists, func, literal_column, select

from bot.domain.states import (
    AlertState,
    CampaignState,
    HandoffState,
    OutboxState,
    PhoneTaskState,
    PushState,
)
from bot.services.flags.rows import LIVE
from bot.services.tables import table
from bot.store.care_models import RedFlag
from bot.store.db import Database, UnitOfWork
from bot.store.models import Handoff, InboxMessage, OutboxMessage
from bot.store.push_models import Alert, Campaign, PhoneTask, Push
from bot.store.types import UtcDateTime, written

_P, _O, _I = table(Push), table(OutboxMessage), table(InboxMessage)
_C, _T, _A, _H = table(Campaign), table(PhoneTask), table(Alert), table(Handoff)
_R = table(RedFlag)
SHOWN = 5
"""Ids told of each kind of thing."""
WITH_RECEIPTS = ("template", "subscribe", "sms")
"""Roads whose platform tells what became of a message."""
RECEIPTS_SINCE = timedelta(days=3)
"""Older messages without a receipt are no news any more."""
DEAD_SINCE = timedelta(days=7)
"""A dead letter nobody has sent again for a week is history: `pushes --dead` still lists it."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """``count`` things of one kind, the oldest of them waiting since ``since``."""

    what: str
    """flag_overdue | planned_overdue | outbox_overdue | lease_lost | dead | no_receipt | campaign_waits |
    task_overdue | alert | inbox_open | handoff_waits"""
    detail: str
    """The kind of push, the error's code, the road: never a person."""
    count: int
    since: datetime
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Watch:
    """One thing to look at: rows of ``source`` that are ``late``, by ``detail``, waiting since ``since``."""

    what: str
    source: Table
    detail: ColumnElement[Any]
    since: ColumnElement[Any]
    late: Callable[[datetime], ColumnElement[bool]]


def _before(column: ColumnElement[Any], now: datetime, minutes: int) -> ColumnElement[bool]:
    return column < now - timedelta(minutes=minutes)


_PAUSED = exists().where(_C.c.id == _P.c.campaign_id, _C.c.state != CampaignState.RUNNING)

_WATCHES = (
    _Watch(
        "flag_overdue", _R, _R.c.level, _R.c.deadline_at,
        lambda now: _R.c.state.in_(LIVE) & (_R.c.deadline_at <= now),
    ),
    _Watch(
        "planned_overdue", _P, _P.c.kind, _P.c.due_at,
        lambda now: (_P.c.state == written(PushState.PLANNED)) & _before(_P.c.due_at, now, 5) & ~_PAUSED,
    ),
    _Watch(
        "outbox_overdue", _O, _O.c.kind, _O.c.due_at,
        lambda now: (_O.c.state == written(OutboxState.PENDING)) & _before(_O.c.due_at, now, 10),
    ),
    _Watch(
        "lease_lost", _O, _O.c.kind, _O.c.lease_until,
        lambda now: (_O.c.state == written(OutboxState.SENDING)) & _before(_O.c.lease_until, now, 1),
    ),
    _Watch(
        "dead", _O, _O.c.error, _O.c.due_at,
        lambda now: (_O.c.state == written(OutboxState.DEAD)) & (_O.c.due_at > now - DEAD_SINCE),
    ),
    _Watch(
        "no_receipt", _O, _O.c.road, _O.c.sent_at,
        lambda now: (_O.c.state == written(OutboxState.SENT)) & (_O.c.receipt == literal_column("''"))
        & _O.c.road.in_(WITH_RECEIPTS) & _before(_O.c.sent_at, now, 60) & (_O.c.sent_at > now - RECEIPTS_SINCE),
    ),
    _Watch(
        "campaign_waits", _C, _C.c.state, _C.c.confirmed_at,
        lambda now: _C.c.state.in_([CampaignState.AWAITING, CampaignState.PAUSED])
        & _before(_C.c.confirmed_at, now, 24 * 60),
    ),
    _Watch(
        "task_overdue", _T, _T.c.kind, _T.c.due_at,
        lambda now: _T.c.state.in_([PhoneTaskState.OPEN, PhoneTaskState.TAKEN]) & (_T.c.due_at < now),
    ),
    _Watch("alert", _A, _A.c.subject, _A.c.first_at, lambda now: _A.c.state == AlertState.OPEN),
    _Watch(
        "inbox_open", _I, _I.c.channel, _I.c.received_at,
        lambda now: _I.c.done_at.is_(None) & _before(_I.c.received_at, now, 1),
    ),
    _Watch(
        "handoff_waits", _H, _H.c.state, _H.c.opened_at,
        lambda now: (_H.c.state == HandoffState.WAITING) & _before(_H.c.opened_at, now, 15),
    ),
)  # fmt: skip


def stuck(db: Database) -> tuple[Stuck, ...]:
    """Everything that waits too long, most urgent kind first; empty: all is well."""
    with db.read() as uow:
        return tuple(each for watch in _WATCHES for each in _looked(uow, watch))


def _looked(uow: UnitOfWork, watch: _Watch) -> Iterator[Stuck]:
    late = watch.late(uow.now)
    oldest = func.min(watch.since, type_=UtcDateTime())
    groups: Select[Any] = (
        select(watch.detail.label("detail"), func.count().label("n"), oldest.label("since"))
        .where(late)
        .group_by(watch.detail)
        .order_by(oldest)
    )
    for row in uow.connection.execute(groups).fetchall():
        ids = select(watch.source.c.id).where(late, watch.detail == row.detail).order_by(watch.since)
        found = uow.connection.execute(ids.limit(SHOWN)).scalars()
        yield Stuck(watch.what, str(row.detail or ""), row.n, row.since, tuple(found))
