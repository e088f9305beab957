"""Name and numbers in full, for whoever is about to call: an act of its own, with a reason, in the audit log (R15)."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from bot.services.context import Context, audit
from bot.services.followup.assigning import WORKED_ON, staff_of
from bot.services.followup.discharges import D, F, opened
from bot.services.followup.numbers import Number, numbers_of
from bot.store.db import UnitOfWork

REASONS = ("call", "correct", "complaint", "check")
"""To call; to correct a number; to answer a complaint; to check a sampled follow-up (R48)."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """To be shown once, and kept nowhere."""

    name: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    id_tail: str = field(repr=False)
    """The last four, to be asked for."""
    numbers: tuple[Number, ...]


def reveal(uow: UnitOfWork, context: Context, followup_id: int, reason: str) -> Revealed | None:
    """None: no such step, or nobody is to call about it any more; a dead patient's relatives are left alone (R30)."""
    staff_of(context)
    if reason not in REASONS:
        raise ValueError(f"{reason}: {', '.join(REASONS)}")
    row = uow.connection.execute(
        select(D, F.c.state).join_from(F, D, D.c.id == F.c.discharge_id).where(F.c.id == followup_id)
    ).first()
    if row is None or row.died_on is not None or (reason == "call" and row.state not in WORKED_ON):
        return None
    told = opened(uow.keys, row, ("name", "id_number"))
    audit(uow, context, "discharge.revealed", f"followup:{followup_id}", reason=reason)
    numbers = numbers_of(uow, row.id, row.phone, row.patient_id)
    return Revealed(told["name"], row.birth_date, told["id_number"][-4:], numbers)
