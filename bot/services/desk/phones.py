"""A patient's name and number in full, for whoever is about to phone: with a reason, in the audit log (R15)."""

from dataclasses import dataclass, field

from bot.services.context import Context, audit
from bot.services.people import patient_row, plain
from bot.store.db import UnitOfWork

REASONS = ("contact", "verify", "complaint", "request")


@dataclass(frozen=True, slots=True)
class Number:
    """To be shown once, and kept nowhere."""

    name: str = field(repr=False)
    phone: str = field(repr=False)


def reveal(
    uow: UnitOfWork,
    context: Context,
    patient_id: str,
    *,
    reason: str,
    about: str,
    account_id: int | None = None,
) -> Number | None:
    """``about``: the call or conversation it is for; with ``account_id`` only who that account looks after."""
    if reason not in REASONS:
        raise ValueError(f"{reason}: {', '.join(REASONS)}")
    row = patient_row(uow, account_id, patient_id)
    if row is None:
        return None
    audit(uow, context, "patient.revealed", f"patient:{patient_id}", reason=reason, about=about)
    name = plain(uow.keys, "name", patient_id, row.patient_name)
    return Number(name, plain(uow.keys, "phone", patient_id, row.patient_phone))
