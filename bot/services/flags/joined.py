"""Several dangers of one patient within minutes are one call: the phone that was told of the first is not told again.

「胸口疼得喘不上气」 is three flags.  Each keeps its own tier, deadline and escalation; only the SMS is spared, and only
while the flag that was told of is still untaken.  Once that one is taken, the others are told of at their own time.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, exists, literal, or_, select

from bot.domain.flags import FlagState
from bot.domain.states import OutboxState
from bot.services.context import Context
from bot.services.flags.rows import R
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.types import UtcDateTime, written

WITHIN = timedelta(minutes=10)
_O = table(OutboxMessage)
_OTHER = R.alias("other")
_ON_ITS_WAY = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.SENT)
_SINCE = bindparam("p_since", type_=UtcDateTime)
_SMS = literal("flag:") + cast(_OTHER.c.id, String) + ":" + cast(_OTHER.c.told, String)
"""Key of what told of the other one last."""


def _same() -> ColumnElement[bool]:
    """An untaken flag of the same patient, ward and level; of nobody known, of the same account."""
    nobody = and_(
        R.c.patient_id.is_(None), _OTHER.c.patient_id.is_(None), _OTHER.c.account_id == R.c.account_id
    )
    return and_(
        R.c.id == bindparam("p_id"), _OTHER.c.id != R.c.id, _OTHER.c.state == FlagState.OPEN,
        _OTHER.c.ward == R.c.ward, _OTHER.c.level == R.c.level,
        or_(_OTHER.c.patient_id == R.c.patient_id, nobody),
    )  # fmt: skip


_TOLD = (
    select(_OTHER.c.id)
    .select_from(R, _OTHER, _O)
    .where(
        _same(), _OTHER.c.tier == bindparam("p_tier"), _O.c.key == _SMS, _O.c.created_at > _SINCE,
        _O.c.state.in_([written(each) for each in _ON_ITS_WAY]),
    )
    .limit(1)
)  # fmt: skip
_RELY = (
    select(_OTHER.c.id)
    .select_from(R, _OTHER)
    .where(_same(), _OTHER.c.raised_at > _SINCE, ~exists().where(_O.c.key == _SMS))
    .limit(1)
)


def told_with_another(uow: UnitOfWork, context: Context, flag_id: int, tier: int) -> bool:
    """Whether ``tier`` was told a moment ago of another flag of the same patient, which nobody has taken."""
    given = {"p_id": flag_id, "p_tier": tier, "p_since": context.now - WITHIN}
    return uow.execute(_TOLD, given).first() is not None


def speaks_for_others(uow: UnitOfWork, context: Context, flag_id: int) -> bool:
    """Whether open flags were not told of because this one was: its SMS has to go, though somebody is at it."""
    given = {"p_id": flag_id, "p_since": context.now - WITHIN}
    return uow.execute(_RELY, given).first() is not None
