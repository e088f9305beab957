"""号源公示 (R13): once a week those who asked for it are told how many seats can be booked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, exists, func, select

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.rules import booking_days
from bot.domain.speech import Option
from bot.domain.states import ClinicState, SeatState
from bot.pushes.quiet import allowed
from bot.pushes.wording import day
from bot.services.appointments import C, N
from bot.services.context import Context
from bot.services.facts import Answer, Due, Facts, Gone
from bot.services.people import A
from bot.services.pushes import Planned, T, plan_many
from bot.store.db import UnitOfWork
from bot.store.types import written

KIND = "publication"
_PLANNED = select(exists().where(T.c.scope == bindparam("of_week")))
_ASKED = select(A.c.id).where(A.c.following, A.c.preferences[KIND].as_string() == "on").order_by(A.c.id)
_FREE = (
    select(func.count())
    .select_from(N.join(C, C.c.id == N.c.clinic_id))
    .where(
        N.c.state == written(SeatState.FREE),
        C.c.state == written(ClinicState.OPEN),
        C.c.day >= bindparam("first"),
        C.c.day <= bindparam("last"),
    )
)


def scope_of(monday: date) -> str:
    return f"{KIND}:{monday.isoformat()}"


def publish(uow: UnitOfWork, context: Context) -> int:
    """Plan this week's, once its moment has come; how many were planned.  A week that was missed is left out."""
    monday = context.today - timedelta(days=context.today.weekday())
    kind = context.kinds[KIND]
    begins = kind.timing.due(datetime.combine(monday, datetime.min.time(), HOSPITAL_TZ))
    due_at = allowed(kind, begins, context.kinds.quiet)
    scope = scope_of(monday)
    if not due_at <= context.now < due_at + kind.lives or uow.execute(_PLANNED, {"of_week": scope}).scalar():
        return 0
    asked = uow.execute(_ASKED)
    return plan_many(
        uow,
        context.kinds,
        context.now,
        [Planned(KIND, scope, 1, None, row.id, due_at, extra_key=str(row.id)) for row in asked],
    )


def read_publication(uow: UnitOfWork, context: Context, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    """The same for everybody: the days that are open, and how many seats there are."""
    first, last = booking_days(context.now, context.directory.policy(context.today))
    seats: int = uow.execute(_FREE, {"first": first, "last": last}).scalar_one()
    answer: Answer = Gone("no_seats")
    if seats:
        fields = {"open_days": f"{day(first)}至{day(last)}", "seats": str(seats)}
        answer = Facts(fields, (Option("查号源", "intent:query_slots"), Option("挂号", "open:booking")))
    return {push.id: answer for push in pushes}
