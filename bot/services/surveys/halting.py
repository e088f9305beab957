"""A death, a readmission or another plan ends what is being answered, at once; a mistake taken back lets it go on."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, select, update

from bot.domain.followup import FollowupState
from bot.domain.survey import SurveyState
from bot.services import phone_tasks
from bot.services.context import Context
from bot.services.followup.discharges import F
from bot.services.surveys.responses import R
from bot.store.db import UnitOfWork

ENDED = (
    FollowupState.DECEASED,
    FollowupState.READMITTED,
    FollowupState.REFUSED,
    FollowupState.CLOSED,
)


def follow_states(uow: UnitOfWork, context: Context, discharges: Collection[str]) -> None:
    """Responses and calls of these stays, after their steps have been stopped or begun again."""
    mine = F.c.discharge_id.in_(discharges)
    ended = select(F.c.id).where(mine, F.c.state.in_(ENDED))
    running = select(F.c.id).where(mine, F.c.state.not_in((*ENDED, FollowupState.ANSWERED)))
    _turn(
        uow, context, and_(R.c.followup_id.in_(ended), R.c.state == SurveyState.ASKING), SurveyState.STOPPED
    )
    _turn(
        uow, context, and_(R.c.followup_id.in_(running), R.c.state == SurveyState.STOPPED), SurveyState.ASKING
    )
    scopes = [f"followup:{row.id}" for row in uow.connection.execute(ended)]
    if scopes:
        phone_tasks.cancel(uow, scopes)


def _turn(uow: UnitOfWork, context: Context, which: ColumnElement[bool], state: SurveyState) -> None:
    values = {"state": state, "revision": R.c.revision + 1, "changed_at": context.now}
    uow.connection.execute(update(R).where(which).values(values))
