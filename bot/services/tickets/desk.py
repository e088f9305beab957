"""Tickets as staff see them: lists without words, one with its words, its events and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from bot.domain.masking import mask_name, mask_phone
from bot.domain.tickets import WITH_STAFF, TicketKind, TicketSource, TicketState
from bot.services.context import Context, audit
from bot.services.people import patient_row, plain
from bot.services.tables import Record
from bot.services.tickets import files, rows
from bot.services.tickets.rows import E, T
from bot.store.db import UnitOfWork

LISTED = 200
COLUMNS = (
    T.c.id, T.c.number, T.c.kind, T.c.category, T.c.department, T.c.confirmed_by, T.c.anonymous, T.c.source, T.c.state,
    T.c.version, T.c.owner, T.c.assigned_to, T.c.tier, T.c.opened_at, T.c.due_at, T.c.answered_at, T.c.closed_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket of a list: nothing that anybody wrote."""

    id: int
    number: str
    kind: TicketKind
    category: str
    department: str
    confirmed_by: str | None
    anonymous: bool
    source: TicketSource
    state: TicketState
    version: int
    owner: str | None
    assigned_to: str
    tier: int
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One event."""

    what: str
    actor: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient, masked; of an anonymous ticket nobody."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A ticket with everything that belongs to it."""

    line: Line
    text: str
    answer: str
    measure: str
    whose: Whose | None
    events: tuple[Happened, ...]
    files: tuple[files.Listed, ...]


def listing(
    uow: UnitOfWork,
    context: Context,
    *,
    open_only: bool = True,
    overdue_only: bool = False,
    department: str = "",
    owner: str = "",
    limit: int = LISTED,
) -> Sequence[Line]:
    """The most urgent first; with ``department`` those that are its business or were given to it."""
    query = select(*COLUMNS).order_by(T.c.due_at, T.c.id).limit(limit)
    if open_only:
        query = query.where(T.c.state.in_(WITH_STAFF))
    if overdue_only:
        query = query.where(T.c.state.in_(WITH_STAFF), T.c.due_at <= context.now)
    if department:
        query = query.where(or_(T.c.department == department, T.c.assigned_to == department))
    if owner:
        query = query.where(or_(T.c.owner == owner, T.c.assigned_to == owner))
    return [line(row, context) for row in uow.connection.execute(query)]


def by_number(uow: UnitOfWork, number: str) -> int | None:
    """12 and T20261122-0007 are both what staff call it."""
    if number.isascii() and number.isdigit() and len(number) <= 18:
        return int(number) if rows.one(uow, int(number)) is not None else None
    found: int | None = uow.connection.execute(select(T.c.id).where(T.c.number == number.upper())).scalar()
    return found


def whole(uow: UnitOfWork, context: Context, ticket_id: int) -> Whole | None:
    """In the clear, for who has to deal with it; that it was read is written down (R15)."""
    row = rows.one(uow, ticket_id)
    if row is None:
        return None
    audit(uow, context, "ticket.read", f"ticket:{ticket_id}")
    events = uow.connection.execute(select(E).where(E.c.ticket_id == ticket_id).order_by(E.c.id))
    return Whole(
        line=line(row, context),
        text=rows.opened(uow.keys, "text", row),
        answer=rows.opened(uow.keys, "answer", row),
        measure=rows.opened(uow.keys, "measure", row),
        whose=_whose(uow, row),
        events=tuple(Happened(e.what, _actor(row, e.actor), e.at, rows.note_of(uow.keys, e)) for e in events),
        files=files.listed(uow, ticket_id),
    )


def _whose(uow: UnitOfWork, row: Record) -> Whose | None:
    if row.anonymous or row.patient_id is None:
        return None
    patient = patient_row(uow, None, row.patient_id)
    if patient is None:
        return None
    name = plain(uow.keys, "name", row.patient_id, patient.patient_name)
    phone = plain(uow.keys, "phone", row.patient_id, patient.patient_phone)
    return Whose(mask_name(name), mask_phone(phone))


def _actor(row: Record, actor: str) -> str:
    """Of an anonymous ticket not even the account's number."""
    return "account" if row.anonymous and actor.startswith("account:") else actor


def line(row: Record, context: Context) -> Line:
    """Of a row with `COLUMNS`."""
    known = {column.name: row._mapping[column.name] for column in COLUMNS}
    known |= {
        "kind": TicketKind(row.kind),
        "source": TicketSource(row.source),
        "state": TicketState(row.state),
    }
    late = row.state in WITH_STAFF and row.due_at <= context.now
    return Line(**known, overdue=late)
