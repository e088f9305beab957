"""An overdue ticket told to who has to know: an alert on the board, and an SMS to the department's duty phone where
there are both a phone and an approved template.  Number and department only: a lock screen shows it (R15)."""

from bot.domain.notice import Notice
from bot.pushes.wording import moment
from bot.services.alerts import raise_alert
from bot.services.context import Context
from bot.services.flags.duty import DIRECTOR, MEDICAL_OFFICE
from bot.services.flags.telling import texts
from bot.services.tables import Record
from bot.services.tickets.rows import scope_of
from bot.store.db import UnitOfWork
from bot.store.outbox import put

ALERT = "ticket_overdue"
"""The alert, and the kind of the SMS."""


def alarm(uow: UnitOfWork, context: Context, row: Record, tier: int) -> None:
    """Once for each tier: the caller has just moved the ticket there."""
    raise_alert(uow, ALERT, scope_of(row.id), f"tier {tier}")
    reached = context.duty.reach(row.department, DIRECTOR if tier == 1 else MEDICAL_OFFICE, context.now)
    if reached is None or not texts(context.settings, ALERT):
        return
    fields = {"ticket": row.number, "department": row.department, "deadline": moment(row.due_at)}
    kind = context.kinds[ALERT]
    put(
        uow, key=f"{ALERT}:{row.id}:{row.version + 1}", kind=ALERT, account_id=None,
        notice=Notice(ALERT, fields, phone=reached.phone), priority=kind.priority,
        expires_at=context.now + kind.lives,
    )  # fmt: skip
