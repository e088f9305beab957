"""How far a broadcast has come: every recipient stands in exactly one place, and the places sum to all of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.domain.states import CampaignState, OutboxState, PushState
from bot.services.broadcast.campaigns import CampaignError
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Attempt, Campaign, Push

_C, _P, _O, _A = table(Campaign), table(Push), table(OutboxMessage), table(Attempt)
_ONE = select(_C).where(_C.c.id == bindparam("campaign"))
_NOT_QUEUED = (
    select(_P.c.state, _P.c.reason, func.count().label("n"))
    .where(_P.c.campaign_id == bindparam("campaign"), _P.c.state != PushState.QUEUED)
    .group_by(_P.c.state, _P.c.reason)
)
_QUEUED = (
    select(_O.c.state, _O.c.road, _O.c.receipt, _O.c.error, func.count().label("n"))
    .where(_O.c.campaign_id == bindparam("campaign"))
    .group_by(_O.c.state, _O.c.road, _O.c.receipt, _O.c.error)
)
_COST = (
    select(func.coalesce(func.sum(_A.c.cost_fen), 0))
    .join_from(_A, _O, _O.c.id == _A.c.outbox_id)
    .where(_O.c.campaign_id == bindparam("campaign"))
)


@dataclass(frozen=True, slots=True)
class Progress:
    campaign_id: int
    title: str
    state: CampaignState
    recipients: int
    created_by: str
    approved_by: str | None
    confirmed_at: datetime | None
    places: Mapping[str, int]
    """waiting | paused | queued | sending | sent | delivered | staff | dead | withdrawn | skipped"""
    by_road: Mapping[str, int] = field(default_factory=dict)
    """Of those that were sent."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """By reason."""
    failed: Mapping[str, int] = field(default_factory=dict)
    """Dead letters by error."""
    cost_fen: int = 0

    @property
    def adds_up(self) -> bool:
        return sum(self.places.values()) == self.recipients


def progress(uow: UnitOfWork, campaign_id: int) -> Progress:
    """As of now; raises `CampaignError`."""
    values = {"campaign": campaign_id}
    row = row_of(uow, campaign_id)
    places: Counter[str] = Counter()
    roads, skipped, failed = Counter[str](), Counter[str](), Counter[str]()
    for each in uow.connection.execute(_NOT_QUEUED, values):
        places[_PLANNED[each.state]] += each.n
        if each.state is PushState.SKIPPED:
            skipped[each.reason] += each.n
    for each in uow.connection.execute(_QUEUED, values):
        match each.state:
            case OutboxState.SENT:
                places["delivered" if each.receipt == "delivered" else "sent"] += each.n
                roads[each.road] += each.n
            case OutboxState.VOID if row.state is not CampaignState.WITHDRAWN:
                places["skipped"] += each.n
                skipped[each.error] += each.n
            case _:
                places[_QUEUED_AS[each.state]] += each.n
        if each.state is OutboxState.DEAD:
            failed[each.error] += each.n
    return Progress(
        campaign_id, row.title, row.state, row.recipients, row.created_by, row.approved_by, row.confirmed_at,
        dict(places), dict(roads), dict(skipped), dict(failed), uow.connection.execute(_COST, values).scalar_one(),
    )  # fmt: skip


def row_of(uow: UnitOfWork, campaign_id: int) -> Record:
    """To look at; raises `CampaignError`."""
    row = uow.connection.execute(_ONE, {"campaign": campaign_id}).first()
    if row is None:
        raise CampaignError(f"没有编号是 {campaign_id} 的群发")
    return row


_PLANNED = {
    PushState.PLANNED: "waiting",
    PushState.PAUSED: "paused",
    PushState.SKIPPED: "skipped",
    PushState.VOID: "withdrawn",
}
_QUEUED_AS = {
    OutboxState.PENDING: "queued",
    OutboxState.SENDING: "sending",
    OutboxState.DEAD: "dead",
    OutboxState.VOID: "withdrawn",
    OutboxState.PAUSED: "paused",
    OutboxState.STAFF: "staff",
}
