"""The life of a broadcast: draft → (awaiting) → running ⇄ paused → done, or withdrawn.  Every act is audited."""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import bindparam, exists, insert, select, update

from bot.domain.states import CAMPAIGN, CampaignState, OutboxState, PushState
from bot.pushes.lint import Finding, said_by_staff
from bot.services.broadcast.audience import Audience, recipients
from bot.services.context import Context, audit
from bot.services.pushes import Planned, plan_many
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Campaign, Push
from bot.store.types import written
from bot.store.words import campaign_aad

_C, _P, _O = table(Campaign), table(Push), table(OutboxMessage)
KIND = "broadcast"
_ONE = select(_C).where(_C.c.id == bindparam("campaign")).with_for_update()
_BY_KEY = select(_C.c.id).where(_C.c.key == bindparam("command_key"))
_UNSENT = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.PAUSED)
_LEFT = exists().where(
    _P.c.campaign_id == _C.c.id, _P.c.state == written(PushState.PLANNED)
) | exists().where(_O.c.campaign_id == _C.c.id, _O.c.state.in_(_UNSENT))


class CampaignError(Exception):
    """It cannot be done, in words for whoever asked."""


class Words(msgspec.Struct, frozen=True):
    """What a broadcast says."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """``awaiting``: a second person has to approve it before anything is sent."""

    campaign_id: int
    recipients: int
    awaiting: bool


def create(uow: UnitOfWork, context: Context, *, key: str, words: Words, audience: Audience) -> int:
    """A draft; the same key again is the same draft.  Raises `CampaignError` for words that must not go out."""
    known = uow.connection.execute(_BY_KEY, {"command_key": key}).scalar()
    if known is not None:
        return int(known)
    blocked = [finding.text for finding in findings(words) if finding.blocks]
    if blocked:
        raise CampaignError("；".join(blocked))
    row = {
        "key": key,
        "kind": KIND,
        "title": words.title[:64],
        "body": uow.keys.encrypt(msgspec.json.encode(words), campaign_aad(key)),
        "audience": audience.stored(),
        "state": CampaignState.DRAFT,
        "recipients": 0,
        "created_by": context.actor,
        "created_at": uow.now,
    }
    made: int = uow.connection.execute(insert(_C).values(row).returning(_C.c.id)).scalar_one()
    audit(uow, context, "campaign.created", f"campaign:{made}")
    return made


def findings(words: Words) -> tuple[Finding, ...]:
    """What is wrong with words that a member of staff wrote."""
    return tuple(said_by_staff(KIND, title=words.title, text=words.text))


def confirm(uow: UnitOfWork, context: Context, campaign_id: int, *, approval_above: int) -> Confirmed:
    """Freeze the audience: one planner row each, in this transaction.  Confirming again changes nothing."""
    row = _own(uow, campaign_id)
    state = CampaignState(row.state)
    if state is not CampaignState.DRAFT:
        return Confirmed(campaign_id, row.recipients, state is CampaignState.AWAITING)
    found = recipients(uow, context.directory, Audience.read(row.audience), context.today)
    if not found:
        raise CampaignError("按这个条件没有找到人")
    awaiting = len(found) > approval_above
    scope = f"campaign:{campaign_id}"
    plan_many(
        uow, context.kinds, uow.now,
        [
            Planned(
                row.kind, scope, 1, each.patient_id, each.account_id, uow.now, campaign_id=campaign_id,
                extra_key=each.patient_id,
            )
            for each in found
        ],
    )  # fmt: skip
    after = CampaignState.AWAITING if awaiting else CampaignState.RUNNING
    _to(uow, context, row, after, recipients=len(found), confirmed_at=uow.now)
    if awaiting:
        _shift(uow, campaign_id, PushState.PLANNED, PushState.PAUSED)
    return Confirmed(campaign_id, len(found), awaiting)


def approve(uow: UnitOfWork, context: Context, campaign_id: int) -> None:
    """By somebody other than who made it (four eyes)."""
    row = _own(uow, campaign_id)
    if context.actor == row.created_by:
        raise CampaignError("要由另一位同事批准，不能自己批自己的")
    _expect(row, CampaignState.AWAITING)
    _to(uow, context, row, CampaignState.RUNNING, approved_by=context.actor)
    _shift(uow, campaign_id, PushState.PAUSED, PushState.PLANNED)


def pause(uow: UnitOfWork, context: Context, campaign_id: int) -> None:
    """Nothing more leaves; what is on its way to the platform at this moment does."""
    row = _own(uow, campaign_id)
    _expect(row, CampaignState.RUNNING)
    _to(uow, context, row, CampaignState.PAUSED)
    _shift(uow, campaign_id, PushState.PLANNED, PushState.PAUSED)
    _shift_messages(uow, campaign_id, OutboxState.PENDING, OutboxState.PAUSED)


def resume(uow: UnitOfWork, context: Context, campaign_id: int) -> None:
    row = _own(uow, campaign_id)
    _expect(row, CampaignState.PAUSED)
    _to(uow, context, row, CampaignState.RUNNING)
    _shift(uow, campaign_id, PushState.PAUSED, PushState.PLANNED)
    _shift_messages(uow, campaign_id, OutboxState.PAUSED, OutboxState.PENDING)


def withdraw(uow: UnitOfWork, context: Context, campaign_id: int) -> int:
    """What has not left yet never does; how many that were."""
    row = _own(uow, campaign_id)
    if CampaignState.WITHDRAWN not in CAMPAIGN[CampaignState(row.state)]:
        raise CampaignError("已经结束，撤不回来了")
    _to(uow, context, row, CampaignState.WITHDRAWN, finished_at=uow.now)
    planned = sum(
        _shift(uow, campaign_id, before, PushState.VOID) for before in (PushState.PLANNED, PushState.PAUSED)
    )
    queued = sum(
        _shift_messages(uow, campaign_id, before, OutboxState.VOID)
        for before in (OutboxState.PENDING, OutboxState.PAUSED)
    )
    return planned + queued


def finish(uow: UnitOfWork, context: Context) -> int:
    """The tick: running broadcasts with nothing left to send are done; how many."""
    over = select(_C).where(_C.c.state == CampaignState.RUNNING, ~_LEFT).with_for_update(skip_locked=True)
    rows = uow.connection.execute(over).fetchall()
    for row in rows:
        _to(uow, context, row, CampaignState.DONE, finished_at=uow.now)
    return len(rows)


def words_of(uow: UnitOfWork, row: Record) -> Words:
    """What a campaign's row says."""
    return msgspec.json.decode(uow.keys.decrypt(row.body, campaign_aad(row.key)), type=Words)


