"""Who takes part, and what they reached: everybody of one session in one go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from bot.domain.roles import Scope
from bot.services.context import Context, audit
from bot.services.staff.rows import S
from bot.services.tables import Record
from bot.services.training.planning import Done, R, Stale, Wrong, bump, judge, one
from bot.store.db import UnitOfWork

MOST = 500
"""People of one session."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One who may be invited."""

    id: int
    staff_no: str
    wards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the session's table."""

    record_id: int
    staff_no: str
    present: bool
    score: int | None
    passed: bool | None
    recorded: bool
    """Whether anybody has said yet who was there."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the form says of one line."""

    present: bool
    score: int | None
    gone: bool = False
    """To be taken off the list."""


@dataclass(frozen=True, slots=True)
class Invited:
    """``unknown``: 工号 that nobody within reach has."""

    added: int
    unknown: tuple[str, ...]


def colleagues(uow: UnitOfWork, scope: Scope) -> Sequence[Somebody]:
    """Whom somebody may invite: who works here, in one of their wards or departments."""
    columns = (S.c.id, S.c.staff_no, S.c.wards, S.c.departments)
    rows = uow.connection.execute(select(*columns).where(S.c.active.is_(True)).order_by(S.c.staff_no))
    return [Somebody(row.id, row.staff_no, tuple(row.wards)) for row in rows if _reached(scope, row)]


def invite(
    uow: UnitOfWork, context: Context, scope: Scope, training_id: int, version: int, numbers: Collection[str], ward: str
) -> Invited | Stale:  # fmt: skip
    """By 工号, and everybody of a ward; who is on the list already stays there once."""
    known = {each.staff_no: each for each in colleagues(uow, scope)}
    wanted = {number: known[number].id for number in numbers if number in known}
    wanted |= {each.staff_no: each.id for each in known.values() if ward and ward in each.wards}
    unknown = tuple(number for number in numbers if number not in known)
    there = set(uow.connection.execute(select(R.c.staff_id).where(R.c.training_id == training_id)).scalars())
    new = [staff_id for staff_id in wanted.values() if staff_id not in there][: max(MOST - len(there), 0)]
    if isinstance(bump(uow, context, training_id, version, "training.invited"), Stale):
        return Stale()
    row = {"training_id": training_id, "present": False, "note": "", "version": 1}
    signed = {"recorded_by": context.actor, "recorded_at": context.now}
    if new:
        uow.connection.execute(insert(R), [{**row, **signed, "staff_id": staff_id} for staff_id in new])
    return Invited(len(new), unknown)


def results(uow: UnitOfWork, training_id: int, scope: Scope, own: str) -> Sequence[Result]:
    """By 工号: who is in the scope, and one's own line."""
    columns = (R.c.id, S.c.staff_no, R.c.present, R.c.score, R.c.passed, R.c.version > 1)
    wanted = select(*columns, S.c.wards, S.c.departments).join_from(R, S, S.c.id == R.c.staff_id)
    rows = uow.connection.execute(wanted.where(R.c.training_id == training_id).order_by(S.c.staff_no))
    return [Result(*tuple(row)[:6]) for row in rows if row.staff_no == own or _reached(scope, row)]


def _reached(scope: Scope, row: Record) -> bool:
    """Whether somebody of these wards and departments is within the scope."""
    return bool(scope.everything or scope.wards & set(row.wards) or scope.departments & set(row.departments))


def keep(
    uow: UnitOfWork, context: Context, training_id: int, version: int, given: Mapping[int, Given]
) -> Done | Stale | Wrong:
    """The whole table at once; ``given``: by the record's id.  Lines that are not told of stay."""
    session = one(uow, training_id)
    if session is None:
        return Stale()
    if session.plan.day > context.today:
        return Wrong(("day",))
    bad = [
        f"score-{key}" for key, line in given.items() if line.score is not None and not 0 <= line.score <= 100
    ]
    if bad:
        return Wrong(tuple(bad))
    done = bump(uow, context, training_id, version, "training.recorded")
    if isinstance(done, Stale):
        return done
    mine = R.c.training_id == training_id
    for key, line in given.items():
        if line.gone:
            uow.connection.execute(delete(R).where(mine, R.c.id == key))
            continue
        values = {"present": line.present, "score": line.score if line.present else None}
        signed = {"recorded_by": context.actor, "recorded_at": context.now, "version": R.c.version + 1}
        uow.connection.execute(update(R).where(mine, R.c.id == key).values(**values, **signed))
    judge(uow, training_id, session.plan)
    return done


def reported(uow: UnitOfWork, context: Context, record_id: int, version: int, whom: str) -> bool:
    """三次未达标上报: who was told; False: somebody was faster."""
    mine = (R.c.id == record_id, R.c.version == version, R.c.passed.is_(False))
    done = uow.connection.execute(update(R).where(*mine).values(note=whom, version=version + 1))
    if done.rowcount:
        audit(uow, context, "training.reported", f"training_record:{record_id}")
    return bool(done.rowcount)
