"""Messages that could not be sent: seen by staff, and sent again where that still has a meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.domain.states import OutboxState
from bot.services.context import write_audit
from bot.services.tables import table
from bot.store import outbox
from bot.store.db import Database, UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Attempt
from bot.store.types import written

_O, _A = table(OutboxMessage), table(Attempt)
_LISTED = 200
_DEAD = _O.c.state == written(OutboxState.DEAD)
_TRIES = select(func.count()).where(_A.c.outbox_id == _O.c.id).scalar_subquery()
_LATEST = (
    select(_O.c.id, _O.c.kind, _O.c.road, _O.c.error, _O.c.due_at, _TRIES.label("tries"))
    .where(_DEAD)
    .order_by(_O.c.id.desc())
    .limit(_LISTED)
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: int
    kind: str
    road: str
    """Over which it was tried last."""
    error: str
    tries: int
    due_at: datetime


def dead_letters(db: Database) -> Sequence[DeadLetter]:
    """The newest of them."""
    with db.read() as uow:
        return [
            DeadLetter(row.id, row.kind, row.road, row.error, row.tries, row.due_at)
            for row in uow.connection.execute(_LATEST)
        ]


def resend(db: Database, *, ids: Sequence[int] = (), kind: str | None = None, actor: str) -> int:
    """Put dead letters back, by number or all of a kind; how many.  Audited with it, since a person decided it."""
    return db.run(lambda uow: _resend(uow, ids, kind, actor))


def _resend(uow: UnitOfWork, ids: Sequence[int], kind: str | None, actor: str) -> int:
    if kind is not None:
        chosen = select(_O.c.id).where(_DEAD, _O.c.kind == kind, _O.c.expires_at > uow.now)
        ids = list(uow.connection.execute(chosen).scalars())
    again = outbox.resend(uow, ids)
    if again:
        write_audit(
            uow, at=uow.now, actor=actor, action="outbox.resent", subject=f"kind:{kind or 'by_number'}",
            count=str(again), ids=",".join(map(str, ids[:20])),
        )  # fmt: skip
    return again
