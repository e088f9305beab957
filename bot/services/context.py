"""What every use case is given besides its command and the unit of work, and the traces it leaves."""

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from sqlalchemy import insert

from bot.domain.accounts import AccountRef
from bot.domain.clock import local
from bot.pushes.kinds import Kinds
from bot.questionnaires.catalogue import Catalogue
from bot.services.directory import Directory
from bot.services.flags.duty import Duty
from bot.services.tables import table
from bot.services.tickets.rules import Rules
from bot.settings import Settings
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent, AuditEntry

_AUDIT = insert(table(AuditEntry)).inline()
_EVENT = insert(table(AppointmentEvent)).inline()


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts, when, by which edition of the directory."""

    account: AccountRef | None
    """None where staff act."""
    actor: str
    """account:12 | staff:0012 | system:scheduler"""
    now: datetime
    directory: Directory
    rng: Random
    settings: Settings
    kinds: Kinds
    forms: Catalogue
    tickets: Rules
    duty: Duty

    @property
    def today(self) -> date:
        return local(self.now).date()

    @property
    def account_id(self) -> int | None:
        return None if self.account is None else self.account.id


def audit(uow: UnitOfWork, context: Context, action: str, subject: str, **detail: str) -> None:
    """Append to the audit log: ids and field names, never personal data (R15)."""
    write_audit(uow, at=context.now, actor=context.actor, action=action, subject=subject, **detail)


def write_audit(
    uow: UnitOfWork, *, at: datetime, actor: str, action: str, subject: str, **detail: str
) -> None:
    row = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": detail}
    uow.execute(_AUDIT, row)


def record(
    uow: UnitOfWork,
    context: Context,
    *,
    appointment_id: int,
    key: str,
    kind: str,
    from_slot_id: int | None = None,
    to_slot_id: int | None = None,
    from_seat_id: int | None = None,
    to_seat_id: int | None = None,
    version: int = 1,
    refund_fen: int = 0,
    reason: str = "",
) -> None:
    """What happened to an appointment, under the key of the command that did it; and its audit row."""
    row = {
        "appointment_id": appointment_id,
        "key": key,
        "kind": kind,
        "from_slot_id": from_slot_id,
        "to_slot_id": to_slot_id,
        "from_seat_id": from_seat_id,
        "to_seat_id": to_seat_id,
        "version": version,
        "refund_fen": refund_fen,
        "actor": context.actor,
        "reason": reason[:200],
        "at": context.now,
    }
    uow.execute(_EVENT, row)
    audit(uow, context, f"appointment.{kind}", f"appointment:{appointment_id}")
