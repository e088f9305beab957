"""What staff do with a red flag: take it, give it back, close it with what was done.  One transaction each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.domain.flags import FLAG, FlagState
from bot.domain.states import step
from bot.services.context import Context, audit
from bot.services.flags.rows import R, sealed
from bot.services.flags.telling import Call, call_back, tell
from bot.services.tables import Record
from bot.store.db import UnitOfWork

_ONE = select(
    R.c.id, R.c.key, R.c.state, R.c.ward, R.c.level, R.c.tier, R.c.told, R.c.deadline_at, R.c.acknowledged_by,
    R.c.acknowledged_at, R.c.closed_by, R.c.closed_at, R.c.outcome,
).where(R.c.id == bindparam("p_id"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """It stands as it was asked to."""


@dataclass(frozen=True, slots=True)
class TakenBy:
    """Somebody else was first."""

    staff_no: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClosedBy:
    """It was closed before."""

    staff_no: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Nobody has it who could give it back."""


@dataclass(frozen=True, slots=True)
class NoFlag:
    """There is none with this number."""


@dataclass(frozen=True, slots=True)
class NoOutcome:
    """The data knows no such outcome."""

    known: tuple[str, ...]


Acted = Done | TakenBy | ClosedBy | NotTaken | NoFlag | NoOutcome


def acknowledge(uow: UnitOfWork, context: Context, flag_id: int) -> Acted:
    """Somebody is at it: it is not escalated any more.  Of two at once the first has it."""
    staff = _staff(context)
    row = _row(uow, flag_id)
    if row is not None and row.state is FlagState.OPEN:
        taken = {"acknowledged_by": staff, "acknowledged_at": context.now, "escalates_at": None}
        if _step(uow, row, FlagState.ACKNOWLEDGED, taken):
            call_back(uow, context, row.id, row.told)
            audit(uow, context, "flag.acknowledged", f"flag:{row.id}")
            return Done()
        row = _row(uow, flag_id)
    if row is None:
        return NoFlag()
    if row.state is FlagState.ACKNOWLEDGED and row.acknowledged_by == staff:
        return Done()  # pressed twice
    return _elsewhere(row)


def give_back(uow: UnitOfWork, context: Context, flag_id: int) -> Acted:
    """Who took it cannot go on: the tier it stood at is told again, and it goes up from there."""
    _staff(context)
    row = _row(uow, flag_id)
    if row is None:
        return NoFlag()
    if row.state is not FlagState.ACKNOWLEDGED:
        return NotTaken() if row.state is FlagState.OPEN else _elsewhere(row)
    freed = {"acknowledged_by": None, "acknowledged_at": None, "told": row.told + 1}
    if not _step(uow, row, FlagState.OPEN, freed):
        return NotTaken()
    call = Call(row.id, row.told + 1, row.ward, row.level, row.deadline_at, late=True, again=True)
    reached = tell(uow, context, call, row.tier)
    tier = row.tier if reached is None else reached.tier
    wait = context.duty.waits(row.level, tier)
    changed = {"tier": tier, "escalates_at": None if wait is None else context.now + wait}
    uow.connection.execute(update(R).where(R.c.id == row.id).values(changed))
    audit(uow, context, "flag.given_back", f"flag:{row.id}", by=row.acknowledged_by)
    return Done()


def close(uow: UnitOfWork, context: Context, flag_id: int, outcome: str, note: str = "") -> Acted:
    """What was done, by code; the words of ``note`` are kept encrypted."""
    staff = _staff(context)
    if outcome not in context.duty.outcomes:
        return NoOutcome(tuple(context.duty.outcomes))
    row = _row(uow, flag_id)
    if row is None:
        return NoFlag()
    if row.state is FlagState.CLOSED:
        return _elsewhere(row)
    done = {
        "outcome": outcome, "closed_by": staff, "closed_at": context.now, "escalates_at": None,
        "note": sealed(uow.keys, "note", row.key, note) if note else None,
    }  # fmt: skip
    if not _step(uow, row, FlagState.CLOSED, done):
        return close(uow, context, flag_id, outcome, note)  # somebody took it, or closed it, just now
    call_back(uow, context, row.id, row.told)
    audit(uow, context, "flag.closed", f"flag:{row.id}", outcome=outcome)
    return Done()


def _staff(context: Context) -> str:
    kind, _, number = context.actor.partition(":")
    if kind != "staff" or not number:
        raise ValueError("only staff act on a red flag")
    return number


def _row(uow: UnitOfWork, flag_id: int) -> Record | None:
    return uow.execute(_ONE, {"p_id": flag_id}).first()


def _step(uow: UnitOfWork, row: Record, after: FlagState, values: dict[str, object]) -> bool:
    """False where somebody else has moved it since ``row`` was read."""
    step(FLAG, row.state, after)
    ours = update(R).where(R.c.id == row.id, R.c.state == row.state)
    return uow.connection.execute(ours.values(state=after, **values)).rowcount > 0


def _elsewhere(row: Record) -> Acted:
    if row.state is FlagState.CLOSED:
        return ClosedBy(row.closed_by, row.closed_at, row.outcome)
    return TakenBy(row.acknowledged_by, row.acknowledged_at)
