"""What time does to tickets: who is overdue is told higher and higher up, who says nothing to an answer is content.

Exactly once with any number of schedulers: each step is a conditional UPDATE, and alerts and calls have keys.
"""

from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.tickets import WITH_STAFF, TicketState
from bot.services.context import Context
from bot.services.hospital import Hospital
from bot.services.tables import Record
from bot.services.tickets import changing, judging
from bot.services.tickets.alarming import alarm
from bot.services.tickets.rows import T
from bot.store.db import UnitOfWork

BATCH = 100
"""Tickets looked at in one transaction."""


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
    return escalate(uow, context) + close_silent(uow, context)


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


def close_silent(uow: UnitOfWork, context: Context) -> int:
    """An answer that nobody has objected to for a week is taken for good; 还没解决 opens it again."""
    quiet = (T.c.state == TicketState.ACTED, T.c.answered_at <= context.now - context.tickets.silence)
    found = _locked(uow, *quiet)
    for row in found:
        judging.close(uow, context, row, "silence")
    return len(found)


def _locked(uow: UnitOfWork, *where: object) -> Sequence[Record]:
    """Rows nobody else is working on; the others are theirs."""
    query = select(T).where(*where).order_by(T.c.id).limit(BATCH)  # type: ignore[arg-type]
    return uow.connection.execute(query.with_for_update(skip_locked=True)).fetchall()
