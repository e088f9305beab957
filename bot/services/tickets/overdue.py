"""What time does to tickets: who is overdue is told higher and higher up, who says nothing to an answer is content.

Exactly once with any number of schedulers: each step is a conditional UPDATE, and alerts and calls have keys.
"""

from collections.abc import Sequence

from sqlalchemy import String, cast, exists, literal, or_, select

from bot.domain.states import OutboxState, PhoneTaskState, PushState
from bot.domain.tickets import WITH_STAFF, TicketState
from bot.services.context import Context
from bot.services.hospital import Hospital
from bot.services.tables import Record, table
from bot.services.tickets import changing, judging, telling
from bot.services.tickets.alarming import alarm
from bot.services.tickets.rows import T
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import PhoneTask, Push
from bot.store.types import written

BATCH = 100
"""Tickets looked at in one transaction."""
_PUSH, _O, _K = table(Push), table(OutboxMessage), table(PhoneTask)
_SCOPE = literal("ticket:") + cast(T.c.id, String)
_TO_CALL = exists().where(
    _K.c.scope == _SCOPE, _K.c.state.in_([written(PhoneTaskState.OPEN), written(PhoneTaskState.TAKEN)])
)
"""Staff have still to say the answer: nobody has been silent about it."""
_STOPPED = exists().where(
    _PUSH.c.scope == _SCOPE, _PUSH.c.version == T.c.version, _PUSH.c.state == written(PushState.SKIPPED),
    _PUSH.c.reason == telling.DECEASED,
)  # fmt: skip
_CALLED_BACK = (
    select(_O.c.id)
    .join_from(_PUSH, _O, _O.c.push_id == _PUSH.c.id)
    .where(
        _PUSH.c.scope == _SCOPE, _PUSH.c.version == T.c.version, _O.c.state == written(OutboxState.VOID),
        _O.c.error == telling.DECEASED,
    )
    .correlate(T)
    .exists()
)  # fmt: skip


def work(hospital: Hospital) -> int:
    """Everything that is due, batch by batch; how many tickets moved."""
    context, done = hospital.acting("system:scheduler"), 0
    while moved := hospital.db.run(lambda uow: tick(uow, context)):
        done += moved
        if moved < BATCH:
            break
    return done


def tick(uow: UnitOfWork, context: Context) -> int:
    """How many tickets moved."""
    return escalate(uow, context) + have_called(uow, context) + close_silent(uow, context)


def escalate(uow: UnitOfWork, context: Context) -> int:
    """R37: by one tier or more, as long as the ticket has been overdue; staff get an alert with number and tier."""
    kinds = [kind for kind, rule in context.tickets.kinds.items() if rule.escalates]
    tiers = context.tickets.escalation
    late = (
        T.c.state.in_(WITH_STAFF), T.c.kind.in_(kinds), T.c.due_at <= context.now, T.c.tier < len(tiers),
    )  # fmt: skip
    seen = uow.connection.execute(select(T.c.id, T.c.due_at, T.c.tier).where(*late))
    ready = [row.id for row in seen if _reached(context, row) > row.tier]
    found = _locked(uow, *late, T.c.id.in_(ready[:BATCH]))
    for row in found:
        reached = _reached(context, row)
        told = {"tier": str(reached)}
        changing.change(
            uow, context, row, "escalated", detail=told, words=tiers[reached - 1].to, tier=reached
        )
        alarm(uow, context, row, reached)
    return len(found)


def _reached(context: Context, row: Record) -> int:
    """The highest tier that has to know by now."""
    reached: int = row.tier
    while (
        reached < len(context.tickets.escalation)
        and context.tickets.told_at(row.due_at, reached + 1) <= context.now
    ):
        reached += 1
    return reached


def have_called(uow: UnitOfWork, context: Context) -> int:
    """R30, R37: who died while the answer was on its way gets no message, and the answer is not lost: people call."""
    called = exists().where(
        _K.c.key == literal(f"{telling.ANSWER}:") + _SCOPE + ":" + cast(T.c.version, String)
    )
    found = _locked(uow, T.c.state == TicketState.ACTED, or_(_STOPPED, _CALLED_BACK), ~called)
    for row in found:
        telling.have_called(uow, context, row, telling.DECEASED)
    return len(found)


def close_silent(uow: UnitOfWork, context: Context) -> int:
    """An answer that nobody has objected to for a week is taken for good; 还没解决 opens it again."""
    quiet = (T.c.state == TicketState.ACTED, T.c.answered_at <= context.now - context.tickets.silence)
    found = _locked(uow, *quiet, ~_TO_CALL)
    for row in found:
        judging.close(uow, context, row, "silence")
    return len(found)


def _locked(uow: UnitOfWork, *where: object) -> Sequence[Record]:
    """Rows nobody else is working on; the others are theirs."""
    query = select(T).where(*where).order_by(T.c.id).limit(BATCH)  # type: ignore[arg-type]
    return uow.connection.execute(query.with_for_update(skip_locked=True)).fetchall()
