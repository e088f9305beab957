"""A call was made (R38): written down once, and what follows from it: dialled again, lost, refused, stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.domain.contacts import (
    CHOSEN,
    OUTCOMES,
    Leads,
    Meaning,
    Outcome,
    calling_hours,
    lost_after,
    redial_at,
)
from bot.domain.followup import FOLLOWUP, OPEN, FollowupState
from bot.domain.states import PhoneTaskState, step
from bot.pushes.workdays import is_workday
from bot.services.context import Context, audit
from bot.services.followup import reported
from bot.services.followup.assigning import WORKED_ON, staff_of
from bot.services.followup.discharges import D, F
from bot.services.followup.inviting import scope_of
from bot.services.followup.numbers import C, Number, first_of_use, numbers_of
from bot.services.pushes import void_many
from bot.services.surveys.halting import follow_states
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.push_models import PhoneTask

AGREED_WITHIN = timedelta(days=366)
"""Later than that nobody meant it: the step would never be seen again."""
_S = FollowupState
_T = table(PhoneTask)
_STEP = (
    select(F, D.c.phone, D.c.patient_id)
    .join_from(F, D, D.c.id == F.c.discharge_id)
    .with_for_update(of=F)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """What staff say of it."""

    outcome: Outcome
    note: str = ""
    number: int | None = None
    """Which of `numbers_of` was dialled; None: the first that is of use."""
    again_at: datetime | None = None
    """When they asked to be called."""
    for_good: bool = False
    """Refused: this step and all that follow."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """It stands in the book."""

    state: FollowupState
    reason: str
    calls: int
    next_call_at: datetime | None
    next_number: str = ""
    """Masked: the one to dial next, where this one was of no use."""
    correct: bool = False
    """No number of theirs is of use: find one out and correct it."""


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """Nothing was written."""

    why: str
    """unknown | ended | early | theirs | note | number | moment"""
    detail: str = ""
    """The state, or whose it is."""


def record_call(
    uow: UnitOfWork, context: Context, followup_id: int, call: Call, *, key: str
) -> Recorded | NotRecorded:
    """Once, whatever ``key`` is repeated; by whoever has the step, or takes it by calling."""
    me = staff_of(context)
    row = uow.connection.execute(_STEP.where(F.c.id == followup_id)).first()
    if row is None:
        return NotRecorded("unknown")
    if uow.connection.execute(select(C.c.id).where(C.c.key == key)).first() is not None:
        return _recorded(uow, row.id)
    numbers = numbers_of(uow, row.discharge_id, row.phone, row.patient_id)
    refused = _refused(context, row, call, numbers, me)
    if refused is not None:
        return refused
    dialled = _dialled(call, numbers)
    _write(uow, context, row, call, key, dialled)
    if dialled is not None:
        numbers = tuple(number for number in numbers if number.index != dialled.index)
    meaning = OUTCOMES[call.outcome]
    values = _values(context, row, call, meaning, first_of_use(numbers))
    uow.connection.execute(update(F).where(F.c.id == row.id).values(values))
    _stop(uow, context, row, call, meaning)
    audit(uow, context, "followup.called", f"followup:{row.id}", outcome=str(call.outcome))
    after = _recorded(uow, row.id)
    dead = meaning.leads is Leads.NUMBER_DEAD
    other = first_of_use(numbers) if dead else None
    return Recorded(
        after.state, after.reason, after.calls, after.next_call_at,
        next_number=other.masked if other is not None else "", correct=dead and other is None,
    )  # fmt: skip


def redial(uow: UnitOfWork, context: Context, followup_id: int) -> bool:
    """Somebody lost is to be called again (R38): into the queue, for whoever takes it; False: they are not lost."""
    staff_of(context)
    lost = (F.c.id == followup_id, F.c.state == _S.LOST)
    values = {"next_call_at": context.now, "assigned_to": None, "changed_at": context.now}
    changed = uow.connection.execute(update(F).where(*lost).values(values)).rowcount
    if changed:
        audit(uow, context, "followup.redialled", f"followup:{followup_id}")
    return bool(changed)


def _refused(
    context: Context, row: Record, call: Call, numbers: tuple[Number, ...], me: str
) -> NotRecorded | None:
    if row.state not in WORKED_ON:
        return NotRecorded("ended", str(row.state))
    if row.state is _S.PLANNED and (row.earliest_on is None or row.earliest_on > context.today):
        return NotRecorded("early", str(row.earliest_on or ""))
    if row.assigned_to not in (None, me):
        return NotRecorded("theirs", row.assigned_to)
    if call.outcome not in CHOSEN or (OUTCOMES[call.outcome].noted and not call.note.strip()):
        return NotRecorded("note")
    if call.again_at is not None and not context.now < call.again_at < context.now + AGREED_WITHIN:
        return NotRecorded("moment")
    if call.number is not None and not 0 <= call.number < len(numbers):
        return NotRecorded("number")
    if call.outcome is Outcome.NO_NUMBER and first_of_use(numbers) is not None:
        return NotRecorded("number")  # there is one: dial it first
    return None


def _dialled(call: Call, numbers: tuple[Number, ...]) -> Number | None:
    if call.outcome is Outcome.NO_NUMBER:
        return None
    return (
        numbers[call.number]
        if call.number is not None
        else first_of_use(numbers) or next(iter(numbers), None)
    )


def _write(
    uow: UnitOfWork, context: Context, row: Record, call: Call, key: str, dialled: Number | None
) -> None:
    note = uow.keys.encrypt(call.note.strip().encode(), f"contacts.note:{key}") if call.note.strip() else None
    values = {
        "key": key, "followup_id": row.id, "road": "phone", "outcome": str(call.outcome),
        "dialled": None if dialled is None else dialled.index, "staff_no": staff_of(context), "note": note,
        "at": context.now,
    }  # fmt: skip
    uow.connection.execute(insert(C).values(values))
    done = {"state": PhoneTaskState.DONE, "outcome": str(call.outcome), "staff_no": staff_of(context)}
    waiting = (_T.c.scope == scope_of(row.id), _T.c.state.in_((PhoneTaskState.OPEN, PhoneTaskState.TAKEN)))
    uow.connection.execute(update(_T).where(*waiting).values(done | {"closed_at": context.now}))


def _values(
    context: Context, row: Record, call: Call, meaning: Meaning, other: Number | None
) -> Mapping[str, Any]:
    """The step afterwards.  Deaths and readmissions are of the whole stay: `reported` writes them."""
    now = context.now
    values: dict[str, Any] = {
        "assigned_to": staff_of(context), "next_call_at": None, "changed_at": now,
        "reached_at": row.reached_at or (now if meaning.spoken else None),
        "attempted_at": row.attempted_at or (None if call.outcome is Outcome.NO_NUMBER else now),
    }  # fmt: skip
    if meaning.leads is Leads.REACHED:
        return values | {"state": _contacting(row.state), "reason": ""}
    if meaning.leads is Leads.REFUSED:
        return values | {"state": step(FOLLOWUP, _contacting(row.state), _S.REFUSED), "reason": ""}
    if meaning.leads in (Leads.DECEASED, Leads.READMITTED):
        return values
    calls = row.calls + (meaning.counts and call.outcome is not Outcome.NO_NUMBER)
    values["calls"] = calls
    dead = meaning.leads is Leads.NUMBER_DEAD
    if (other is None) if dead else (meaning.counts and lost_after(calls, row.retries)):
        return values | {"state": _lost(row.state), "reason": str(call.outcome)}
    again = calling_hours(now, is_workday) if dead else redial_at(meaning.gap, now, is_workday)
    waits = step(FOLLOWUP, row.state, _S.DUE) if row.state is _S.PLANNED else row.state
    return values | {"state": waits, "next_call_at": call.again_at or again}


def _contacting(state: FollowupState) -> FollowupState:
    return state if state is _S.CONTACTING else step(FOLLOWUP, state, _S.CONTACTING)


def _lost(state: FollowupState) -> FollowupState:
    if state is _S.LOST:
        return state
    return step(FOLLOWUP, step(FOLLOWUP, state, _S.DUE) if state is _S.PLANNED else state, _S.LOST)


def _stop(uow: UnitOfWork, context: Context, row: Record, call: Call, meaning: Meaning) -> None:
    """What does not wait for the next step: the whole stay ends, or what asks about this step does."""
    match meaning.leads:
        case Leads.DECEASED:
            reported.died(uow, context, row.discharge_id)
        case Leads.READMITTED:
            reported.readmitted(uow, context, row.discharge_id)
        case Leads.REFUSED:
            ours = F.c.discharge_id == row.discharge_id
            if call.for_good:
                values = {"state": _S.REFUSED, "changed_at": context.now}
                uow.connection.execute(update(F).where(ours, F.c.state.in_(OPEN)).values(values))
            refused = uow.connection.execute(select(F.c.id).where(ours, F.c.state == _S.REFUSED)).scalars()
            void_many(uow, [scope_of(each) for each in refused], reason="refused")
            follow_states(uow, context, (row.discharge_id,))


def _recorded(uow: UnitOfWork, followup_id: int) -> Recorded:
    row = uow.connection.execute(
        select(F.c.state, F.c.reason, F.c.calls, F.c.next_call_at).where(F.c.id == followup_id)
    ).one()
    return Recorded(row.state, row.reason, row.calls, row.next_call_at)
