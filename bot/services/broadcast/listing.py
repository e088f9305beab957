"""群发 as the console lists them: the newest first, and those that wait for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.domain.states import CampaignState
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.push_models import Campaign
from bot.store.types import written

PAGE = 50
OPEN = (CampaignState.AWAITING, CampaignState.RUNNING, CampaignState.PAUSED)
"""States in which somebody may have to do something, or wants to know."""
_C = table(Campaign)
_LINE = select(
    _C.c.id, _C.c.title, _C.c.state, _C.c.recipients, _C.c.created_by, _C.c.approved_by, _C.c.created_at,
    _C.c.confirmed_at, _C.c.finished_at,
).order_by(_C.c.id.desc())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One broadcast, without its words."""

    id: int
    title: str
    state: CampaignState
    recipients: int
    created_by: str
    approved_by: str | None
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None


def listing(uow: UnitOfWork, number: int, state: CampaignState | None = None) -> tuple[Sequence[Line], bool]:
    """And whether there is a further page."""
    query = _LINE if state is None else _LINE.where(_C.c.state == written(state))
    rows = uow.connection.execute(query.limit(PAGE + 1).offset((number - 1) * PAGE)).fetchall()
    return [_line(row) for row in rows[:PAGE]], len(rows) > PAGE


def open_ones(uow: UnitOfWork, most: int) -> Sequence[Line]:
    """Those that wait for approval, are being sent, or stand still."""
    states = [written(state) for state in OPEN]
    return [_line(row) for row in uow.connection.execute(_LINE.where(_C.c.state.in_(states)).limit(most))]


def _line(row: Record) -> Line:
    return Line(*row)
