"""Tickets as the patient who opened them sees them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, or_, select

from bot.domain.tickets import TicketState, TicketView
from bot.services.context import Context
from bot.services.tickets import changing, rows
from bot.services.tickets.rows import T
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime, written

_KEPT = timedelta(days=30)
_LISTED = 20
_OWN = (
    select(T)
    .where(
        T.c.account_id == bindparam("account"),
        or_(
            T.c.state != written(TicketState.CLOSED),
            T.c.closed_at >= bindparam("since", type_=UtcDateTime()),
        ),
    )
    .order_by(T.c.id.desc())
    .limit(_LISTED)
)


def own(uow: UnitOfWork, context: Context) -> Sequence[TicketView]:
    """Open ones, and those closed in the last 30 days, the newest first."""
    asked = {"account": context.account_id, "since": context.now - _KEPT}
    return tuple(rows.view_of(row, uow.keys) for row in uow.execute(_OWN, asked))


def ticket(uow: UnitOfWork, context: Context, ticket_id: int) -> TicketView | None:
    """One of the account's."""
    row = None if context.account_id is None else changing.own(uow, context, ticket_id)
    return None if row is None else rows.view_of(row, uow.keys)
