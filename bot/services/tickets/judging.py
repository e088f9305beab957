"""What the patient says to the answer: content, and the ticket is closed; or not, and it goes back to its owner."""

from typing import Any

from bot.domain.commands import JudgeTicket
from bot.domain.outcomes import NotYours, Outcome, Refused, TicketJudged
from bot.domain.states import step
from bot.domain.tickets import ANSWERED, TICKET, TicketKind, TicketState
from bot.services import phone_tasks
from bot.services.context import Context
from bot.services.pushes import void
from bot.services.tables import Record
from bot.services.tickets import changing, rows
from bot.services.tickets.rows import TEXT_LENGTH
from bot.store.db import UnitOfWork


def judge(command: JudgeTicket, uow: UnitOfWork, context: Context) -> Outcome:
    """`TicketJudged`, or `Refused` where it is not the account's.  A yes to what is still being worked on changes
    nothing."""
    row = changing.own(uow, context, command.ticket_id, lock=True)
    if row is None:
        return Refused(NotYours())
    if not rows.happened(uow, command.key) and row.state in ANSWERED:
        if not command.content:
            reopen(uow, context, row, command.key, command.words)
        elif row.state != TicketState.CLOSED:
            close(uow, context, row, "confirmed", key=command.key)
    return TicketJudged(rows.view_of(changing.again(uow, row), uow.keys))


def close(
    uow: UnitOfWork, context: Context, row: Record, why: str, *, key: str = "", words: str = ""
) -> None:
    """For good, unless the patient comes back to it.  ``why``: confirmed | silence | told | duplicate …"""
    before = TicketState(row.state)
    if why == "confirmed":
        before = step(TICKET, before, TicketState.CONFIRMED) if before is TicketState.ACTED else before
        changing.note(uow, context, row.id, why, key=key or f"ticket:{row.id}:{row.version + 1}:{why}")
        key = ""
    values: dict[str, Any] = {"state": step(TICKET, before, TicketState.CLOSED), "closed_at": context.now}
    changing.change(uow, context, row, "closed", key=key, words=words, detail={"why": why}, **values)
    hush(uow, row, reason="closed")


def reopen(uow: UnitOfWork, context: Context, row: Record, key: str, words: str) -> None:
    """Back to the owner, with a new deadline; what is missing stands below the patient's words."""
    told = rows.opened(uow.keys, "text", row)
    text = f"{told}\n还没解决：{words.strip()}"[:TEXT_LENGTH] if words.strip() else told
    values: dict[str, Any] = {
        "state": step(TICKET, TicketState(row.state), TicketState.REOPENED),
        "text": rows.sealed(uow.keys, "text", row.key, text),
        "due_at": context.tickets.due(TicketKind(row.kind), row.category, context.now),
        "tier": 0,
        "closed_at": None,
    }
    changing.change(uow, context, row, "reopened", key=key, words=words.strip(), **values)
    hush(uow, row, reason="reopened")


def hush(uow: UnitOfWork, row: Record, *, reason: str) -> None:
    """The answer need not be told any more, neither by a message nor by a call."""
    void(uow, rows.scope_of(row.id), reason=reason)
    phone_tasks.cancel(uow, [rows.scope_of(row.id)])
