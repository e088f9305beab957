"""Planning and voiding pushes, in the transaction of what causes them: the only writer of planner rows."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, bindparam, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.states import OutboxState, PushState
from bot.pushes.kinds import Kinds
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Push
from bot.store.types import UtcDateTime, written

T, _O = table(Push), table(OutboxMessage)
_CHUNKS = (400, 60, 10, 3, 2, 1)
"""Rows of one INSERT: few sizes, so that the statements stay ready."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A push to be planned.  The same kind, scope, version and ``extra_key`` again is the same push."""

    kind: str
    scope: str
    """appointment:12 | case:5 | campaign:3 …: what a newer version of voids it."""
    version: int
    patient_id: str | None
    account_id: int | None
    """None: nothing but SMS and the phone reaches them."""
    due_at: datetime
    expires_at: datetime | None = None
    """None: as long as its kind lives."""
    campaign_id: int | None = None
    extra_key: str = ""
    """The recipient, where one scope has many."""

    @property
    def key(self) -> str:
        return ":".join(filter(None, (self.kind, self.scope, str(self.version), self.extra_key)))


def plan(
    uow: UnitOfWork,
    kinds: Kinds,
    now: datetime,
    *,
    kind: str,
    scope: str,
    version: int,
    patient_id: str | None,
    account_id: int | None,
    due_at: datetime,
    expires_at: datetime | None = None,
    campaign_id: int | None = None,
    extra_key: str = "",
) -> bool:
    """Plan one push; False if it is planned already."""
    push = Planned(
        kind, scope, version, patient_id, account_id, due_at, expires_at, campaign_id, extra_key
    )  # fmt: skip
    return plan_many(uow, kinds, now, (push,)) == 1


def plan_many(uow: UnitOfWork, kinds: Kinds, now: datetime, pushes: Iterable[Planned]) -> int:
    """Plan them; how many were new."""
    rows = [_row(push, kinds, now) for push in pushes]
    new = 0
    for chunk in _chunks(rows):
        values = {f"{name}_{n}": value for n, row in enumerate(chunk) for name, value in row.items()}
        new += uow.execute(_insert(uow.dialect, len(chunk)), values).rowcount
    return new


def void(uow: UnitOfWork, scope: str, *, below_version: int | None = None, reason: str) -> None:
    """What was planned for ``scope`` (as it stood before ``below_version``) is not sent, nor what waits in the outbox.

    What a worker is sending at this moment cannot be called back; it is not tried a second time
    (`bot.services.recheck`).
    """
    values = {
        "of_scope": scope,
        "below": _NEVER if below_version is None else below_version,
        "why": reason[:48],
    }
    uow.execute(_VOID_OUTBOX, values)
    uow.execute(_VOID, values | {"at": uow.now})


def void_many(uow: UnitOfWork, scopes: Collection[str], *, reason: str) -> None:
    """As `void`, for many scopes in two statements."""
    ours = select(T.c.id).where(T.c.scope.in_(scopes), _QUEUED)
    uow.connection.execute(
        update(_O)
        .where(_O.c.push_id.in_(ours), _O.c.state.in_([OutboxState.PENDING, OutboxState.PAUSED]))
        .values(state=OutboxState.VOID, error=reason[:48])
    )
    uow.connection.execute(
        update(T)
        .where(T.c.scope.in_(scopes), or_(T.c.state == written(PushState.PLANNED), _QUEUED & _CALLED_BACK))
        .values(state=PushState.VOID, reason=reason[:48], decided_at=uow.now)
    )


def _row(push: Planned, kinds: Kinds, now: datetime) -> dict[str, Any]:
    kind = kinds[push.kind]
    return {
        "key": push.key,
        "kind": push.kind,
        "scope": push.scope,
        "version": push.version,
        "patient_id": push.patient_id,
        "account_id": push.account_id,
        "campaign_id": push.campaign_id,
        "priority": kind.priority,
        "due_at": push.due_at,
        "expires_at": push.expires_at or push.due_at + kind.lives,
        "created_at": now,
    }


_GIVEN = (
    "key", "kind", "scope", "version", "patient_id", "account_id", "campaign_id", "priority", "due_at",
    "expires_at", "created_at",
)  # fmt: skip


@cache
def _insert(dialect: str, rows: int) -> Insert:
    """An INSERT of so many rows that passes over keys that are there."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    given = [
        {name: bindparam(f"{name}_{n}", type_=T.c[name].type) for name in _GIVEN}
        | {"state": written(PushState.PLANNED), "reason": ""}
        for n in range(rows)
    ]
    return insert(T).values(given).on_conflict_do_nothing(index_elements=[T.c.key])


def _chunks(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    at = 0
    for size in _CHUNKS:
        while len(rows) - at >= size:
            yield rows[at : at + size]
            at += size


_NEVER = 2**31 - 1
_OURS = (T.c.scope == bindparam("of_scope")) & (T.c.version < bindparam("below"))
_QUEUED = T.c.state == written(PushState.QUEUED)
_VOID_OUTBOX = (
    update(_O)
    .where(
        _O.c.push_id.in_(select(T.c.id).where(_OURS, _QUEUED)),
        _O.c.state.in_([written(OutboxState.PENDING), written(OutboxState.PAUSED)]),
    )
    .values(state=OutboxState.VOID, error=bindparam("why"))
)
_CALLED_BACK = exists().where(_O.c.push_id == T.c.id, _O.c.state == written(OutboxState.VOID))
_VOID = (
    update(T)
    .where(_OURS, or_(T.c.state == written(PushState.PLANNED), _QUEUED & _CALLED_BACK))
    .values(
        state=PushState.VOID, reason=bindparam("why"), decided_at=bindparam("at", type_=UtcDateTime())
    )
)  # fmt: skip
