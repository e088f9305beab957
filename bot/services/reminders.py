"""What a visit plans: that it was booked, changed or cancelled, and the reminders before it.  Rows only, written in
the transaction of the change; what they say is read when they are due (`bot.services.notices`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.domain.clock import HOSPITAL_TZ
from bot.pushes.quiet import allowed
from bot.services.context import Context
from bot.services.pushes import Planned, plan_many, void
from bot.store.db import UnitOfWork

TOMORROW, SOON = "visit_tomorrow", "visit_soon"


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as it stands after the change."""

    appointment_id: int
    version: int
    patient_id: str
    account_id: int | None
    starts_at: datetime

    @property
    def scope(self) -> str:
        return scope_of(self.appointment_id)


def scope_of(appointment_id: int) -> str:
    return f"appointment:{appointment_id}"


def booked(uow: UnitOfWork, context: Context, visit: Visit) -> None:
    """Told by SMS with the visit notes (R6), to the patient's own phone whoever booked for them, and on a card."""
    kinds = ("booked",) if visit.account_id is None else ("booked", "booked_card")
    told = (_now(kind, visit, context) for kind in kinds)
    plan_many(uow, context.kinds, context.now, (*told, *_before(visit, context)))


def changed(uow: UnitOfWork, context: Context, visit: Visit) -> None:
    """What was planned for the old time is void."""
    void(uow, visit.scope, below_version=visit.version, reason="changed")
    plan_many(uow, context.kinds, context.now, (_now("changed", visit, context), *_before(visit, context)))


def cancelled(uow: UnitOfWork, context: Context, visit: Visit) -> None:
    void(uow, visit.scope, reason="cancelled")
    plan_many(uow, context.kinds, context.now, (_now("cancelled", visit, context),))


def restored(uow: UnitOfWork, context: Context, visits: Iterable[Visit]) -> None:
    """Their suspension was withdrawn, which another push tells: only the reminders."""
    again = (push for visit in visits for push in _before(visit, context))
    plan_many(uow, context.kinds, context.now, again)


def seen(uow: UnitOfWork, context: Context, visit: Visit, *, revisit: date | None = None) -> None:
    """The visit is done: a caring message (R51), and a reminder before the day to come back, if one was set (R33)."""
    care = context.kinds["care"]
    due = allowed(care, care.timing.due(context.now), context.kinds.quiet)
    wanted = [_planned("care", visit, due, None)]
    if revisit is not None:
        wanted.append(_revisit(visit, revisit, context))
    plan_many(uow, context.kinds, context.now, wanted)


def _revisit(visit: Visit, day: date, context: Context) -> Planned:
    """The reader takes the day from the key."""
    kind = context.kinds["revisit_due"]
    event = datetime.combine(day, time(), HOSPITAL_TZ)
    due = max(context.now, allowed(kind, kind.timing.due(event), context.kinds.quiet))
    return replace(_planned("revisit_due", visit, due, None), extra_key=day.isoformat())


def _now(kind: str, visit: Visit, context: Context) -> Planned:
    return _planned(kind, visit, context.now, None)


def _before(visit: Visit, context: Context) -> Iterator[Planned]:
    """The reminders whose moment is still to come."""
    tomorrow, soon = context.kinds[TOMORROW], context.kinds[SOON]
    eve = allowed(tomorrow, tomorrow.timing.due(visit.starts_at), context.kinds.quiet)
    reminds_on_the_eve = context.now < eve < visit.starts_at
    if reminds_on_the_eve:
        yield _planned(TOMORROW, visit, eve, min(eve + tomorrow.lives, visit.starts_at))
    usual = soon.timing.due(visit.starts_at)
    due = allowed(soon, usual, context.kinds.quiet)
    twice_in_one_evening = due != usual and reminds_on_the_eve
    if context.now < due < visit.starts_at and not twice_in_one_evening:
        yield _planned(SOON, visit, due, visit.starts_at)


def _planned(kind: str, visit: Visit, due_at: datetime, expires_at: datetime | None) -> Planned:
    return Planned(
        kind, visit.scope, visit.version, visit.patient_id, visit.account_id, due_at, expires_at
    )  # fmt: skip
