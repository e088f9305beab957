"""The pushes that invite to a step: one for each that is still to come, for whoever looks after the patient."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.followup import Audience, FollowupState
from bot.domain.survey import SurveyState
from bot.domain.views import Relation
from bot.pushes.kinds import Kind
from bot.pushes.quiet import allowed
from bot.services.context import Context
from bot.services.followup.discharges import D, F
from bot.services.people import G, P
from bot.services.pushes import Planned, plan_many
from bot.services.surveys.responses import R
from bot.services.tables import Record
from bot.store.db import UnitOfWork

REMINDER = "followup_reminder"
INVITED = (FollowupState.PLANNED, FollowupState.DUE)
_DAY = timedelta(days=1)
_STEPS = (
    select(F.c.id, F.c.version, F.c.kind, F.c.audience, F.c.earliest_on, F.c.due_on, F.c.overdue_on, D.c.patient_id)
    .join_from(F, D, D.c.id == F.c.discharge_id)
    .join(P, P.c.id == D.c.patient_id)
    .where(F.c.state.in_(INVITED), F.c.due_on.is_not(None), P.c.deceased_at.is_(None))
)  # fmt: skip


def scope_of(followup_id: int) -> str:
    return f"followup:{followup_id}"


def invite(uow: UnitOfWork, context: Context, discharges: Collection[str] | None = None) -> int:
    """Plan what is not planned yet, of these discharges or of all steps that are due; how many were new."""
    if not context.settings.followup_pushes:
        return 0
    mine = F.c.discharge_id.in_(discharges) if discharges is not None else F.c.state == FollowupState.DUE
    rows = uow.connection.execute(_STEPS.where(mine)).fetchall()
    accounts = _accounts(uow, {row.patient_id for row in rows})
    return plan_many(uow, context.kinds, context.now, _planned(rows, accounts, context))


def remind(uow: UnitOfWork, context: Context) -> int:
    """Once for each step, the day before staff would call: whoever was invited and has not begun, or has begun and not
    gone on.  Who was called, or stands in the queue of calls, is theirs; how many were new."""
    if not context.settings.followup_pushes or REMINDER not in context.kinds:
        return 0
    days = max(1, context.settings.followup_call_after_days - 1)
    before = datetime.combine(context.today, time(), HOSPITAL_TZ) - timedelta(days=days - 1)
    rows = uow.connection.execute(_silent(before).where(F.c.overdue_on >= context.today)).fetchall()
    accounts = _accounts(uow, {row.patient_id for row in rows})
    return plan_many(uow, context.kinds, context.now, _reminders(rows, accounts, context))


def _silent(before: datetime) -> Select[Any]:
    """Steps about which nothing was heard since ``before``."""
    begun = exists().where(R.c.followup_id == F.c.id)
    waits = exists().where(
        R.c.followup_id == F.c.id, R.c.state == SurveyState.ASKING, R.c.changed_at < before
    )
    return (
        select(F.c.id, F.c.version, F.c.audience, F.c.overdue_on, D.c.patient_id)
        .join_from(F, D, D.c.id == F.c.discharge_id)
        .join(P, P.c.id == D.c.patient_id)
        .where(
            F.c.state.in_((FollowupState.DUE, FollowupState.CONTACTING)), F.c.attempted_at < before,
            F.c.next_call_at.is_(None), F.c.calls == 0, P.c.deceased_at.is_(None),
            or_(waits, and_(~begun, F.c.reached_at.is_(None))),
        )
    )  # fmt: skip


def _reminders(
    rows: Sequence[Record], accounts: Mapping[str, Sequence[Record]], context: Context
) -> Iterator[Planned]:
    kind = context.kinds[REMINDER]
    for row in rows:
        due = max(_on(context.today, kind, context), context.now)
        account = _whom(accounts.get(row.patient_id, ()), Audience(row.audience))
        if account is not None and local(due).date() <= row.overdue_on:
            ends = datetime.combine(row.overdue_on + _DAY, time(), HOSPITAL_TZ)
            yield Planned(
                REMINDER,
                scope_of(row.id),
                row.version,
                row.patient_id,
                account,
                due,
                min(ends, due + kind.lives),
            )


def _planned(
    rows: Sequence[Record], accounts: Mapping[str, Sequence[Record]], context: Context
) -> Iterator[Planned]:
    for row in rows:
        if row.kind not in context.kinds or row.overdue_on < context.today:
            continue
        due = due_at(row, context.kinds[row.kind], context)
        ends = datetime.combine(row.overdue_on + _DAY, time(), HOSPITAL_TZ)
        account = _whom(accounts.get(row.patient_id, ()), Audience(row.audience))
        yield Planned(
            row.kind, scope_of(row.id), row.version, row.patient_id, account, due, max(ends, due + _DAY)
        )


def due_at(row: Record, kind: Kind, context: Context) -> datetime:
    """The morning of its day.  Where that is moved by holidays past the last day that is on time, the workday
    before."""
    due = _on(row.due_on, kind, context)
    before: date = row.due_on
    while local(due).date() > row.overdue_on and before > row.earliest_on:
        before -= _DAY
        due = _on(before, kind, context)
    return max(due, context.now)


def _on(day: date, kind: Kind, context: Context) -> datetime:
    return allowed(kind, kind.timing.due(datetime.combine(day, time(), HOSPITAL_TZ)), context.kinds.quiet)


def _accounts(uow: UnitOfWork, patients: Collection[str]) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    if patients:
        query = select(G.c.patient_id, G.c.account_id, G.c.relation).order_by(G.c.id)
        for row in uow.connection.execute(query.where(G.c.patient_id.in_(patients), G.c.ended_at.is_(None))):
            found[row.patient_id].append(row)
    return found


def _whom(guardians: Sequence[Record], audience: Audience) -> int | None:
    """The patient's own account, or for the family's steps somebody else's; else whoever there is."""
    first = [row for row in guardians if (row.relation == Relation.SELF) is (audience is Audience.PATIENT)]
    chosen = next(iter([*first, *guardians]), None)
    return None if chosen is None else chosen.account_id
