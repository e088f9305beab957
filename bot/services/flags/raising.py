"""Raise a red flag: once for each key, for the ward whose patient it is."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.commands import ReportDanger
from bot.domain.flags import FlagLevel, FlagState
from bot.domain.outcomes import DangerReported, NotYours, Outcome, Refused
from bot.services.context import Context, audit
from bot.services.flags.rows import LIVE, R, sealed
from bot.services.flags.telling import KIND, Call, tell, texts
from bot.services.followup.discharges import D, F
from bot.services.people import G
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime

SAME = timedelta(minutes=30)
"""The same danger from the same account within this, while somebody still has to close the first, is the same."""
RECENT = timedelta(days=90)
"""A stay that ended longer ago has nothing to do with what is said now."""
_TITLE = "聊天里说到：{}"

_STAY = select(D.c.id.label("discharge_id"), D.c.patient_id, D.c.ward, D.c.department)
_OF_FOLLOWUP = _STAY.join_from(F, D, D.c.id == F.c.discharge_id).where(F.c.id == bindparam("p_followup"))
_OF_DISCHARGE = _STAY.where(D.c.id == bindparam("p_discharge"))
_LATEST = (
    _STAY.join_from(G, D, D.c.patient_id == G.c.patient_id)
    .where(
        G.c.account_id == bindparam("p_account"),
        G.c.ended_at.is_(None),
        D.c.discharged_on >= bindparam("p_since"),
    )
    .order_by(D.c.discharged_on.desc(), D.c.id)
    .limit(1)
)
_LOOKED_AFTER = select(G.c.patient_id).where(G.c.account_id == bindparam("p_account"), G.c.ended_at.is_(None))
_SAID = select(R.c.id).where(R.c.key == bindparam("p_key"))
_SAME = select(R.c.id).where(
    R.c.account_id == bindparam("p_account"),
    R.c.rule == bindparam("p_rule"),
    R.c.source == "chat",
    R.c.state.in_(LIVE),
    R.c.raised_at > bindparam("p_since", type_=UtcDateTime),
)


@dataclass(frozen=True, slots=True)
class Danger:
    """What was answered or said."""

    key: str
    rule: str
    title: str
    level: FlagLevel
    within: timedelta
    source: str
    """chat | page | phone"""
    detail: str
    patient_id: str | None = None
    account_id: int | None = None
    discharge_id: str | None = None
    followup_id: int | None = None
    response_id: str | None = None
    ward: str = ""


def raise_flag(uow: UnitOfWork, context: Context, danger: Danger) -> int | None:
    """Its id where it is new; None where the key has raised it already.

    The ward's nurse is told in the same transaction: a flag that nobody was told of cannot exist.
    """
    danger = _placed(uow, danger)
    number = 1
    values = {
        "key": danger.key,
        "rule": danger.rule[:64],
        "title": danger.title[:80],
        "level": danger.level,
        "state": FlagState.OPEN,
        "source": danger.source,
        "patient_id": danger.patient_id,
        "account_id": danger.account_id,
        "discharge_id": danger.discharge_id,
        "followup_id": danger.followup_id,
        "response_id": danger.response_id,
        "ward": danger.ward[:64],
        "tier": 0,
        "told": number,
        "detail": sealed(uow.keys, "detail", danger.key, danger.detail),
        "raised_at": context.now,
        "deadline_at": context.now + danger.within,
        "outcome": "",
    }
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    made = insert(R).values(values).on_conflict_do_nothing(index_elements=[R.c.key]).returning(R.c.id)
    row = uow.connection.execute(made).first()
    if row is None:
        return None
    flag_id: int = row.id
    call = Call(flag_id, number, danger.ward, danger.level, context.now + danger.within)
    reached = tell(uow, context, call, 0)
    tier = reached.tier if reached is not None else 0
    wait = context.duty.waits(danger.level, tier)
    changed = {"tier": tier, "escalates_at": None if wait is None else context.now + wait}
    uow.connection.execute(R.update().where(R.c.id == flag_id).values(changed))
    audit(
        uow, context, "flag.raised", f"flag:{flag_id}", rule=danger.rule, level=danger.level, ward=danger.ward,
        source=danger.source, tier=str(tier), told="yes" if reached is not None else "no",
    )  # fmt: skip
    return flag_id


def report(command: ReportDanger, uow: UnitOfWork, context: Context) -> Outcome:
    """`DangerReported`, also to what has been reported already: somebody has been told either way."""
    if context.account_id is None:
        return Refused(NotYours())
    stay = _latest_stay(uow, context)
    alarm = context.duty.alarm(command.flag)
    ward = "" if stay is None else stay.ward
    if not _reported(uow, context, command):
        raise_flag(
            uow, context,
            Danger(
                command.key, command.flag, _TITLE.format(command.flag), alarm.level, alarm.within, "chat",
                command.words, _patient(uow, context, stay), context.account_id,
                None if stay is None else stay.discharge_id, ward=ward,
            ),
        )  # fmt: skip
    staffed = texts(context.settings, KIND) and context.duty.staffed(ward, context.now)
    return DangerReported(staffed, "" if stay is None else stay.department, alarm.level)


def _placed(uow: UnitOfWork, danger: Danger) -> Danger:
    """With the stay it belongs to, where the follow-up or the discharge tells it."""
    if danger.discharge_id is not None:
        stay = uow.execute(_OF_DISCHARGE, {"p_discharge": danger.discharge_id}).first()
    elif danger.followup_id is not None:
        stay = uow.execute(_OF_FOLLOWUP, {"p_followup": danger.followup_id}).first()
    else:
        stay = None
    if stay is None:
        return danger
    return replace(
        danger,
        discharge_id=stay.discharge_id,
        patient_id=danger.patient_id or stay.patient_id,
        ward=danger.ward or stay.ward,
    )


def _latest_stay(uow: UnitOfWork, context: Context) -> Record | None:
    """Of any patient of the account: whom it is about the nurse asks first."""
    since = context.today - RECENT
    return uow.execute(_LATEST, {"p_account": context.account_id, "p_since": since}).first()


def _patient(uow: UnitOfWork, context: Context, stay: Record | None) -> str | None:
    """Without a stay: the account's only patient; of several it would be a guess."""
    if stay is not None:
        return str(stay.patient_id)
    ours = uow.execute(_LOOKED_AFTER, {"p_account": context.account_id}).fetchall()
    return str(ours[0].patient_id) if len(ours) == 1 else None


def _reported(uow: UnitOfWork, context: Context, command: ReportDanger) -> bool:
    """The same message again, or the same danger said twice."""
    if uow.execute(_SAID, {"p_key": command.key}).first() is not None:
        return True
    since = context.now - SAME
    given = {"p_account": context.account_id, "p_rule": command.flag, "p_since": since}
    return uow.execute(_SAME, given).first() is not None
