"""Tell whoever is on duty of a red flag: an SMS through the outbox, in the transaction of its cause.

The SMS says ward, level, number and time; of the patient nothing, a lock screen shows it (R15, R24).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from bot.domain.clock import local
from bot.domain.flags import FlagLevel
from bot.domain.notice import Notice
from bot.domain.states import OutboxState
from bot.pushes.wording import moment as worded
from bot.services.alerts import raise_alert
from bot.services.context import Context
from bot.services.flags.duty import DESK, MEDICAL_OFFICE, Reached
from bot.services.flags.joined import speaks_for_others, told_with_another
from bot.services.flags.rows import called
from bot.services.tables import table
from bot.settings import Settings
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.outbox import put

KIND, LATE = "red_flag", "red_flag_late"
UNTOLD = "flag_untold"
"""The alert where nobody could be told: no phone, no SMS, or the SMS did not arrive."""
_O = table(OutboxMessage)


@dataclass(frozen=True, slots=True)
class Call:
    """What is told: the ``number``-th time for this flag."""

    flag_id: int
    number: int
    ward: str
    level: FlagLevel
    deadline_at: datetime
    late: bool = False
    """Somebody was told before, and did not come."""
    again: bool = False
    """Given back: told in any case."""


def tell(uow: UnitOfWork, context: Context, call: Call, tier: int) -> Reached | None:
    """Who is told, from ``tier`` upwards.  What cannot be told is an alert: nothing is dropped in silence."""
    reached = context.duty.reach(call.ward, tier, context.now)
    known = call.ward in context.duty.wards
    if reached is None or (reached.tier != tier and (known or tier in (0, MEDICAL_OFFICE))):
        raise_alert(uow, UNTOLD, f"ward:{call.ward or DESK}:{tier}", "no_phone")
    if reached is None:
        return None
    kind = LATE if call.late else KIND
    if not texts(context.settings, kind):
        raise_alert(uow, UNTOLD, f"sms:{kind}", "no_sms")
        return reached
    if not call.again and told_with_another(uow, context, call.flag_id, reached.tier):
        return reached
    fields = {
        "ward": call.ward or DESK,
        "level": context.duty.levels[call.level].title,
        "alert": called(call.flag_id),
        "time": _by(call.deadline_at, context.now),
    }
    put(
        uow, key=key(call.flag_id, call.number), kind=kind, account_id=None,
        notice=Notice(kind, fields, phone=reached.phone), priority=context.kinds[kind].priority,
        expires_at=context.now + context.kinds[kind].lives,
    )  # fmt: skip
    return reached


def call_back(uow: UnitOfWork, context: Context, flag_id: int, told: int) -> None:
    """Somebody is at it: what has not gone out yet wakes nobody any more, unless it tells of others as well."""
    if speaks_for_others(uow, context, flag_id):
        return
    keys = [key(flag_id, number) for number in range(1, told + 1)]
    uow.connection.execute(
        update(_O)
        .where(_O.c.key.in_(keys), _O.c.state == OutboxState.PENDING)
        .values(state=OutboxState.VOID, error="acknowledged")
    )


def key(flag_id: int, number: int) -> str:
    """Of the outbox row."""
    return f"flag:{flag_id}:{number}"


def texts(settings: Settings, kind: str) -> bool:
    """Whether SMS of this kind can go at all; the sandbox knows every kind by its own name."""
    approved = settings.sms_vendor == "sandbox" and not settings.sms_templates
    return settings.sms_vendor != "none" and (approved or kind in settings.sms_templates)


def _by(deadline: datetime, now: datetime) -> str:
    """10:35; with the day where it is another one."""
    if local(deadline).date() == local(now).date():
        return f"{local(deadline):%H:%M}"
    return worded(deadline)
