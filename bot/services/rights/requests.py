"""Requests about one's data: opened once for a key, answered within fifteen workdays, never deleted (the proof)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.rights import WORKDAYS, Ask, AskState
from bot.pushes.workdays import is_workday
from bot.services.context import Context, audit
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.rights_models import PrivacyRequest

T = table(PrivacyRequest)
WORDS = 500
"""Characters of what they wrote."""
_BY_KEY = select(T).where(T.c.key == bindparam("command_key"))
_ONE = select(T).where(T.c.id == bindparam("number"))
_INSERT = insert(T).returning(T.c.id)


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody was faster; nothing was changed."""


def by_key(uow: UnitOfWork, key: str) -> Record | None:
    return uow.connection.execute(_BY_KEY, {"command_key": key}).first()


def one(uow: UnitOfWork, number: int, *, lock: bool = False) -> Record | None:
    statement = _ONE.with_for_update() if lock else _ONE
    return uow.connection.execute(statement, {"number": number}).first()


def waiting(uow: UnitOfWork, patient_id: str) -> Mapping[Ask, Record]:
    """A patient's open requests, by kind."""
    mine = select(T).where(T.c.patient_id == patient_id, T.c.state == AskState.OPEN).order_by(T.c.id)
    return {Ask(row.kind): row for row in uow.connection.execute(mine)}


def add(
    uow: UnitOfWork, context: Context, *, key: str, kind: Ask, patient_id: str, words: str = "",
    state: AskState = AskState.OPEN, result: Mapping[str, object] | None = None,
) -> int:  # fmt: skip
    """Its number.  What is done at once is written down too."""
    over = state is not AskState.OPEN
    row: dict[str, Any] = {
        "key": key,
        "kind": kind.value,
        "source": "console" if context.account is None else "chat",
        "account_id": context.account_id,
        "patient_id": patient_id,
        "words": sealed(uow, key, words),
        "state": state.value,
        "result": dict(result or {}),
        "version": 1,
        "opened_at": context.now,
        "due_at": due_at(context.now),
        "done_at": context.now if over else None,
        "done_by": context.actor if over else "",
    }
    number: int = uow.connection.execute(_INSERT, row).scalar_one()
    audit(uow, context, f"privacy.{kind.value}", f"patient:{patient_id}", request=str(number))
    return number


def finish(
    uow: UnitOfWork, context: Context, number: int, version: int, state: AskState, result: Mapping[str, object],
) -> bool:  # fmt: skip
    """Close it as it stood at ``version``; False: it stands otherwise by now."""
    changed = (
        update(T)
        .where(T.c.id == number, T.c.version == version, T.c.state == AskState.OPEN.value)
        .values(
            state=state.value, result=dict(result), version=version + 1, done_at=context.now, done_by=context.actor
        )
    )  # fmt: skip
    if not uow.connection.execute(changed).rowcount:
        return False
    audit(uow, context, f"privacy.{state.value}", f"privacy_request:{number}")
    return True


def note(uow: UnitOfWork, number: int, result: Mapping[str, object]) -> None:
    """What came of it meanwhile."""
    uow.connection.execute(update(T).where(T.c.id == number).values(result=dict(result)))


def sealed(uow: UnitOfWork, key: str, words: str) -> bytes | None:
    words = words.strip()[:WORDS]
    return uow.keys.encrypt(words.encode(), f"privacy_requests.words:{key}") if words else None


def words_of(uow: UnitOfWork, row: Record) -> str:
    if row.words is None:
        return ""
    return uow.keys.decrypt(row.words, f"privacy_requests.words:{row.key}").decode()


def due_at(now: datetime) -> datetime:
    """The end of the fifteenth workday after today."""
    day, left = local(now).date(), WORKDAYS
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
    return datetime.combine(day, time(23, 59), HOSPITAL_TZ)


def due_on(row: Record) -> date:
    return local(row.due_at).date()
