"""Steps whose day has come are due, those that nobody was reached about in time are overdue."""

from collections.abc import Sequence

from sqlalchemy import update

from bot.domain.followup import FollowupState
from bot.services.context import Context
from bot.services.followup.discharges import F
from bot.store.db import UnitOfWork

_WAITS = (FollowupState.PLANNED, FollowupState.DUE)
_LATE = (*_WAITS, FollowupState.CONTACTING)


def advance(uow: UnitOfWork, context: Context, discharges: Sequence[str] | None = None) -> int:
    """Of these discharges, or of all; how many went on.  Doing it again changes nothing."""
    mine = () if discharges is None else (F.c.discharge_id.in_(discharges),)
    late = update(F).where(
        F.c.state.in_(_LATE), F.c.due_on < context.today, F.c.overdue_on < context.today, *mine
    )
    begin = update(F).where(F.c.state == FollowupState.PLANNED, F.c.due_on <= context.today, *mine)
    overdue = uow.connection.execute(
        late.values(state=FollowupState.OVERDUE, changed_at=context.now)
    ).rowcount
    due = uow.connection.execute(begin.values(state=FollowupState.DUE, changed_at=context.now)).rowcount
    return overdue + due
