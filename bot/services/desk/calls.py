"""待打电话: the calls that staff have to make, taken by one, finished with what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, literal, select, update

from bot.domain.masking import mask_name, mask_phone
from bot.domain.states import PHONE_TASK, PhoneTaskState, step
from bot.domain.suspension import LIVE
from bot.services.context import Context, audit
from bot.services.desk.queue import Busy, Done, Over, Step, number
from bot.services.people import P, plain
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.push_models import PhoneTask
from bot.store.suspension_models import SuspensionCase
from bot.store.types import written

T, K = table(PhoneTask), table(SuspensionCase)
PAGE = 50
OUTCOMES = ("reached", "wrong_number", "refused", "no_answer")
"""How a call ends; ``no_answer`` for good, after several tries."""
AGAIN = timedelta(hours=2)
"""After which a call that nobody answered is due once more."""
_OPEN = T.c.state.in_((PhoneTaskState.OPEN, PhoneTaskState.TAKEN))


@dataclass(frozen=True, slots=True)
class Call:
    """One call; the patient masked."""

    id: int
    kind: str
    scope: str
    patient_id: str | None
    name: str
    phone: str
    state: PhoneTaskState
    reason: str
    staff_no: str | None
    due_at: datetime
    opened_at: datetime
    deceased: bool
    """Known only after the call was asked for, it may be: who calls has to know it before they dial (R30)."""


def page(
    uow: UnitOfWork, number: int, *, kind: str = "", staff_no: str = "", suspension: int | None = None
) -> tuple[Sequence[Call], bool]:
    """The most overdue first; and whether there is a further page.  ``suspension``: those about one 停诊 alone."""
    query = select(T, P.c.name.label("sealed_name"), P.c.phone.label("sealed_phone"), P.c.deceased_at)
    query = query.join_from(T, P, P.c.id == T.c.patient_id, isouter=True).where(_OPEN)
    if kind:
        query = query.where(T.c.kind == kind)
    if staff_no:
        query = query.where(T.c.staff_no == staff_no)
    if suspension is not None:
        cases = select(literal("case:") + cast(K.c.id, String)).where(K.c.suspension_id == suspension)
        query = query.where(T.c.scope.in_(cases))
    query = query.order_by(T.c.due_at, T.c.id).limit(PAGE + 1).offset((number - 1) * PAGE)
    rows = uow.connection.execute(query).all()
    return [_call(uow, row) for row in rows[:PAGE]], len(rows) > PAGE


def kinds(uow: UnitOfWork) -> Sequence[str]:
    """Of the calls that wait, for the filter."""
    return list(uow.connection.execute(select(T.c.kind).where(_OPEN).distinct().order_by(T.c.kind)).scalars())


def patient_of(uow: UnitOfWork, task_id: int) -> str | None:
    """Whom an open call is to."""
    found = select(T.c.patient_id).where(T.c.id == task_id, _OPEN)
    patient: str | None = uow.connection.execute(found).scalar()
    return patient


def take(uow: UnitOfWork, context: Context, task_id: int) -> Step:
    """Who takes it calls; again is no mistake."""
    return _act(uow, context, task_id, PhoneTaskState.TAKEN, "claimed", staff_no=number(context))


def give_back(uow: UnitOfWork, context: Context, task_id: int) -> Step:
    """For somebody else, due as before."""
    return _act(uow, context, task_id, PhoneTaskState.OPEN, "given_back", staff_no=None)


def again(uow: UnitOfWork, context: Context, task_id: int) -> Step:
    """Nobody answered: due once more a little later, by whoever is there then."""
    due = context.now + AGAIN
    return _act(uow, context, task_id, PhoneTaskState.OPEN, "redialled", staff_no=None, due_at=due)


def finish(uow: UnitOfWork, context: Context, task_id: int, outcome: str) -> Step:
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome}: {', '.join(OUTCOMES)}")
    return _act(
        uow, context, task_id, PhoneTaskState.DONE, "done", outcome=outcome, staff_no=number(context),
        closed_at=context.now,
    )  # fmt: skip


def awaits_answer(uow: UnitOfWork, task_id: int) -> bool:
    """Whether it is about a 停诊 whose patient has not chosen yet: to have been called is no answer (R18)."""
    scope: str = uow.connection.execute(select(T.c.scope).where(T.c.id == task_id)).scalar() or ""
    thing, _, case_id = scope.partition(":")
    if thing != "case":
        return False
    waiting = select(K.c.id).where(K.c.id == int(case_id), K.c.state.in_([written(state) for state in LIVE]))
    return uow.connection.execute(waiting).scalar() is not None


def _act(
    uow: UnitOfWork, context: Context, task_id: int, after: PhoneTaskState, what: str, **values: Any
) -> Step:
    row = uow.connection.execute(select(T).where(T.c.id == task_id).with_for_update()).first()
    if row is None or row.state in (PhoneTaskState.DONE, PhoneTaskState.CANCELLED):
        return Over()
    if row.state == PhoneTaskState.TAKEN and row.staff_no != number(context):
        return Busy(row.staff_no)
    if row.state != after:
        step(PHONE_TASK, PhoneTaskState(row.state), after)
    elif what != "redialled":
        return Done()
    uow.connection.execute(update(T).where(T.c.id == task_id).values(state=after, **values))
    detail = {"outcome": values["outcome"]} if "outcome" in values else {}
    audit(uow, context, f"phone_task.{what}", f"phone_task:{task_id}", scope=row.scope, **detail)
    return Done()


def _call(uow: UnitOfWork, row: Record) -> Call:
    name = phone = ""
    if row.patient_id is not None:
        name = mask_name(plain(uow.keys, "name", row.patient_id, row.sealed_name))
        phone = mask_phone(plain(uow.keys, "phone", row.patient_id, row.sealed_phone))
    return Call(
        row.id, row.kind, row.scope, row.patient_id, name, phone, PhoneTaskState(row.state), row.reason, row.staff_no,
        row.due_at, row.opened_at, row.deceased_at is not None,
    )  # fmt: skip
