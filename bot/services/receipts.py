"""What a platform or a vendor tells of a message after taking it; a failed one goes on over its next rung.

Reports come in any order, several times, and before the acknowledgement of their message is written: such a one is
kept in ``early_receipts`` until `match` finds its attempt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.services.tables import Record, table
from bot.store.db import Database, UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.outbox import undelivered
from bot.store.push_models import Attempt, EarlyReceipt
from bot.store.types import UtcDateTime

DELIVERED = "delivered"
FAILED = "failed"
KEEP = timedelta(days=3)
"""How long a report waits for its message: other programs may send in the account's name too."""
BATCH = 500

_A, _E, _O = table(Attempt), table(EarlyReceipt), table(OutboxMessage)
_FIND = (
    select(_A.c.id, _A.c.outbox_id, _A.c.receipt)
    .where(_A.c.road == bindparam("p_road"), _A.c.platform_id == bindparam("p_platform"))
    .order_by(_A.c.id.desc())
    .limit(1)
    .with_for_update()
)
_TELL = (
    update(_A)
    .where(_A.c.id == bindparam("p_id"))
    .values(receipt=bindparam("p_receipt"), receipt_at=bindparam("p_at", type_=UtcDateTime))
)
_ARRIVED = (
    update(_O)
    .where(_O.c.id == bindparam("p_id"), _O.c.road == bindparam("p_road"))
    .where(_O.c.platform_id == bindparam("p_platform"))
    .values(receipt=DELIVERED)
)
_MATCHED = (
    select(_E.c.id, _E.c.road, _E.c.platform_id, _E.c.receipt, _E.c.at)
    .join_from(_E, _A, and_(_A.c.road == _E.c.road, _A.c.platform_id == _E.c.platform_id))
    .order_by(_E.c.id)
    .limit(bindparam("p_limit"))
)
_FORGET = delete(_E).where(_E.c.id == bindparam("p_id"))
_ANY = select(_E.c.id).limit(1)
_OLD = delete(_E).where(_E.c.at < bindparam("p_before", type_=UtcDateTime))


class Became(StrEnum):
    """What became of a report."""

    DELIVERED = "delivered"
    FAILED = "failed"
    KNOWN = "known"
    """It had been told before."""
    EARLY = "early"
    """Nobody knows the message yet."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of one message: ``reason`` is the platform's word for a failure, never personal data."""

    road: str
    platform_id: str
    ok: bool
    reason: str = ""

    @property
    def receipt(self) -> str:
        return DELIVERED if self.ok else f"{FAILED}:{self.reason or 'unknown'}"[:64]


def record(uow: UnitOfWork, report: Report) -> Became:
    """Write a report down; where it says that the message did not arrive, the next rung is tried."""
    if not report.platform_id:
        return Became.KNOWN
    attempt = uow.execute(_FIND, {"p_road": report.road, "p_platform": report.platform_id}).first()
    if attempt is None:
        _keep(uow, report)
        return Became.EARLY
    return _apply(uow, attempt, report, uow.now)


def match(db: Database) -> int:
    """The tick: reports whose message has been acknowledged since; how many.  Those of others are forgotten in time."""

    def once(uow: UnitOfWork) -> int:
        rows = uow.execute(_MATCHED, {"p_limit": BATCH}).fetchall()
        for row in rows:
            ok, _, reason = row.receipt.partition(":")
            told = Report(row.road, row.platform_id, ok == DELIVERED, reason)
            attempt = uow.execute(_FIND, {"p_road": row.road, "p_platform": row.platform_id}).first()
            if attempt is not None:
                _apply(uow, attempt, told, row.at)
            uow.execute(_FORGET, {"p_id": row.id})
        return len(rows)

    with db.read() as uow:  # almost always there is none, and nobody has to queue for the writer's place
        if uow.execute(_ANY).first() is None:
            return 0
    matched = 0
    while found := db.run(once):  # a broadcast's receipts come faster than its acknowledgements
        matched += found
    db.run(lambda uow: uow.execute(_OLD, {"p_before": uow.now - KEEP}))
    return matched


def _apply(uow: UnitOfWork, attempt: Record, report: Report, at: datetime) -> Became:
    """A message that was said not to have arrived may still arrive; one that arrived stays so."""
    if attempt.receipt == DELIVERED or attempt.receipt == report.receipt:
        return Became.KNOWN
    if attempt.receipt and not report.ok:
        return Became.KNOWN
    uow.execute(_TELL, {"p_id": attempt.id, "p_receipt": report.receipt, "p_at": at})
    here = {"p_id": attempt.outbox_id, "p_road": report.road, "p_platform": report.platform_id}
    if report.ok:
        uow.execute(_ARRIVED, here)
        return Became.DELIVERED
    undelivered(uow, attempt.outbox_id, report.receipt, platform_id=report.platform_id)
    return Became.FAILED


def _keep(uow: UnitOfWork, report: Report) -> None:
    """The first report stays; the same again changes nothing, and an arrival wins over a failure."""
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    row = {"road": report.road, "platform_id": report.platform_id, "receipt": report.receipt, "at": uow.now}
    new = insert(_E).values(row)
    where = [_E.c.road, _E.c.platform_id]
    if report.ok:
        uow.connection.execute(
            new.on_conflict_do_update(index_elements=where, set_={"receipt": report.receipt})
        )
    else:
        uow.connection.execute(new.on_conflict_do_nothing(index_elements=where))
