"""Steps that are counted from the last answer get their days when there is one."""

from sqlalchemy import select, update

from bot.domain.followup import UNTOUCHED, Anchor, Anchors, FollowupState, days_of
from bot.services import pushes
from bot.services.context import Context
from bot.services.followup.advancing import advance
from bot.services.followup.discharges import F
from bot.services.followup.editions import E
from bot.services.followup.inviting import invite, scope_of
from bot.services.followup.plans import read_plan
from bot.services.surveys.subjects import Subject
from bot.store.db import UnitOfWork


def count_from_answer(uow: UnitOfWork, context: Context, subject: Subject) -> None:
    """By the edition of the plan that the answered step belongs to; those that somebody was reached about stay."""
    if subject.plan_id is None or subject.discharge_id is None or subject.discharged_on is None:
        return
    edition = uow.connection.execute(select(E).where(E.c.id == subject.plan_id)).one()
    plan = read_plan(edition.name, edition.data)
    anchored = {step.name: step for step in plan.steps if step.anchor is Anchor.ANSWER}
    if not anchored:
        return
    anchors = Anchors(subject.discharged_on, subject.surgery_on, context.today)
    mine = select(F).where(
        F.c.discharge_id == subject.discharge_id,
        F.c.plan_id == subject.plan_id,
        F.c.step.in_(anchored),
        F.c.state.in_(UNTOUCHED),
    )
    moved = False
    for row in uow.connection.execute(mine).fetchall():
        days = days_of(anchored[row.step], anchors)
        if days is None or (row.earliest_on, row.due_on, row.overdue_on) == (
            days.earliest,
            days.due,
            days.overdue,
        ):
            continue
        pushes.void(uow, scope_of(row.id), below_version=row.version + 1, reason="changed")
        uow.connection.execute(
            update(F).where(F.c.id == row.id).values(
                state=FollowupState.PLANNED, version=row.version + 1, earliest_on=days.earliest, due_on=days.due,
                overdue_on=days.overdue, changed_at=context.now,
            )
        )  # fmt: skip
        moved = True
    if moved:
        advance(uow, context, (subject.discharge_id,))
        invite(uow, context, (subject.discharge_id,))
