"""Due planner rows become messages: the facts are read, everybody's wishes and hours are kept, and what is still true
goes into the outbox in the same transaction.  Any number of planners may do this at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, exists, select, update

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.notice import Notice
from bot.domain.states import PUSH, PushState, step
from bot.pushes.caps import deferred
from bot.pushes.quiet import postponed
from bot.services.consents import FOLLOWUP
from bot.services.context import Context
from bot.services.facts import Answer, Broken, Due, Facts, Gone, Readers, read
from bot.services.people_facts import People, read_people
from bot.services.pushes import T
from bot.store.db import UnitOfWork
from bot.store.outbox import PRIORITIES, Message, put_many
from bot.store.types import UtcDateTime, written

BATCH = 500
"""Rows decided in one transaction."""
_MEND = timedelta(minutes=5)
"""Until a push that a mistake of our own kept from being read is tried again."""

_IS_DUE = (
    (T.c.state == written(PushState.PLANNED))
    & (T.c.priority == bindparam("p_priority"))
    & (T.c.due_at <= bindparam("p_now", type_=UtcDateTime()))
)
_ANY_DUE = select(exists().where(_IS_DUE))
_DUE: Select[*tuple[object, ...]] = (
    select(
        T.c.id, T.c.key, T.c.kind, T.c.scope, T.c.version, T.c.patient_id, T.c.account_id, T.c.campaign_id,
        T.c.due_at, T.c.expires_at,
    )
    .where(_IS_DUE)
    .order_by(T.c.due_at, T.c.id)
    .limit(bindparam("p_limit"))
    .with_for_update(skip_locked=True)
)  # fmt: skip
_DEFER = update(T).where(T.c.id == bindparam("p_id")).values(due_at=bindparam("p_due", type_=UtcDateTime()))


@dataclass
class Decisions:
    """What becomes of one batch."""

    queued: list[tuple[int, Message]] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    deferred: list[tuple[int, datetime]] = field(default_factory=list)

    def skip(self, push_id: int, reason: str) -> None:
        self.skipped[reason[:48]].append(push_id)


def any_due(uow: UnitOfWork) -> bool:
    """Whether there is work, without a lock: an idle tick costs four looks at an index."""
    return any(
        uow.execute(_ANY_DUE, {"p_priority": priority, "p_now": uow.now}).scalar() for priority in PRIORITIES
    )


def queue_due(uow: UnitOfWork, context: Context, readers: Readers, limit: int = BATCH) -> int:
    """Decide up to ``limit`` due rows, most urgent first; how many there were."""
    decisions = Decisions()
    pushes = _claim(uow, context, limit, decisions)
    since = datetime.combine(local(uow.now).date(), datetime.min.time(), HOSPITAL_TZ)
    people = read_people(uow, context.kinds, pushes, since)
    answers = read(uow, context, readers, pushes)
    for push in pushes:
        _decide(push, answers[push.id], people, context, uow.now, decisions)
    _write(uow, decisions)
    return len(pushes) + len(decisions.skipped.get("unknown_kind", ()))


def _claim(uow: UnitOfWork, context: Context, limit: int, decisions: Decisions) -> list[Due]:
    """The rows are ours until the transaction ends.  One query per priority (`bot.store.outbox`)."""
    claimed: list[Due] = []
    left = limit
    for priority in PRIORITIES:
        rows = uow.execute(_DUE, {"p_priority": priority, "p_now": uow.now, "p_limit": left}).fetchall()
        left -= len(rows)
        for row in rows:
            if row.kind not in context.kinds:
                decisions.skip(row.id, "unknown_kind")
                continue
            claimed.append(
                Due(row.id, row.key, context.kinds[row.kind], row.scope, row.version, row.patient_id,
                    row.account_id, row.campaign_id, row.due_at, row.expires_at)
            )  # fmt: skip
        if left <= 0:
            break
    return claimed


def _decide(
    push: Due, answer: Answer, people: People, context: Context, now: datetime, decisions: Decisions
) -> None:
    because = refusal(push, people, now) or (answer.reason if isinstance(answer, Gone) else "")
    if because or isinstance(answer, Gone):
        decisions.skip(push.id, because)
        return
    if isinstance(answer, Broken):
        decisions.deferred.append((push.id, now + _MEND))
        return
    until, held_by = _until(push, people, context, now)
    if until >= push.expires_at:
        decisions.skip(push.id, held_by)
    elif until > now:
        decisions.deferred.append((push.id, until))
    else:
        if push.kind.cap:
            people.had(push).append(now)
        decisions.queued.append((push.id, _message(push, answer, people, context)))


def refusal(push: Due, people: People, now: datetime) -> str:
    """Why its recipient must not get it at all; empty: they may."""
    if push.expires_at <= now:
        return "expired"
    patient = people.patients.get(push.patient_id) if push.patient_id is not None else None
    if push.patient_id is not None and (patient is None or patient.deceased):
        return "deceased" if patient is not None else "no_patient"  # R30
    if patient is not None and patient.erased:
        return "erased"  # whoever had their data deleted is never written to again
    if (push.account_id, push.patient_id) in people.withdrawn and push.kind.group.name == FOLLOWUP:
        return "withdrawn"
    wish = people.preference(push)
    if push.kind.optional and (wish == "off" or (push.kind.group.asked_for and wish != "on")):
        return "unsubscribed"
    if patient is None and people.account_of(push) is None:
        return "nobody"
    return ""


def _until(push: Due, people: People, context: Context, now: datetime) -> tuple[datetime, str]:
    """When it may go, and what keeps it until then."""
    kinds = context.kinds
    quiet = postponed(push.kind, now, kinds.quiet)
    if not push.kind.cap:
        return quiet, "quiet"
    capped = deferred(quiet, people.had(push), kinds.a_day)
    if capped == quiet:
        return quiet, "quiet"
    return postponed(push.kind, capped, kinds.quiet), "capped"


def _message(push: Due, facts: Facts, people: People, context: Context) -> Message:
    notice = Notice(
        kind=push.kind.name,
        fields={**_everybodys(push, people, context), **facts.fields},
        options=facts.options,
        offer=facts.offer,
        phone=people.patients[push.patient_id].phone if push.patient_id is not None else "",
        url=facts.url,
        order=facts.order,
    )
    return Message(
        key=push.key,
        kind=push.kind.name,
        account_id=people.account_of(push),
        notice=notice,
        priority=push.kind.priority,
        due_at=push.due_at,
        expires_at=push.expires_at,
        push_id=push.id,
        campaign_id=push.campaign_id,
        patient_id=push.patient_id,
    )


def _everybodys(push: Due, people: People, context: Context) -> Mapping[str, str]:
    patient = {"patient": people.patients[push.patient_id].masked_name} if push.patient_id is not None else {}
    return {"hospital": context.settings.hospital_name, "phone": context.settings.hospital_phone, **patient}


def _write(uow: UnitOfWork, decisions: Decisions) -> None:
    put_many(uow, [message for _, message in decisions.queued])
    _settle(uow, [push_id for push_id, _ in decisions.queued], PushState.QUEUED, "")
    for reason, ids in decisions.skipped.items():
        _settle(uow, ids, PushState.SKIPPED, reason)
    uow.execute_many(_DEFER, [{"p_id": push_id, "p_due": until} for push_id, until in decisions.deferred])


def _settle(uow: UnitOfWork, ids: Sequence[int], state: PushState, reason: str) -> None:
    if ids:
        values = {"state": step(PUSH, PushState.PLANNED, state), "reason": reason, "decided_at": uow.now}
        uow.connection.execute(update(T).where(T.c.id.in_(ids)).values(values))
