"""What the saga has the planner say, and what it takes back: rows only, in the transaction of the step."""

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, select

from bot.domain.states import PhoneTaskState
from bot.services import phone_tasks
from bot.services.context import Context
from bot.services.pushes import Planned, plan_many, void_many
from bot.services.suspension.rows import scope_of
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.push_models import PhoneTask
from bot.store.types import written

NOTICE, REMINDER, WITHDRAWN = "suspension", "suspension_reminder", "suspension_withdrawn"
_P = table(PhoneTask)
_CALLED = select(_P.c.id).where(
    _P.c.scope == bindparam("of_scope"),
    _P.c.state.in_([written(PhoneTaskState.OPEN), written(PhoneTaskState.TAKEN)]),
)


def tell(uow: UnitOfWork, context: Context, kind: str, cases: Iterable[tuple[Record, int]]) -> None:
    """Plan a push of ``kind`` for each (case, its version now); the next tick of the planner queues it."""
    pushes = [
        Planned(kind, scope_of(row.id), version, row.patient_id, row.account_id, uow.now)
        for row, version in cases
    ]
    plan_many(uow, context.kinds, uow.now, pushes)


def hush_visits(uow: UnitOfWork, appointment_ids: Collection[int]) -> None:
    """No reminder of a visit that does not take place."""
    void_many(uow, [f"appointment:{each}" for each in appointment_ids], reason="suspended")


def hush(uow: UnitOfWork, case_ids: Collection[int], *, reason: str) -> None:
    """What the cases were still to be told is not needed any more, or told anew."""
    void_many(uow, [scope_of(each) for each in case_ids], reason=reason)


def call_off(uow: UnitOfWork, case_ids: Collection[int]) -> None:
    """Nobody has to call about them any more."""
    phone_tasks.cancel(uow, [scope_of(each) for each in case_ids])


def call(uow: UnitOfWork, row: Record, *, reason: str) -> None:
    """Have staff call, unless they are to already: the notice's own ladder may have ended in a call before."""
    scope = scope_of(row.id)
    if uow.execute(_CALLED, {"of_scope": scope}).first() is not None:
        return
    phone_tasks.open_task(
        uow, key=f"{NOTICE}:{scope}:{row.version}", kind=NOTICE, scope=scope, patient_id=row.patient_id,
        account_id=row.account_id, reason=reason, due_at=uow.now,
    )  # fmt: skip
