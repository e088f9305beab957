"""转人工: the queue of the human desk.  One open place per account; asking twice keeps the first."""

from datetime import time

from sqlalchemy import bindparam, func, insert, or_, select, update

from bot.domain.clock import local
from bot.domain.commands import CallHuman, LeaveHuman
from bot.domain.outcomes import HumanLeft, HumanQueued, NotYours, Outcome, Refused
from bot.domain.states import HandoffState
from bot.services.context import Context, audit
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Handoff
from bot.store.words import reason_aad

_T = table(Handoff)
_PLACE = (
    select(_T.c.id, _T.c.state)
    .where(
        or_(
            _T.c.key == bindparam("command_key"),
            (_T.c.account_id == bindparam("account")) & (_T.c.state != HandoffState.CLOSED),
        )
    )
    .order_by(_T.c.id.desc())
)
_AHEAD = select(func.count()).where(_T.c.state == HandoffState.WAITING, _T.c.id < bindparam("place"))
_CLOSE = (
    update(_T)
    .where(_T.c.account_id == bindparam("account"), _T.c.state != HandoffState.CLOSED)
    .values(state=HandoffState.CLOSED, closed_at=bindparam("moment"))
)
_INSERT = insert(_T).returning(_T.c.id)


def call(command: CallHuman, uow: UnitOfWork, context: Context) -> Outcome:
    if context.account_id is None:
        return Refused(NotYours())
    connection = uow.connection
    known = {"command_key": command.key, "account": context.account_id}
    place = connection.execute(_PLACE, known).first()
    place_id: int = place.id if place is not None else _queue(command, uow, context)
    ahead: int = connection.execute(_AHEAD, {"place": place_id}).scalar_one()
    return HumanQueued(ahead, staffed(context))


def leave(command: LeaveHuman, uow: UnitOfWork, context: Context) -> Outcome:
    values = {"account": context.account_id, "moment": context.now}
    if uow.execute(_CLOSE, values).rowcount:
        audit(uow, context, "handoff.left", f"account:{context.account_id}")
    return HumanLeft()


def staffed(context: Context) -> bool:
    """Whether somebody sits at the desk now."""
    opens, closes = (time.fromisoformat(part) for part in context.settings.desk_hours.split("-"))
    return opens <= local(context.now).time() < closes


def _queue(command: CallHuman, uow: UnitOfWork, context: Context) -> int:
    row = {
        "key": command.key,
        "account_id": context.account_id,
        "state": HandoffState.WAITING,
        "reason": uow.keys.encrypt(command.reason[:200].encode(), reason_aad(command.key)),
        "opened_at": context.now,
    }
    place: int = uow.execute(_INSERT, row).scalar_one()
    audit(uow, context, "handoff.queued", f"account:{context.account_id}")
    return place
