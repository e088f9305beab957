"""T20261122-0007: the tickets of a day, counted from 1 without a gap."""

from datetime import datetime

from sqlalchemy import func, select, text

from bot.domain.clock import local
from bot.services.tickets.rows import T
from bot.store.db import UnitOfWork

_LOCK = 0x71C4E7
"""Names this lock among PostgreSQL's advisory ones."""


def alone(uow: UnitOfWork) -> None:
    """Until the transaction ends nobody else counts; on SQLite there is one writer anyway."""
    if uow.dialect == "postgresql":
        uow.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def following(uow: UnitOfWork, now: datetime) -> str:
    """The hospital day's next number, for who is `alone`."""
    day = f"T{local(now):%Y%m%d}-"
    last = (
        select(T.c.number)
        .where(T.c.number.like(f"{day}%"))
        .order_by(func.length(T.c.number).desc(), T.c.number.desc())
        .limit(1)
    )
    found: str | None = uow.connection.execute(last).scalar()
    return f"{day}{int(found.removeprefix(day)) + 1 if found else 1:04d}"
