"""Looking things up in the audit log and the sign-in log: newest first, page by page, never counted whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from bot.domain.clock import HOSPITAL_TZ
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import AuditEntry
from bot.store.staff_models import AuditLink, SignIn

A, L, G = table(AuditEntry), table(AuditLink), table(SignIn)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    linked: bool
    """Part of the chain: nobody can change it unnoticed any more."""


@dataclass(frozen=True, slots=True)
class Try:
    id: int
    at: datetime
    staff_no: str
    outcome: str
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is empty holds for all."""

    actor: str = ""
    action: str = ""
    """Its beginning: ``patient.`` finds all that was done to patients' data."""
    subject: str = ""
    first: date | None = None
    last: date | None = None


def entries(uow: UnitOfWork, asked: Asked, page: int) -> tuple[Sequence[Entry], bool]:
    """One page, and whether there is another."""
    wanted = select(A, L.c.seq.is_not(None).label("linked")).outerjoin(L, L.c.audit_id == A.c.id)
    for column, said in ((A.c.actor, asked.actor), (A.c.subject, asked.subject)):
        if said:
            wanted = wanted.where(column == said)
    if asked.action:
        wanted = wanted.where(A.c.action.startswith(asked.action, autoescape=True))
    rows, more = _page(uow, _between(wanted, A.c.at, asked), A.c.id, page)
    return [Entry(r.id, r.at, r.actor, r.action, r.subject, r.detail, r.linked) for r in rows], more


def tries(uow: UnitOfWork, asked: Asked, page: int) -> tuple[Sequence[Try], bool]:
    """Sign-ins; ``actor`` is the 工号, ``action`` the outcome."""
    wanted: Select[Any] = select(G)
    if asked.actor:
        wanted = wanted.where(G.c.staff_no == asked.actor)
    if asked.action:
        wanted = wanted.where(G.c.outcome == asked.action)
    rows, more = _page(uow, _between(wanted, G.c.at, asked), G.c.id, page)
    return [Try(r.id, r.at, r.staff_no, r.outcome, r.address, r.agent) for r in rows], more


def _between(wanted: Select[Any], column: Any, asked: Asked) -> Select[Any]:
    """Days are the hospital's."""
    if asked.first is not None:
        wanted = wanted.where(column >= _midnight(asked.first))
    if asked.last is not None:
        wanted = wanted.where(column < _midnight(asked.last + timedelta(days=1)))
    return wanted


def _page(uow: UnitOfWork, wanted: Select[Any], key: Any, page: int) -> tuple[Sequence[Any], bool]:
    rows = uow.connection.execute(wanted.order_by(key.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    return rows[:PAGE], len(rows) > PAGE


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HOSPITAL_TZ)
