"""What staff do with a ticket: take it, confirm its class, give it to a department, write the answer, close it (R37).

Each act names the version that the member of staff has seen: who comes second is told, and overwrites nothing.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.domain.states import step
from bot.domain.tickets import (
    ANSWERED,
    TICKET,
    WITH_STAFF,
    Acted,
    Cannot,
    CloseReason,
    Conflict,
    HasOwner,
    Moved,
    TicketKind,
    TicketState,
)
from bot.services.context import Context
from bot.services.tables import Record
from bot.services.tickets import changing, judging, rows, telling
from bot.store.db import UnitOfWork

ANSWER_LENGTH = 500
"""Characters of an answer: what one message in the chat holds."""
MEASURE_LENGTH = 2000
REASON_LENGTH = 500
_STAFF_NO = re.compile(r"[A-Za-z0-9-]{1,32}")


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as it was when somebody decided what to do with it."""

    ticket_id: int
    version: int


def take(uow: UnitOfWork, context: Context, seen: Seen) -> Acted:
    """首问负责: who takes it first answers for it to the end."""
    row = _current(uow, seen)
    if isinstance(row, Conflict | Cannot):
        return row
    if row.owner is not None:
        mine = row.owner == _number(context)
        return Moved(row.id, row.version, TicketState(row.state)) if mine else HasOwner(row.owner)
    if row.state not in WITH_STAFF:
        return Cannot("state")
    return _write(uow, context, row, "taken")


def confirm(
    uow: UnitOfWork, context: Context, seen: Seen, *, kind: TicketKind, category: str, department: str
) -> Acted:
    """A person says what it is and whose; the deadline follows, counted from when it was opened."""
    row = _current(uow, seen)
    if isinstance(row, Conflict | Cannot):
        return row
    if row.state not in WITH_STAFF:
        return Cannot("state")
    if category not in context.tickets.categories:
        return Cannot("category")
    if not known_department(context, department):
        return Cannot("department")
    values: dict[str, Any] = {"kind": kind, "category": category, "department": department}
    if row.state != TicketState.REOPENED and (row.kind, row.category) != (kind, category):
        values["due_at"] = context.tickets.due(kind, category, row.opened_at)
    changed = [name for name in ("kind", "category", "department") if row._mapping[name] != values[name]]
    return _write(
        uow, context, row, "classified", confirmed_by=_number(context), detail={"changed": ",".join(changed)}, **values
    )  # fmt: skip


def assign(uow: UnitOfWork, context: Context, seen: Seen, *, to: str) -> Acted:
    """To a department or a member of staff, by 工号."""
    row = _current(uow, seen)
    if isinstance(row, Conflict | Cannot):
        return row
    if not known_department(context, to) and not _STAFF_NO.fullmatch(to):
        return Cannot("department")
    if TicketState.ASSIGNED not in TICKET[TicketState(row.state)]:
        return Cannot("state")
    if row.state == TicketState.ACTED:  # the answer is to be another one
        judging.hush(uow, row, reason="changed")
    return _write(
        uow, context, row, "assigned", state=TicketState.ASSIGNED, assigned_to=to, detail={"to": to}
    )


def act(uow: UnitOfWork, context: Context, seen: Seen, *, measure: str, answer: str) -> Acted:
    """改进措施 (R28), and the answer that the patient gets."""
    row = _current(uow, seen)
    if isinstance(row, Conflict | Cannot):
        return row
    measure, answer = measure.strip(), answer.strip()
    if TicketState.ACTED not in TICKET[TicketState(row.state)]:
        return Cannot("state")
    if row.confirmed_by is None:
        return Cannot("unconfirmed")
    if not answer:
        return Cannot("no_answer")
    if len(answer) > ANSWER_LENGTH or len(measure) > MEASURE_LENGTH:
        return Cannot("too_long")
    done = _write(
        uow, context, row, "acted", state=TicketState.ACTED, answered_at=context.now,
        answer=rows.sealed(uow.keys, "answer", row.key, answer),
        measure=rows.sealed(uow.keys, "measure", row.key, measure),
    )  # fmt: skip
    telling.tell(uow, context, changing.again(uow, row))
    return done


def close(uow: UnitOfWork, context: Context, seen: Seen, *, reason: CloseReason, note: str = "") -> Acted:
    """Without the patient's word: only what needs no answer, or has been told by phone; always with the reason."""
    row = _current(uow, seen)
    if isinstance(row, Conflict | Cannot):
        return row
    allowed = TicketState.ACTED if reason is CloseReason.TOLD else TicketState.OPEN
    if row.state != allowed:
        return Cannot("state" if reason is CloseReason.TOLD else "reason")
    judging.close(uow, context, row, reason.value, words=note.strip())
    return Moved(row.id, row.version + 1, TicketState.CLOSED)


def reopen(uow: UnitOfWork, context: Context, seen: Seen, *, why: str) -> Acted:
    """Answered or closed, and yet not settled: back to its owner with a new deadline.  The patient's own words stay
    as they were; why it goes on stands among the events."""
    row = _current(uow, seen)
    if isinstance(row, Conflict | Cannot):
        return row
    why = why.strip()
    if row.state not in ANSWERED:
        return Cannot("state")
    if not why:
        return Cannot("no_reason")
    judging.hush(uow, row, reason="reopened")
    due = context.tickets.due(TicketKind(row.kind), row.category, context.now)
    return _write(
        uow, context, row, "reopened", words=why[:REASON_LENGTH], state=TicketState.REOPENED, due_at=due, tier=0,
        closed_at=None,
    )  # fmt: skip


def known_department(context: Context, name: str) -> bool:
    """Of the hospital's list, or one that deals with tickets."""
    listed = {view.name for view in context.directory.departments.values()}
    return name in listed or name in context.tickets.departments


def _current(uow: UnitOfWork, seen: Seen) -> Record | Conflict | Cannot:
    """The locked row, if it is as it was seen."""
    row = rows.one(uow, seen.ticket_id, lock=True)
    if row is None:
        return Cannot("unknown")
    return row if row.version == seen.version else Conflict(row.version)


def _number(context: Context) -> str:
    """0012 of ``staff:0012``."""
    return context.actor.partition(":")[2] or context.actor


def _write(uow: UnitOfWork, context: Context, row: Record, what: str, **values: Any) -> Moved:
    """Who is the first to do anything with it is its owner."""
    after = TicketState(row.state)
    if "state" in values:
        after = step(TICKET, after, values["state"])
    owner = row.owner or _number(context)
    changing.change(uow, context, row, what, owner=owner, **values)
    return Moved(row.id, row.version + 1, after)
