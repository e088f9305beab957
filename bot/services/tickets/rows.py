"""The tickets' tables, and a ticket's words in the clear for a moment."""

from sqlalchemy import bindparam, select

from bot.domain.tickets import TicketKind, TicketState, TicketView
from bot.services.tables import Record, table
from bot.store.care_models import Ticket, TicketEvent, TicketFile
from bot.store.db import UnitOfWork
from bot.store.keys import KeyRing

T, E, F = table(Ticket), table(TicketEvent), table(TicketFile)
TEXT_LENGTH = 4000
"""Characters of what a patient tells, all additions together."""
_ONE = select(T).where(T.c.id == bindparam("ticket"))
_LOCKED = _ONE.with_for_update()
_BY_KEY = select(T).where(T.c.key == bindparam("ticket_key"))
_EVENT = select(E.c.id, E.c.ticket_id).where(E.c.key == bindparam("event_key"))


def one(uow: UnitOfWork, ticket_id: int, *, lock: bool = False) -> Record | None:
    """``lock``: nobody else changes it until we are done."""
    return uow.execute(_LOCKED if lock else _ONE, {"ticket": ticket_id}).first()


def by_key(uow: UnitOfWork, key: str) -> Record | None:
    return uow.execute(_BY_KEY, {"ticket_key": key}).first()


def happened(uow: UnitOfWork, event_key: str) -> bool:
    """Whether an event of this key is written already."""
    return uow.execute(_EVENT, {"event_key": event_key}).first() is not None


def scope_of(ticket_id: int) -> str:
    """Under which its pushes and calls are known."""
    return f"ticket:{ticket_id}"


def sealed(keys: KeyRing, column: str, key: str, words: str) -> bytes:
    return keys.encrypt(words.encode(), f"tickets.{column}:{key}")


def opened(keys: KeyRing, column: str, row: Record) -> str:
    """The words of a column; empty where there are none."""
    blob: bytes | None = row._mapping[column]
    return "" if blob is None else keys.decrypt(blob, f"tickets.{column}:{row.key}").decode()


def note_of(keys: KeyRing, row: Record) -> str:
    """An event's words."""
    return "" if row.note is None else keys.decrypt(row.note, f"ticket_events.note:{row.key}").decode()


def view_of(row: Record, keys: KeyRing) -> TicketView:
    """As the patient who opened it sees it."""
    return TicketView(
        id=row.id,
        number=row.number,
        kind=TicketKind(row.kind),
        state=TicketState(row.state),
        version=row.version,
        category=row.category,
        department=row.department,
        text=opened(keys, "text", row),
        answer=opened(keys, "answer", row),
        anonymous=row.anonymous,
        opened_at=row.opened_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
    )
