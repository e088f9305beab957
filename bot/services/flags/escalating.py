"""Red flags that nobody takes go up: the head nurse, the director, 医务科, each told once."""

import logging
from collections.abc import Sequence
from functools import partial

from sqlalchemy import String, bindparam, cast, literal, or_, select, update

from bot.domain.flags import FlagState
from bot.domain.states import OutboxState
from bot.services.context import Context, audit
from bot.services.flags.duty import MEDICAL_OFFICE
from bot.services.flags.rows import LIVE, R
from bot.services.flags.telling import Call, tell
from bot.services.hospital import Hospital
from bot.services.tables import Record, table
from bot.store.away import missing
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.types import UtcDateTime, written

log = logging.getLogger(__name__)

_O = table(OutboxMessage)
_NOW = bindparam("p_now", type_=UtcDateTime)
_LAST = literal("flag:") + cast(R.c.id, String) + ":" + cast(R.c.told, String)
_LOST = select(_O.c.id).where(_O.c.key == _LAST, _O.c.state == written(OutboxState.DEAD)).exists()
"""What told the tier it stands at did not arrive: the next one is told at once."""
_WAITING = (
    select(R.c.id, R.c.ward, R.c.level, R.c.tier, R.c.told, R.c.deadline_at)
    .where(
        R.c.state == FlagState.OPEN, R.c.tier < MEDICAL_OFFICE, or_(R.c.escalates_at <= _NOW, _LOST),
    )
    .order_by(R.c.escalates_at, R.c.id)
)  # fmt: skip
_STILL = (R.c.id == bindparam("p_id")) & (R.c.state == FlagState.OPEN) & (R.c.told == bindparam("p_told"))
_TAKE = update(R).where(_STILL).values(told=R.c.told + 1)
_LATE = R.c.state.in_(LIVE) & R.c.overdue_at.is_(None) & (R.c.deadline_at <= _NOW)
_ANY_LATE = select(R.c.id).where(_LATE).limit(1)
_MARK = update(R).where(_LATE).values(overdue_at=_NOW).returning(R.c.id)


def escalate(hospital: Hospital) -> int:
    """Tell the next tier of every flag whose time has come, mark what is overdue; how many were told of.

    Any number of schedulers may do this at once: whoever counts ``told`` up first has told.
    """
    context = hospital.acting("system:scheduler")
    with hospital.db.read() as uow:
        waiting: Sequence[Record] = uow.execute(_WAITING, {"p_now": context.now}).fetchall()
        late = uow.execute(_ANY_LATE, {"p_now": context.now}).first() is not None
    if late:
        hospital.db.run(lambda uow: _mark(uow, context))
    gone_up = 0
    for row in waiting:
        try:
            gone_up += hospital.db.run(partial(_up, context=context, row=row))
        except Exception as error:  # one that cannot be told must not silence the others
            if missing(error):
                raise
            log.exception("flag.not_escalated id=%s", row.id)
    return gone_up


def _up(uow: UnitOfWork, context: Context, row: Record) -> bool:
    if not uow.execute(_TAKE, {"p_id": row.id, "p_told": row.told}).rowcount:
        return False  # taken by a nurse, or told by another scheduler
    call = Call(row.id, row.told + 1, row.ward, row.level, row.deadline_at, late=True)
    reached = tell(uow, context, call, row.tier + 1)
    tier = row.tier + 1 if reached is None else reached.tier
    wait = context.duty.waits(row.level, tier)
    changed = {"tier": tier, "escalates_at": None if wait is None else context.now + wait}
    uow.connection.execute(update(R).where(R.c.id == row.id).values(changed))
    audit(
        uow,
        context,
        "flag.escalated",
        f"flag:{row.id}",
        tier=str(tier),
        told="no" if reached is None else "yes",
    )
    return True


def _mark(uow: UnitOfWork, context: Context) -> None:
    for row in uow.execute(_MARK, {"p_now": context.now}).fetchall():
        audit(uow, context, "flag.overdue", f"flag:{row.id}")
