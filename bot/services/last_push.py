"""The push that the account saw last and that words may answer: an invitation to a questionnaire, the answer to a
complaint.  Words that come right after it answer it."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from bot.domain.speech import Json
from bot.domain.states import OutboxState
from bot.domain.world import Matter
from bot.pushes import survey_ways, ticket_ways
from bot.services.context import Context
from bot.services.tables import Record, table
from bot.services.tickets.telling import ANSWER
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Push

INVITATIONS = ("followup_due", "followup_reminder")
REMEMBERED = timedelta(days=10)
_O, _P = table(OutboxMessage), table(Push)
_NEWEST = (
    select(_O.c.id, _O.c.kind, _O.c.sent_at, _P.c.scope, _P.c.version)
    .join_from(_O, _P, _P.c.id == _O.c.push_id)
    .where(
        _O.c.account_id == bindparam("account"),
        _O.c.kind.in_((*INVITATIONS, ANSWER)),
        _O.c.state == OutboxState.SENT,
    )
    .order_by(_O.c.id.desc())
    .limit(1)
)


def last_push(uow: UnitOfWork, context: Context) -> tuple[Matter, ...]:
    """One query a turn, whatever there is to answer."""
    row = uow.execute(_NEWEST, {"account": context.account_id}).first()
    if row is None or _long_ago(row.sent_at, context.now):
        return ()
    frame, values = _opens(row)
    return (Matter(f"invited:{row.id}", frame, values, row.sent_at, waits=True),)


def _opens(row: Record) -> tuple[str, dict[str, Json]]:
    """The frame that hears the words, as a tap below the push would open it."""
    if row.kind == ANSWER:
        return ticket_ways.FRAME, {"ticket": int(row.scope.partition(":")[2]), "seen": row.version}
    return survey_ways.FRAME, {"scope": row.scope, "invited": True}


def _long_ago(sent_at: datetime | None, now: datetime) -> bool:
    return sent_at is None or now - sent_at > REMEMBERED
