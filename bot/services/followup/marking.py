"""Which invitations have really left, and which nobody answered: those stand in the queue of calls (R31, R35)."""

from datetime import datetime, time, timedelta

from sqlalchemy import String, and_, cast, exists, func, literal, or_, select, update
from sqlalchemy.sql.selectable import ScalarSelect

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.contacts import calling_hours
from bot.domain.followup import FollowupState
from bot.domain.states import PhoneTaskState
from bot.domain.survey import SurveyState
from bot.pushes.workdays import is_workday
from bot.services.context import Context
from bot.services.followup.discharges import F
from bot.services.pushes import T
from bot.services.tables import table
from bot.store.care_models import Contact, SurveyResponse
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Attempt, PhoneTask
from bot.store.types import written

_O, _A, _K = table(OutboxMessage), table(Attempt), table(PhoneTask)
_C, _V = table(Contact), table(SurveyResponse)
_S = FollowupState
_SCOPE = literal("followup:") + cast(F.c.id, String)
_ASKED = F.c.state.in_([written(each) for each in (_S.DUE, _S.CONTACTING, _S.OVERDUE)])
_TASKS = [written(each) for each in (PhoneTaskState.OPEN, PhoneTaskState.TAKEN)]


def mark(uow: UnitOfWork, context: Context) -> int:
    """The scheduler's tick, after the steps went on; doing it again changes nothing.  How many were marked."""
    return _attempted(uow, context) + _to_be_called(uow, context)


def _attempted(uow: UnitOfWork, context: Context) -> int:
    """The first time a road took an invitation.  What is only planned is no attempt."""
    left = _first_left()
    marked = update(F).where(_ASKED, F.c.attempted_at.is_(None), left.is_not(None))
    return uow.connection.execute(marked.values(attempted_at=left, changed_at=context.now)).rowcount


def _first_left() -> ScalarSelect[datetime]:
    return (
        select(func.min(_A.c.at))
        .join_from(T, _O, _O.c.push_id == T.c.id)
        .join(_A, and_(_A.c.outbox_id == _O.c.id, _A.c.code == ""))
        .where(T.c.scope == _SCOPE)
        .correlate(F)
        .scalar_subquery()
    )


def _to_be_called(uow: UnitOfWork, context: Context) -> int:
    """Nobody has called yet: the ladder ended in a call, or nobody answered for as many days as the house waits."""
    days = timedelta(days=context.settings.followup_call_after_days - 1)
    before = datetime.combine(context.today, time(), HOSPITAL_TZ) - days
    task = _K.c.scope == _SCOPE, _K.c.state.in_(_TASKS)
    answering = _V.c.followup_id == F.c.id, or_(_V.c.changed_at >= before, _V.c.state != SurveyState.ASKING)
    called = _C.c.followup_id == F.c.id, _C.c.road == "phone"
    silent = and_(F.c.attempted_at < before, ~exists().where(*answering))
    waits = update(F).where(
        _ASKED, F.c.next_call_at.is_(None), or_(exists().where(*task), silent), ~exists().where(*called)
    )
    again = calling_hours(context.now, is_workday)
    return uow.connection.execute(waits.values(next_call_at=again, changed_at=context.now)).rowcount
