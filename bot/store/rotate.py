"""After a key rotation: encrypts what older keys encrypted anew, in small transactions beside the running service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, bindparam, select, update

from bot.store.care_models import Contact, RedFlag, SurveyResponse, Ticket, TicketEvent, TicketFile
from bot.store.db import Database, UnitOfWork
from bot.store.followup_models import SEALED, Discharge
from bot.store.models import Handoff, InboxMessage, LegalGuardian, OutboxMessage, Patient, table
from bot.store.staff_models import Staff
from bot.store.words import body_aad, outbox_aad, reason_aad, reply_aad


@dataclass(frozen=True, slots=True)
class _Sealed:
    """An encrypted column, and how its AAD is made from the row."""

    table: Table
    column: str
    key: str
    aad: Callable[[Row[Any]], str]


def _personal(model: Table, key: str, column: str) -> _Sealed:
    return _Sealed(model, column, key, lambda row: f"{model.name}.{column}:{row._mapping[key]}")


def _columns() -> Iterator[_Sealed]:
    for column in ("name", "id_number", "phone"):
        yield _personal(table(Patient), "id", column)
        yield _personal(table(LegalGuardian), "patient_id", column)
    for column in SEALED:
        yield _personal(table(Discharge), "id", column)
    yield _personal(table(SurveyResponse), "id", "filling")
    yield _Sealed(table(TicketFile), "content", "id", lambda row: f"ticket_files.content:{row.sha256}")
    yield _personal(table(Contact), "key", "note")
    yield _personal(table(TicketEvent), "key", "note")
    for column in ("detail", "note"):
        yield _personal(table(RedFlag), "key", column)
    for column in ("text", "answer", "measure"):
        yield _personal(table(Ticket), "key", column)
    for column in ("name", "phone", "totp"):
        yield _personal(table(Staff), "staff_no", column)
    inbox = table(InboxMessage)
    yield _Sealed(inbox, "body", "id", lambda row: body_aad(row.channel, row.dedup))
    yield _Sealed(inbox, "reply", "id", lambda row: reply_aad(row.id))
    yield _Sealed(table(OutboxMessage), "body", "id", lambda row: outbox_aad(row.key))
    yield _Sealed(table(Handoff), "reason", "id", lambda row: reason_aad(row.key))


def reencrypt(db: Database, *, batch: int = 200) -> int:
    """Everything is under the newest key afterwards, and older keys may be dropped; how many values changed.

    Values that change meanwhile are left alone: whoever changed them used the newest key.
    """
    return sum(_whole_column(db, sealed, batch) for sealed in _columns())


def _whole_column(db: Database, sealed: _Sealed, batch: int) -> int:
    key = sealed.table.c[sealed.key]
    page = select(sealed.table).order_by(key).limit(batch)
    changed, rows = 0, _page(db, page)
    while rows:
        old = [
            row
            for row in rows
            if (blob := row._mapping[sealed.column]) is not None and not db.keys.is_current(blob)
        ]
        if old:
            with db.write() as uow:
                changed += sum(_renew(uow, sealed, row) for row in old)
        rows = _page(db, page.where(key > rows[-1]._mapping[sealed.key]))
    return changed


def _page(db: Database, statement: Any) -> list[Row[Any]]:
    with db.read() as uow:
        return list(uow.connection.execute(statement))


def _renew(uow: UnitOfWork, sealed: _Sealed, row: Row[Any]) -> int:
    before, aad = row._mapping[sealed.column], sealed.aad(row)
    statement = (
        update(sealed.table)
        .where(sealed.table.c[sealed.key] == row._mapping[sealed.key])
        .where(sealed.table.c[sealed.column] == bindparam("before"))
        .values({sealed.column: bindparam("after")})
    )
    values = {"before": before, "after": uow.keys.encrypt(uow.keys.decrypt(before, aad), aad)}
    return uow.connection.execute(statement, values).rowcount
