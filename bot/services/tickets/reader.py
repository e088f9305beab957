"""The reader of ``ticket:…``: the answer to a 意见 or 投诉, as long as it is the answer."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bot.domain.tickets import TicketKind, TicketState
from bot.pushes import ticket_ways
from bot.services.context import Context
from bot.services.facts import Answer, Due, Facts, Gone
from bot.services.tables import Record
from bot.services.tickets.rows import T, opened
from bot.store.db import UnitOfWork


def read_tickets(uow: UnitOfWork, context: Context, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    ids = {push.subject for push in pushes}
    found = {row.id: row for row in uow.connection.execute(select(T).where(T.c.id.in_(ids)))}
    return {push.id: _answer(push, found.get(push.subject), uow, context) for push in pushes}


def _answer(push: Due, row: Record | None, uow: UnitOfWork, context: Context) -> Answer:
    if row is None:
        return Gone("no_ticket")
    if row.state != TicketState.ACTED or row.version != push.version:
        return Gone("changed")
    fields = {
        "ticket": row.number,
        "title": context.tickets.kinds[TicketKind(row.kind)].title,
        "answer": opened(uow.keys, "answer", row),
    }
    return Facts(fields, ticket_ways.options(), ticket_ways.offer_id(row.id, row.version))
