"""The invitation that an account saw last: words that come right after it answer it."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from bot.domain.states import OutboxState
from bot.domain.world import Matter
from bot.pushes.survey_ways import FRAME
from bot.services.context import Context
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Push

KINDS = ("followup_due", "followup_reminder")
REMEMBERED = timedelta(days=10)
_O, _P = table(OutboxMessage), table(Push)
_NEWEST = (
    select(_O.c.id, _O.c.sent_at, _P.c.scope)
    .join_from(_O, _P, _P.c.id == _O.c.push_id)
    .where(_O.c.account_id == bindparam("account"), _O.c.kind.in_(KINDS), _O.c.state == OutboxState.SENT)
    .order_by(_O.c.id.desc())
    .limit(1)
)


def invitation(uow: UnitOfWork, context: Context) -> tuple[Matter, ...]:
    row = uow.execute(_NEWEST, {"account": context.account_id}).first()
    if row is None or _long_ago(row.sent_at, context.now):
        return ()
    return (
        Matter(f"invited:{row.id}", FRAME, {"scope": row.scope, "invited": True}, row.sent_at, waits=True),
    )


def _long_ago(sent_at: datetime | None, now: datetime) -> bool:
    return sent_at is None or now - sent_at > REMEMBERED
