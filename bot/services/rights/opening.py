"""The page behind a copy's link: for a day, five tries at the identity number's end, every look written down."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from bot.domain.rights import Ask
from bot.services.context import Context, audit
from bot.services.rights import asking, copying, requests
from bot.services.rights.copying import Copy
from bot.services.tables import Record
from bot.store.db import UnitOfWork

TRIES = 5


@dataclass(frozen=True, slots=True)
class Closed:
    """There is nothing to open (any more)."""

    why: str
    """unknown | expired | locked"""


@dataclass(frozen=True, slots=True)
class Waits:
    """The number's end is asked for."""

    until: datetime
    left: int
    wrong: bool = False


def look(uow: UnitOfWork, context: Context, number: int) -> Closed | Waits:
    row = requests.one(uow, number)
    why = _closed(row, context)
    if why or row is None:
        return Closed(why or "unknown")
    return Waits(_until(row), TRIES - _tries(row))


def try_(uow: UnitOfWork, context: Context, number: int, tail: str) -> Closed | Waits | Copy:
    """A wrong one counts, whatever becomes of the page."""
    row = requests.one(uow, number, lock=True)
    why = _closed(row, context)
    if why or row is None:
        return Closed(why or "unknown")
    right = copying.number_tail(uow, row.patient_id)
    if not right or not hmac.compare_digest(right.encode(), normalize("NFKC", tail).strip().upper().encode()):
        tries = _tries(row) + 1
        requests.note(uow, number, {**row.result, "tries": tries})
        audit(uow, context, "privacy.wrong_tail", f"privacy_request:{number}")
        return Closed("locked") if tries >= TRIES else Waits(_until(row), TRIES - tries, wrong=True)
    return opened(uow, context, row)


def again(uow: UnitOfWork, context: Context, number: int) -> Closed | Copy:
    """The file beside a page that has just been opened."""
    row = requests.one(uow, number)
    why = _closed(row, context)
    if why or row is None:
        return Closed(why or "unknown")
    return opened(uow, context, row)


def opened(uow: UnitOfWork, context: Context, row: Record) -> Copy:
    audit(uow, context, "privacy.copied", f"patient:{row.patient_id}", reason="own", request=str(row.id))
    return copying.make(uow, context, row.patient_id)


def _closed(row: Record | None, context: Context) -> str:
    if row is None or row.kind != Ask.COPY.value or not row.result.get("link"):
        return "unknown"
    if context.now >= _until(row):
        return "expired"
    return "locked" if _tries(row) >= TRIES else ""


def _until(row: Record) -> datetime:
    opened_at: datetime = row.opened_at
    return opened_at + timedelta(hours=asking.LINK_HOURS)


def _tries(row: Record) -> int:
    return int(row.result.get("tries", 0))
