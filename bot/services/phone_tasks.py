"""Calls that staff have to make: the last rung of every ladder."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.states import PhoneTaskState
from bot.services.context import write_audit
from bot.services.tables import table
from bot.store.db import Database, UnitOfWork
from bot.store.push_models import PhoneTask

_T = table(PhoneTask)
_LISTED = 200
_OPEN = (PhoneTaskState.OPEN, PhoneTaskState.TAKEN)
_TODO = select(_T).where(_T.c.state.in_(_OPEN)).order_by(_T.c.due_at, _T.c.id).limit(_LISTED)
_FINISH = (
    update(_T)
    .where(_T.c.id == bindparam("task"), _T.c.state.in_(_OPEN))
    .returning(_T.c.scope)
)  # fmt: skip


class Unknown(LookupError):
    """No open task has this number."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make.  Who it is about is looked up by ``patient_id``, where that is allowed."""

    id: int
    kind: str
    scope: str
    """appointment:12 | case:5 …"""
    patient_id: str | None
    reason: str
    """no_road | unanswered | undelivered …"""
    due_at: datetime


def open_task(
    uow: UnitOfWork,
    *,
    key: str,
    kind: str,
    scope: str,
    patient_id: str | None,
    account_id: int | None,
    reason: str,
    due_at: datetime,
) -> bool:
    """Have staff call; False if this key has been asked for already."""
    put = (postgresql.insert if uow.dialect == "postgresql" else sqlite.insert)(_T)
    values = {
        "key": key,
        "kind": kind,
        "scope": scope,
        "patient_id": patient_id,
        "account_id": account_id,
        "state": PhoneTaskState.OPEN,
        "reason": reason[:64],
        "outcome": "",
        "due_at": due_at,
        "opened_at": uow.now,
    }
    made = put.values(values).on_conflict_do_nothing(index_elements=[_T.c.key]).returning(_T.c.id)
    return uow.connection.execute(made).first() is not None


def open_tasks(db: Database) -> Sequence[Call]:
    """What is to be called, the most overdue first."""
    with db.read() as uow:
        return [
            Call(row.id, row.kind, row.scope, row.patient_id, row.reason, row.due_at)
            for row in uow.connection.execute(_TODO)
        ]


def finish(db: Database, task_id: int, *, outcome: str, staff_no: str) -> None:
    """The call has been made; raises `Unknown`."""

    def work(uow: UnitOfWork) -> None:
        done = {"state": PhoneTaskState.DONE, "outcome": outcome, "staff_no": staff_no, "closed_at": uow.now}
        row = uow.connection.execute(_FINISH.values(done), {"task": task_id}).first()
        if row is None:
            raise Unknown(task_id)
        write_audit(
            uow, at=uow.now, actor=f"staff:{staff_no}", action="phone_task.done", subject=f"phone_task:{task_id}",
            scope=row.scope, outcome=outcome,
        )  # fmt: skip

    db.run(work)


def cancel(uow: UnitOfWork, scopes: Collection[str]) -> int:
    """What was to be said over the phone has been settled otherwise; how many calls that saves."""
    values = {"state": PhoneTaskState.CANCELLED, "closed_at": uow.now}
    ours = update(_T).where(_T.c.scope.in_(scopes), _T.c.state.in_(_OPEN))
    return uow.connection.execute(ours.values(values)).rowcount
