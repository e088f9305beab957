"""Red flags as staff see them: the list without a name, one opened with an audited look (R15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, select

from bot.domain.flags import FlagLevel, FlagState
from bot.domain.masking import mask_name, mask_phone
from bot.domain.roles import Scope
from bot.services.context import Context, audit
from bot.services.flags.duty import DESK, TIERS
from bot.services.flags.raising import RECENT
from bot.services.flags.rows import LIVE, R, called, unsealed
from bot.services.followup.discharges import D
from bot.services.followup.discharges import unsealed as of_discharge
from bot.services.people import P, plain
from bot.services.tables import Record
from bot.services.within import EVERYTHING, within
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime, written

_LISTED = 200
REASONS = ("act", "handover", "complaint", "check")
"""Why one is opened: to act on it, to hand it over, to answer a complaint, to check how it was dealt with."""
_SHOWN = (
    R.c.id, R.c.rule, R.c.title, R.c.level, R.c.state, R.c.source, R.c.ward, R.c.tier, R.c.raised_at, R.c.deadline_at,
    R.c.escalates_at, R.c.acknowledged_by, R.c.acknowledged_at, R.c.outcome, R.c.closed_by, R.c.closed_at,
    R.c.patient_id, R.c.account_id, R.c.followup_id, R.c.response_id,
)  # fmt: skip
_ONE = select(*_SHOWN, R.c.key, R.c.detail, R.c.note, R.c.discharge_id).where(R.c.id == bindparam("p_id"))


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag; nothing in it names the patient."""

    id: int
    name: str
    """F12"""
    rule: str
    title: str
    level: FlagLevel
    state: FlagState
    source: str
    ward: str
    told: str
    """Whose turn it is: 病区护士 (服务台), 护士长, 科主任, 医务科."""
    raised_at: datetime
    deadline_at: datetime
    left: timedelta
    """Until the deadline; negative: overdue by so much.  Of a closed one: when it was closed."""
    escalates_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    outcome: str
    """Its code."""
    closed_by: str | None
    closed_at: datetime | None
    patient_id: str | None
    account_id: int | None
    followup_id: int | None
    response_id: str | None

    @property
    def overdue(self) -> bool:
        return self.left < timedelta()


@dataclass(frozen=True, slots=True)
class Opened:
    """What is behind a flag, for whoever acts on it."""

    view: FlagView
    words: str
    """The question and the answer, or what was said."""
    patient: str
    phone: str
    note: str


@dataclass(frozen=True, slots=True)
class Which:
    """Which flags; everything given has to hold."""

    scope: Scope = EVERYTHING
    ward: str | None = None
    level: FlagLevel | None = None
    tier: int | None = None
    """How far it has gone up."""
    followup_id: int | None = None


_ALL = Which()


@dataclass(frozen=True, slots=True)
class Masked:
    """Whose a flag is, as everybody who sees it may read it; both are empty where nobody is registered."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Counts:
    """For the metrics."""

    open: dict[FlagLevel, int]
    """Not acknowledged, by level."""
    overdue: int
    oldest: datetime | None
    """Since when the oldest waits that nobody has taken."""


def listing(
    uow: UnitOfWork, context: Context, which: Which = _ALL, *, states: Sequence[FlagState] = LIVE,
    limit: int = _LISTED, skipped: int = 0,
) -> tuple[FlagView, ...]:  # fmt: skip
    """By deadline, the most pressing first; closed ones alone: the latest first."""
    by = (R.c.closed_at.desc(),) if set(states) == {FlagState.CLOSED} else (R.c.deadline_at,)
    query: Select[*tuple[object, ...]] = select(*_SHOWN).where(R.c.state.in_(states)).order_by(*by, R.c.id)
    for column, wanted in (
        (R.c.ward, which.ward), (R.c.level, which.level), (R.c.tier, which.tier), (R.c.followup_id, which.followup_id),
    ):  # fmt: skip
        if wanted is not None:
            query = query.where(column == wanted)
    if not which.scope.everything:
        query = query.where(within(which.scope, R.c.ward))
    rows = uow.connection.execute(query.limit(limit).offset(skipped))
    return tuple(_view(row, context) for row in rows)


def how_many(uow: UnitOfWork, scope: Scope) -> dict[FlagState, int]:
    """That are not closed, by state."""
    mine = select(R.c.state, func.count()).where(R.c.state.in_(LIVE), within(scope, R.c.ward))
    found: dict[FlagState, int] = {row[0]: row[1] for row in uow.connection.execute(mine.group_by(R.c.state))}
    return {state: found.get(state, 0) for state in LIVE}


def wards(uow: UnitOfWork, scope: Scope) -> tuple[str, ...]:
    """Those that have a flag; the desk's is empty."""
    rows = uow.connection.execute(select(R.c.ward).where(within(scope, R.c.ward)).distinct())
    return tuple(sorted(row.ward for row in rows))


