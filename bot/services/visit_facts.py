"""The reader of ``appointment:…``: is the visit still what the push says of it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from bot.domain.clock import local
from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView
from bot.pushes.wording import CARE, day, span, yuan
from bot.services.appointments import S, by_ids, view_of
from bot.services.context import Context
from bot.services.facts import Answer, Due, Gone
from bot.services.notices import of_visit
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import AppointmentEvent

_E = table(AppointmentEvent)
_COMING = frozenset({AppointmentState.BOOKED, AppointmentState.CHECKED_IN})
_TRUE_IN = {
    "cancelled": frozenset({AppointmentState.CANCELLED}),
    "care": frozenset({AppointmentState.DONE}),
    "revisit_due": frozenset({AppointmentState.DONE}),
}
"""States in which a kind of push is true; the others: as long as the visit is to come."""
_LAST = (
    select(
        _E.c.appointment_id, _E.c.version, _E.c.kind, _E.c.refund_fen, S.c.starts_at, S.c.minutes
    )
    .join_from(_E, S, S.c.id == _E.c.from_slot_id)
    .where(_E.c.kind.in_(["changed", "cancelled"]))
)  # fmt: skip
_Events = Mapping[tuple[int, int, str], Record]


@dataclass(frozen=True, slots=True)
class _Seen:
    visits: Mapping[int, AppointmentView]
    events: _Events


def read_visits(uow: UnitOfWork, context: Context, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    ids = {push.subject for push in pushes}
    rows = by_ids(uow, ids)
    visits = {row.id: view_of(row, uow, context.directory, context.now) for row in rows}
    told = {push.subject for push in pushes if push.kind.name in ("changed", "cancelled")}
    seen = _Seen(visits, _events(uow, told))
    return {push.id: _answer(push, seen, context) for push in pushes}


def _answer(push: Due, seen: _Seen, context: Context) -> Answer:
    visit, kind = seen.visits.get(push.subject), push.kind.name
    if visit is None:
        return Gone("no_appointment")
    if visit.version != push.version:
        return Gone("changed")
    true_in = _TRUE_IN.get(kind, _COMING)
    if visit.state not in true_in:
        return Gone(str(visit.state))
    if true_in is _COMING and visit.starts_at <= context.now:
        return Gone("over")
    event = seen.events.get((visit.id, visit.version, kind))
    return of_visit(kind, visit, context.today, _more(push, event))


def _more(push: Due, event: Record | None) -> dict[str, str]:
    match push.kind.name:
        case "changed" if event is not None:
            ends_at = event.starts_at + timedelta(minutes=event.minutes)
            return {
                "old_date": day(local(event.starts_at).date()),
                "old_time": span(event.starts_at, ends_at),
            }
        case "cancelled" if event is not None:
            return {"refund": yuan(event.refund_fen) if event.refund_fen else "0元"}
        case "care":
            return {"text": CARE}
        case "revisit_due":
            return {"date": day(date.fromisoformat(push.extra))}
        case _:
            return {}


def _events(uow: UnitOfWork, appointment_ids: set[int]) -> _Events:
    """The change or cancellation that a push tells of."""
    if not appointment_ids:
        return {}
    rows = uow.connection.execute(_LAST.where(_E.c.appointment_id.in_(appointment_ids)))
    return {(row.appointment_id, row.version, row.kind): row for row in rows}
