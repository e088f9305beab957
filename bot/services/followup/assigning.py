"""Who follows up whom (R36, R39): staff take a step, give it back, or are given it; the second to take it is told
who was faster."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import false, or_, select, true, update

from bot.domain.followup import OPEN, FollowupState, Grade
from bot.domain.names import TITLES
from bot.services.context import Context, audit
from bot.services.followup.discharges import D, F
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Department, Doctor

WORKED_ON = (*OPEN, FollowupState.LOST)
"""Lost ones are called again when somebody wants to (R38)."""
SENIORS = TITLES[:2]
"""副主任医师以上"""
_DOCTOR, _DEPARTMENT = table(Doctor), table(Department)


@dataclass(frozen=True, slots=True)
class Assigned:
    """It is theirs now."""

    staff_no: str | None
    """None: the ward's queue."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """Somebody else has it."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class NoWork:
    """There is nothing to do for it."""

    why: str
    """unknown, or its state"""


Assignment = Assigned | Theirs | NoWork


def staff_of(context: Context) -> str:
    """The 工号 of whoever acts, also through another system (``api:phone:0012``)."""
    who, _, number = context.actor.rpartition(":")
    if not number or not (who == "staff" or who.startswith("api:")):
        raise ValueError(f"{context.actor}: staff have to answer for this")
    return number


def take(uow: UnitOfWork, context: Context, followup_id: int) -> Assignment:
    """Mine from now on, unless somebody has it."""
    me = staff_of(context)
    return _set(uow, context, followup_id, me, holders=(None, me))


def give_back(uow: UnitOfWork, context: Context, followup_id: int) -> Assignment:
    """Into the ward's queue again, if it is mine."""
    return _set(uow, context, followup_id, None, holders=(None, staff_of(context)))


def assign(
    uow: UnitOfWork, context: Context, followup_id: int, to: str | None, *, seen: str | None
) -> Assignment:
    """Give it to ``to``; ``seen``: who had it when that was decided."""
    staff_of(context)
    return _set(uow, context, followup_id, to, holders=(seen, to))


def assign_by_grade(uow: UnitOfWork, context: Context, wards: Collection[str] = ()) -> int:
    """Nobody's steps to the doctor of the stay, where their title is what the step asks for (R39): a first follow-up
    to a 副主任医师 or above, the next to the 主管医师 whatever their title; how many.  The rest stays in the queue."""
    rows = uow.connection.execute(
        select(F.c.id, F.c.owner, D.c.doctor, D.c.department)
        .join_from(F, D, D.c.id == F.c.discharge_id)
        .where(F.c.state.in_((FollowupState.DUE, FollowupState.OVERDUE)), F.c.assigned_to.is_(None))
        .where(F.c.owner.in_((Grade.SENIOR, Grade.ATTENDING)), D.c.doctor != "")
        .where(D.c.ward.in_(wards) if wards else true())
        .order_by(F.c.id)
    ).fetchall()
    doctors = _doctors(uow)
    given = 0
    for row in rows:
        found = doctors.get((row.doctor, row.department))
        if found is None or (row.owner == Grade.SENIOR and found[1] not in SENIORS):
            continue
        given += isinstance(_set(uow, context, row.id, found[0], holders=(None,)), Assigned)
    return given


def _doctors(uow: UnitOfWork) -> dict[tuple[str, str], tuple[str, str]]:
    """工号 and title by name and department; two of one name in one department are left to a person."""
    rows = uow.connection.execute(
        select(_DOCTOR.c.name, _DEPARTMENT.c.name.label("department"), _DOCTOR.c.staff_no, _DOCTOR.c.title)
        .join_from(_DOCTOR, _DEPARTMENT, _DEPARTMENT.c.id == _DOCTOR.c.department_id)
        .where(_DOCTOR.c.active)
    ).fetchall()
    names = [(row.name, row.department) for row in rows]
    return {
        (row.name, row.department): (row.staff_no, row.title)
        for row in rows
        if names.count((row.name, row.department)) == 1
    }


def _set(
    uow: UnitOfWork, context: Context, followup_id: int, to: str | None, *, holders: tuple[str | None, ...]
) -> Assignment:
    named = [holder for holder in holders if holder is not None]
    free = F.c.assigned_to.is_(None) if None in holders else false()
    changed = uow.connection.execute(
        update(F)
        .where(F.c.id == followup_id, F.c.state.in_(WORKED_ON), or_(free, F.c.assigned_to.in_(named)))
        .values(assigned_to=to, changed_at=context.now)
    ).rowcount
    if changed:
        audit(uow, context, "followup.assigned", f"followup:{followup_id}", to=to or "")
        return Assigned(to)
    row = uow.connection.execute(select(F.c.state, F.c.assigned_to).where(F.c.id == followup_id)).first()
    if row is None:
        return NoWork("unknown")
    if row.state not in WORKED_ON:
        return NoWork(str(row.state))
    return Theirs(row.assigned_to) if row.assigned_to is not None else NoWork("unknown")
