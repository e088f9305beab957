"""抽查 (R48): the month's sample of a ward, checked for being in time and true by somebody who did not call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, insert, or_, select, update

from bot.domain.followup import FOLLOWUP, FollowupState
from bot.domain.states import step
from bot.services.context import Context, audit
from bot.services.figures.periods import ReportKind, period
from bot.services.figures.sampling import sample
from bot.services.followup.assigning import staff_of
from bot.services.followup.discharges import D, F
from bot.services.followup.numbers import C
from bot.services.tables import table
from bot.store.care_models import Review, SurveyResponse
from bot.store.db import UnitOfWork

V, A = table(Review), table(SurveyResponse)
SAMPLE = 10
"""Follow-ups a ward and month, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """One of the sample, and what was found."""

    followup_id: int
    admission_no: str
    step: str
    state: FollowupState
    overdue_on: date | None
    reached_at: datetime | None
    staff_no: str | None
    """Who followed up."""
    timely: bool | None
    """None: not checked yet."""
    accurate: bool | None
    reviewer: str | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """It is written down."""


@dataclass(frozen=True, slots=True)
class NotReviewed:
    """And why not."""

    why: str
    """unknown | unreached | own | twice"""


def sampled(
    uow: UnitOfWork, ward: str, month: date, *, n: int = SAMPLE, seed: int | None = None
) -> Sequence[Sampled]:
    """The same again for the same ward, month, ``n`` and ``seed``; the month itself is the seed nobody gives."""
    ids = sample(uow, ward, period(ReportKind.MONTH, month), n, seed_of(month) if seed is None else seed)
    rows = {
        row.id: row
        for row in uow.connection.execute(
            select(
                F.c.id, D.c.admission_no, F.c.step, F.c.state, F.c.overdue_on, F.c.reached_at, F.c.assigned_to,
                V.c.timely, V.c.accurate, V.c.staff_no,
            )
            .join_from(F, D, D.c.id == F.c.discharge_id)
            .outerjoin(V, V.c.followup_id == F.c.id)
            .where(F.c.id.in_(ids))
        )
    }  # fmt: skip
    return [
        Sampled(
            row.id, row.admission_no, row.step, row.state, row.overdue_on, row.reached_at, row.assigned_to,
            row.timely, row.accurate, row.staff_no,
        )
        for row in (rows[each] for each in ids)
    ]  # fmt: skip


def seed_of(month: date) -> int:
    return month.year * 100 + month.month


def review(
    uow: UnitOfWork, context: Context, followup_id: int, *, timely: bool, accurate: bool, note: str = ""
) -> Reviewed | NotReviewed:
    """Once, and never by whoever called, filled the questionnaire or has the step (four eyes)."""
    me = staff_of(context)
    row = uow.connection.execute(
        select(F.c.state, F.c.reached_at, F.c.assigned_to).where(F.c.id == followup_id).with_for_update()
    ).first()
    if row is None:
        return NotReviewed("unknown")
    if row.reached_at is None:
        return NotReviewed("unreached")
    if row.assigned_to == me or _took_part(uow, followup_id, me):
        return NotReviewed("own")
    if uow.connection.execute(select(exists().where(V.c.followup_id == followup_id))).scalar_one():
        return NotReviewed("twice")
    values = {"timely": timely, "accurate": accurate, "note": note[:400], "staff_no": me, "at": context.now}
    uow.connection.execute(insert(V).values(followup_id=followup_id, **values))
    if row.state is FollowupState.ANSWERED:
        after = step(FOLLOWUP, row.state, FollowupState.REVIEWED)
        changed = update(F).where(F.c.id == followup_id)
        uow.connection.execute(changed.values(state=after, changed_at=context.now))
    audit(
        uow,
        context,
        "followup.reviewed",
        f"followup:{followup_id}",
        timely=str(timely),
        accurate=str(accurate),
    )
    return Reviewed()


def _took_part(uow: UnitOfWork, followup_id: int, staff_no: str) -> bool:
    called = exists().where(C.c.followup_id == followup_id, C.c.staff_no == staff_no)
    filled = exists().where(A.c.followup_id == followup_id, A.c.staff_no == staff_no)
    return bool(uow.connection.execute(select(or_(called, filled))).scalar_one())
