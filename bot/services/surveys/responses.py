"""The rows of `SurveyResponse`: opened, sealed, locked, written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, insert, select, update

from bot.domain.survey import Author, SurveyState
from bot.questionnaires.filling import Filling, dumps, loads
from bot.services.people import aad
from bot.services.tables import Record, table
from bot.store.care_models import SurveyResponse
from bot.store.db import UnitOfWork

R = table(SurveyResponse)
_ONE = select(R).where(R.c.scope == bindparam("of_scope"))
_ONE_LOCKED = _ONE.with_for_update(key_share=True)
_WRITTEN = (
    "scope", "followup_id", "patient_id", "account_id", "questionnaire", "state", "author", "staff_no", "filling",
    "revision", "last_key", "consented_at", "started_at", "changed_at", "completed_at",
)  # fmt: skip
_INSERT: Insert = insert(R).inline()
_UPDATE = (
    update(R)
    .where(R.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}", type_=R.c[name].type) for name in _WRITTEN})
)


@dataclass(frozen=True, slots=True)
class Response:
    """A row, its answers readable."""

    id: str
    scope: str
    followup_id: int | None
    patient_id: str | None
    account_id: int | None
    questionnaire: str
    """``url|version``"""
    state: SurveyState
    author: Author
    staff_no: str | None
    filling: Filling
    revision: int
    last_key: str
    consented_at: datetime | None
    started_at: datetime
    changed_at: datetime
    completed_at: datetime | None = None


def of_scope(uow: UnitOfWork, scope: str, *, lock: bool = False) -> Response | None:
    row = uow.execute(_ONE_LOCKED if lock else _ONE, {"of_scope": scope}).first()
    return None if row is None else opened(uow, row)


def opened(uow: UnitOfWork, row: Record) -> Response:
    filling = loads(uow.keys.decrypt(row.filling, aad("filling", row.id, "responses")).decode())
    known = {name: row._mapping[name] for name in _WRITTEN}
    return Response(id=row.id, **known | {"filling": filling})


def add(uow: UnitOfWork, response: Response) -> None:
    """Raises `IntegrityError` where another face was faster: then the command is carried out again."""
    uow.execute(_INSERT, {"id": response.id} | _values(uow, response))


def save(uow: UnitOfWork, response: Response) -> None:
    """The row was locked when it was read (`of_scope`)."""
    values = {"id": response.id} | _values(uow, response)
    uow.execute(_UPDATE, {f"b_{name}": value for name, value in values.items()})


def _values(uow: UnitOfWork, response: Response) -> dict[str, Any]:
    sealed = uow.keys.encrypt(dumps(response.filling).encode(), aad("filling", response.id, "responses"))
    return {name: getattr(response, name) for name in _WRITTEN} | {"filling": sealed}
