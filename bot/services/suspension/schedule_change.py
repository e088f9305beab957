"""A schedule change that takes sold seats away (R12) is a suspension of just those visits."""

from collections.abc import Collection
from hashlib import sha256

from sqlalchemy import insert, select, update

from bot.domain.suspension import Scope
from bot.services.appointments import A
from bot.services.context import Context, audit
from bot.services.suspension import visits
from bot.services.suspension.rows import K, L, U, of_suspension
from bot.services.suspension.start import list_cases, new_suspension
from bot.store.db import UnitOfWork

REASON = "医生出诊时间调整"


def displace(uow: UnitOfWork, context: Context, appointment_ids: Collection[int]) -> int:
    """In the transaction of the change: the visits lose their seats at once, their patients are told by the tick.
    Gives the suspension's number."""
    affected = sorted(appointment_ids)
    digest = sha256(",".join(map(str, affected)).encode()).hexdigest()[:16]
    key = f"schedule:{uow.now.isoformat()}:{digest}"
    suspension_id = new_suspension(uow, context, "schedule", Scope(uow.now, uow.now), key=key, reason=REASON)
    count = list_cases(uow, suspension_id, A.c.id.in_(affected))
    clinics = uow.connection.execute(
        select(K.c.clinic_id).where(K.c.suspension_id == suspension_id).distinct()
    ).scalars()
    rows = [{"suspension_id": suspension_id, "clinic_id": each, "whole": False} for each in clinics]
    if rows:
        uow.connection.execute(insert(L), rows)
    uow.connection.execute(update(U).where(U.c.id == suspension_id).values(affected=count))
    visits.suspend(uow, context, of_suspension(uow, suspension_id))
    audit(
        uow, context, "suspension.start", f"suspension:{suspension_id}", scope="schedule", affected=str(count)
    )
    return suspension_id
