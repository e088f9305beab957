"""A patient's name and numbers in full: an act with a reason, in the audit log (R15)."""

from dataclasses import dataclass, field

from sqlalchemy import select

from bot.services.context import Context, audit
from bot.services.people import P, plain
from bot.store.db import UnitOfWork

REASONS = {"contact": "联系患者", "verify": "核对身份", "complaint": "处理投诉", "request": "患者本人要求"}


@dataclass(frozen=True, slots=True)
class Revealed:
    """To be shown once, and kept nowhere."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)


def reveal(uow: UnitOfWork, context: Context, patient_id: str, reason: str) -> Revealed | None:
    """None: there is no such patient."""
    if reason not in REASONS:
        raise ValueError(f"{reason}: {', '.join(REASONS)}")
    row = uow.connection.execute(select(P).where(P.c.id == patient_id)).first()
    if row is None:
        return None
    audit(uow, context, "patient.revealed", f"patient:{patient_id}", reason=reason)
    name, number, phone = (
        plain(uow.keys, column, patient_id, getattr(row, column)) for column in ("name", "id_number", "phone")
    )
    return Revealed(name, number, phone)
