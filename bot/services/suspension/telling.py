"""What the saga has the planner say, and what it takes back: rows only, in the transaction of the step."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from bot.services import phone_tasks
from bot.services.context import Context
from bot.services.pushes import Planned, plan_many, void, void_many
from bot.services.suspension.rows import scope_of
from bot.services.tables import Record
from bot.store.db import UnitOfWork

NOTICE, REMINDER, WITHDRAWN = "suspension", "suspension_reminder", "suspension_withdrawn"


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


def hush(uow: UnitOfWork, case_id: int, *, below_version: int | None = None, reason: str) -> None:
    """What the case has still to be told, and the call to be made, are not needed any more."""
    void(uow, scope_of(case_id), below_version=below_version, reason=reason)
    if below_version is None:
        phone_tasks.cancel(uow, scope_of(case_id))


def call(uow: UnitOfWork, row: Record, *, reason: str, due_at: datetime | None = None) -> None:
    """Have staff call; one task a case."""
    task: dict[str, Any] = {
        "scope": scope_of(row.id),
        "patient_id": row.patient_id,
        "account_id": row.account_id,
    }
    phone_tasks.open_task(
        uow, key=f"{NOTICE}:{scope_of(row.id)}", kind=NOTICE, reason=reason, due_at=due_at or uow.now, **task
    )
