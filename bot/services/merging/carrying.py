"""Two records made one: every row of one becomes the other's, in one transaction.  The record that goes keeps its
document, so that whoever comes with it again is found (`bot.services.register`)."""

from dataclasses import dataclass

from sqlalchemy import Table, delete, insert, select, update

from bot.services.context import Context, audit
from bot.services.merging.comparing import compare
from bot.services.merging.holdings import GUARDIAN, LINKS, MOVED
from bot.services.people import P, aad, sealed
from bot.store.db import UnitOfWork

REASONS = {
    "documents": "同一个人用了两种证件", "twice": "同一个人登记了两次", "newborn": "孩子先后用出生证明和身份证登记",
    "corrected": "证件号登记错了，重新登记过",
}  # fmt: skip
_SEALED = ("name", "id_number", "phone")


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows have moved."""

    rows: int


@dataclass(frozen=True, slots=True)
class NotMerged:
    why: str
    """gone | stale | deceased | visits"""


def merge(
    uow: UnitOfWork, context: Context, stays: str, goes: str, mark: str, reason: str
) -> Merged | NotMerged:
    """What the comparison with this mark told."""
    if reason not in REASONS:
        raise ValueError(f"{reason}: {', '.join(REASONS)}")
    seen = compare(uow, context, stays, goes, lock=True)
    if seen is None:
        return NotMerged("gone")
    if seen.blockers:
        return NotMerged(seen.blockers[0])
    if seen.mark != mark:
        return NotMerged("stale")
    moved = {each.table.name: _move(uow, each.table, stays, goes) for each in MOVED}
    moved[LINKS.name] = _links(uow, context, stays, goes)
    moved[GUARDIAN.name] = _guardian(uow, stays, goes)
    uow.connection.execute(update(P).where(P.c.merged_into == goes).values(merged_into=stays))
    uow.connection.execute(update(P).where(P.c.id == goes).values(merged_into=stays))
    told = {name: str(many) for name, many in moved.items() if many}
    audit(uow, context, "patient.merged", f"patient:{stays}", gone=goes, reason=reason, **told)
    audit(uow, context, "patient.merged_away", f"patient:{goes}", into=stays, reason=reason)
    return Merged(sum(moved.values()))


def _move(uow: UnitOfWork, table: Table, stays: str, goes: str) -> int:
    statement = update(table).where(table.c.patient_id == goes).values(patient_id=stays)
    return uow.connection.execute(statement).rowcount


def _links(uow: UnitOfWork, context: Context, stays: str, goes: str) -> int:
    """An account that looks after both keeps the link to who stays."""
    both = select(LINKS.c.account_id).where(LINKS.c.patient_id == stays, LINKS.c.ended_at.is_(None))
    twice = LINKS.c.patient_id == goes, LINKS.c.ended_at.is_(None), LINKS.c.account_id.in_(both)
    uow.connection.execute(update(LINKS).where(*twice).values(ended_at=context.now))
    return _move(uow, LINKS, stays, goes)


def _guardian(uow: UnitOfWork, stays: str, goes: str) -> int:
    """Encrypted under the patient's id, so sealed anew.  Where who stays has one, the other remains as it is."""
    row = uow.connection.execute(select(GUARDIAN).where(GUARDIAN.c.patient_id == goes)).first()
    known = select(GUARDIAN.c.patient_id).where(GUARDIAN.c.patient_id == stays)
    if row is None or uow.connection.execute(known).first() is not None:
        return 0
    values = {
        column: sealed(
            uow.keys, column, stays, _opened(uow, column, goes, getattr(row, column)), GUARDIAN.name
        )
        for column in _SEALED
    }
    uow.connection.execute(
        insert(GUARDIAN).inline(), {"patient_id": stays, "created_at": row.created_at, **values}
    )
    uow.connection.execute(delete(GUARDIAN).where(GUARDIAN.c.patient_id == goes))
    return 1


def _opened(uow: UnitOfWork, column: str, patient_id: str, blob: bytes) -> str:
    return uow.keys.decrypt(blob, aad(column, patient_id, GUARDIAN.name)).decode()