def _own(uow: UnitOfWork, campaign_id: int) -> Record:
    """The campaign, and nobody else acts on it until we are done."""
    row = uow.connection.execute(_ONE, {"campaign": campaign_id}).first()
    if row is None:
        raise CampaignError(f"没有编号是 {campaign_id} 的群发")
    return row


def _expect(row: Record, state: CampaignState) -> None:
    if row.state is not state:
        raise CampaignError(_REFUSALS[CampaignState(row.state)])


_REFUSALS = {
    CampaignState.DRAFT: "还没有确认",
    CampaignState.AWAITING: "还在等另一位同事批准",
    CampaignState.RUNNING: "正在发送",
    CampaignState.PAUSED: "现在是暂停的",
    CampaignState.WITHDRAWN: "已经撤回了",
    CampaignState.DONE: "已经发完了",
}


def _to(uow: UnitOfWork, context: Context, row: Record, after: CampaignState, **values: Any) -> None:
    if after not in CAMPAIGN[CampaignState(row.state)]:
        raise CampaignError(_REFUSALS[CampaignState(row.state)])
    uow.connection.execute(update(_C).where(_C.c.id == row.id).values(state=after, **values))
    audit(uow, context, f"campaign.{after}", f"campaign:{row.id}")


def _shift(uow: UnitOfWork, campaign_id: int, before: PushState, after: PushState) -> int:
    values: dict[str, Any] = {"state": after}
    if after is PushState.VOID:
        values |= {"reason": "withdrawn", "decided_at": uow.now}
    mine = (_P.c.campaign_id == campaign_id) & (_P.c.state == written(before))
    return uow.connection.execute(update(_P).where(mine).values(values)).rowcount


def _shift_messages(uow: UnitOfWork, campaign_id: int, before: OutboxState, after: OutboxState) -> int:
    mine = (_O.c.campaign_id == campaign_id) & (_O.c.state == written(before))
    values = {"state": after} | ({"error": "withdrawn"} if after is OutboxState.VOID else {})
    return uow.connection.execute(update(_O).where(mine).values(values)).rowcount