def masked(uow: UnitOfWork, flag_id: int) -> Masked:
    """Enough to know whose it may be; `open_flag` tells the rest."""
    row = uow.execute(_ONE, {"p_id": flag_id}).first()
    name, phone = ("", "") if row is None else _who(uow, row)
    return Masked(
        mask_name(name) if name else "", "、".join(map(mask_phone, phone.split("、"))) if phone else ""
    )


def view(uow: UnitOfWork, context: Context, flag_id: int) -> FlagView | None:
    """One, as in the list."""
    row = uow.execute(_ONE, {"p_id": flag_id}).first()
    return None if row is None else _view(row, context)


def open_flag(uow: UnitOfWork, context: Context, flag_id: int, reason: str = "act") -> Opened | None:
    """Who it is and what was said; written to the audit log, with why, in the same transaction."""
    if reason not in REASONS:
        raise ValueError(f"{reason}: {', '.join(REASONS)}")
    row = uow.execute(_ONE, {"p_id": flag_id}).first()
    if row is None:
        return None
    audit(uow, context, "flag.revealed", f"flag:{flag_id}", reason=reason)
    name, phone = _who(uow, row)
    note = "" if row.note is None else unsealed(uow.keys, "note", row.key, row.note)
    return Opened(_view(row, context), unsealed(uow.keys, "detail", row.key, row.detail), name, phone, note)


def counts(uow: UnitOfWork) -> Counts:
    """Answered by the index on state and deadline."""
    waiting = R.c.state == written(FlagState.OPEN)
    by_level = select(R.c.level, func.count()).where(waiting).group_by(R.c.level)
    late = select(func.count()).where(R.c.state.in_(LIVE), R.c.deadline_at <= uow.now)
    oldest = select(func.min(R.c.raised_at, type_=UtcDateTime())).where(waiting)
    found: dict[FlagLevel, int] = {row[0]: row[1] for row in uow.connection.execute(by_level)}
    return Counts(
        {level: found.get(level, 0) for level in FlagLevel},
        uow.connection.execute(late).scalar_one(),
        uow.connection.execute(oldest).scalar(),
    )


def wards_of_late(uow: UnitOfWork, context: Context) -> frozenset[str]:
    """Wards that have discharged somebody lately: each of them needs a phone on duty."""
    since = context.today - RECENT
    rows = uow.connection.execute(select(D.c.ward).where(D.c.discharged_on >= since).distinct())
    return frozenset(row.ward for row in rows)


def _view(row: Record, context: Context) -> FlagView:
    return FlagView(
        id=row.id, name=called(row.id), rule=row.rule, title=row.title, level=row.level, state=row.state,
        source=row.source, ward=row.ward, told=_told(row, context), raised_at=row.raised_at,
        deadline_at=row.deadline_at, left=row.deadline_at - (row.closed_at or context.now),
        escalates_at=row.escalates_at, acknowledged_by=row.acknowledged_by, acknowledged_at=row.acknowledged_at,
        outcome=row.outcome, closed_by=row.closed_by, closed_at=row.closed_at, patient_id=row.patient_id,
        account_id=row.account_id, followup_id=row.followup_id, response_id=row.response_id,
    )  # fmt: skip


def _told(row: Record, context: Context) -> str:
    return TIERS[row.tier] if row.tier or row.ward in context.duty.wards else DESK


def _who(uow: UnitOfWork, row: Record) -> tuple[str, str]:
    """Name and phone: as registered, else as discharged."""
    if row.patient_id is not None:
        found = uow.connection.execute(
            select(P.c.id, P.c.name, P.c.phone).where(P.c.id == row.patient_id)
        ).one()
        return plain(uow.keys, "name", found.id, found.name), plain(uow.keys, "phone", found.id, found.phone)
    if row.discharge_id is not None:
        found = uow.connection.execute(
            select(D.c.id, D.c.name, D.c.phone).where(D.c.id == row.discharge_id)
        ).one()
        return (
            of_discharge(uow.keys, "name", found.id, found.name),
            of_discharge(uow.keys, "phone", found.id, found.phone),
        )
    return "", ""
