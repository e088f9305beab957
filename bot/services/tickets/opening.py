"""Open a ticket, and more words for one that is open (R37)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.commands import AddToTicket, OpenTicket
from bot.domain.outcomes import NotYours, Outcome, Refused, TicketAdded, TicketOpened
from bot.domain.tickets import WITH_STAFF, TicketKind, TicketSource, TicketState
from bot.services.context import Context
from bot.services.people import patient_row
from bot.services.tables import Record
from bot.services.tickets import changing, numbers, rows
from bot.services.tickets.rows import TEXT_LENGTH, T
from bot.store.db import UnitOfWork
from nlu import tickets as nlu


def open_ticket(command: OpenTicket, uow: UnitOfWork, context: Context) -> Outcome:
    """`TicketOpened`; the same key again gives the same ticket."""
    if context.account_id is None or not command.text.strip():
        return Refused(NotYours())
    if command.patient_id is not None and patient_row(uow, context.account_id, command.patient_id) is None:
        return Refused(NotYours())
    add(
        uow, context, key=command.key, text=command.text, source=TicketSource.CHAT, kind=command.kind,
        patient_id=command.patient_id, account_id=context.account_id, anonymous=command.anonymous,
    )  # fmt: skip
    row = rows.by_key(uow, command.key)
    if row is None or row.account_id != context.account_id:
        return Refused(NotYours())
    return TicketOpened(rows.view_of(row, uow.keys))


def add_words(command: AddToTicket, uow: UnitOfWork, context: Context) -> Outcome:
    """What the patient says besides, while nobody has answered yet; afterwards it is said with the judgement."""
    row = changing.own(uow, context, command.ticket_id, lock=True)
    if row is None:
        return Refused(NotYours())
    if not rows.happened(uow, command.key) and row.state in WITH_STAFF:
        told = rows.opened(uow.keys, "text", row)
        words = f"{told}\n{command.words.strip()}".strip()[:TEXT_LENGTH]
        values: dict[str, Any] = {
            "text": rows.sealed(uow.keys, "text", row.key, words),
            "anonymous": row.anonymous or command.anonymous,
        }
        changing.change(uow, context, row, "added", key=command.key, **values)
        row = changing.again(uow, row)
    return TicketAdded(rows.view_of(row, uow.keys))


def add(
    uow: UnitOfWork,
    context: Context,
    *,
    key: str,
    text: str,
    source: TicketSource,
    kind: TicketKind | None = None,
    department: str = "",
    patient_id: str | None = None,
    account_id: int | None = None,
    followup_id: int | None = None,
    response_id: str | None = None,
    anonymous: bool = False,
) -> int | None:
    """For questionnaires and staff: its id where it is new.  ``kind`` None: guessed from the words.

    ``department``: the one it is about, if that is known (the ward of the stay); words that name another one win.
    What was written into a questionnaire's box without saying anything (没有, 挺好) opens none.
    """
    said = text.strip()[:TEXT_LENGTH]
    if not said or (source is TicketSource.QUESTIONNAIRE and not nlu.says_something(said)):
        return None
    guess = nlu.guess(said)
    kind = kind or TicketKind(guess.kind)
    category = context.tickets.category(guess.category).name
    concerned = _named(context, said) or department
    now = context.now
    row: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "category": category,
        "department": context.tickets.department(category, concerned),
        "anonymous": anonymous,
        "source": source,
        "patient_id": patient_id,
        "account_id": account_id,
        "followup_id": followup_id,
        "response_id": response_id,
        "state": TicketState.OPEN,
        "version": 1,
        "assigned_to": "",
        "tier": 0,
        "text": rows.sealed(uow.keys, "text", key, said),
        "opened_at": now,
        "due_at": context.tickets.due(kind, category, now),
    }
    made = _insert(uow, row, now)
    if made is None:
        return None
    changing.note(uow, context, made.id, "opened", key=f"ticket:{made.id}:opened")
    return int(made.id)


def _insert(uow: UnitOfWork, row: Mapping[str, Any], now: datetime) -> Record | None:
    """Under the day's next number; None where the key is there already."""
    numbers.alone(uow)
    if rows.by_key(uow, row["key"]) is not None:
        return None
    put: Insert = (postgresql.insert if uow.dialect == "postgresql" else sqlite.insert)(T)
    values = {**row, "number": numbers.following(uow, now)}
    return uow.connection.execute(put.values(values).returning(T.c.id)).first()


def _named(context: Context, said: str) -> str:
    """The one department that the words name, by its name or alias; empty: none, or several."""
    found = {
        view.name
        for view in context.directory.listed_departments
        if any(name and name in said for name in (view.name, *view.aliases))
    }
    longest = [name for name in found if not any(name in other and name != other for other in found)]
    return longest[0] if len(longest) == 1 else ""
