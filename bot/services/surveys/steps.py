"""What answering does to the step of a follow-up: its state, when somebody was reached, the try that reached them."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.followup import FOLLOWUP, FollowupState
from bot.domain.states import step
from bot.services import phone_tasks, pushes
from bot.services.context import Context
from bot.services.followup.discharges import F
from bot.services.surveys.subjects import Subject
from bot.services.tables import table
from bot.store.care_models import Contact
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime

_CONTACT = table(Contact)
_S = FollowupState
_MINE = update(F).where(F.c.id == bindparam("of_step"))


def reached(uow: UnitOfWork, context: Context, subject: Subject) -> None:
    """Somebody has begun to answer."""
    if subject.state in (_S.CONTACTING, _S.ANSWERED):
        _write(uow, context, subject, {})
    elif subject.state is not None:
        after = step(FOLLOWUP, subject.state, _S.CONTACTING)
        _write(uow, context, subject, {"state": after, "reason": ""})


def answered(uow: UnitOfWork, context: Context, subject: Subject) -> None:
    if subject.state is not None:
        after = _S.ANSWERED if subject.state is _S.ANSWERED else step(FOLLOWUP, subject.state, _S.ANSWERED)
        completed = _first(context, "completed_at")
        _write(
            uow, context, subject, {"state": after, "reason": "", "completed_at": completed, **_NO_MORE_CALLS}
        )


def refused(uow: UnitOfWork, context: Context, subject: Subject) -> None:
    """Does not want to answer: nobody asks again."""
    if subject.state is not None:
        before = step(FOLLOWUP, _S.LOST, _S.CONTACTING) if subject.state is _S.LOST else subject.state
        after = step(FOLLOWUP, before, _S.REFUSED)
        _write(uow, context, subject, {"state": after, "reason": "", **_NO_MORE_CALLS})


def silence(uow: UnitOfWork, subject: Subject, reason: str) -> None:
    """What still waits to invite is void, the call that would have asked is not made."""
    pushes.void(uow, subject.scope, reason=reason)
    phone_tasks.cancel(uow, (subject.scope,))


def contacted(uow: UnitOfWork, context: Context, subject: Subject, key: str, road: str, outcome: str) -> None:
    """One try that reached somebody; the same key again is the same try."""
    if subject.followup_id is None:
        return
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    row = {
        "key": key,
        "followup_id": subject.followup_id,
        "road": road,
        "outcome": outcome,
        "staff_no": context.actor.removeprefix("staff:") if context.account is None else None,
        "at": context.now,
    }
    uow.connection.execute(
        insert(_CONTACT).values(row).on_conflict_do_nothing(index_elements=[_CONTACT.c.key])
    )


_NO_MORE_CALLS: dict[str, Any] = {"next_call_at": None}


def _first(context: Context, moment: str) -> ColumnElement[Any]:
    """What was so first stays."""
    return func.coalesce(F.c[moment], literal(context.now, UtcDateTime()))


def _write(uow: UnitOfWork, context: Context, subject: Subject, values: dict[str, Any]) -> None:
    first = {name: _first(context, name) for name in ("attempted_at", "reached_at")}
    changed = _MINE.values(values | first | {"changed_at": context.now})
    uow.connection.execute(changed, {"of_step": subject.followup_id})
