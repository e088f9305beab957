"""Two records side by side, masked: what agrees, what each has, what stands in the way, what would move."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import String, and_, func, literal, select, union_all

from bot.domain.states import LIVE_APPOINTMENTS
from bot.domain.views import PatientView
from bot.services.appointments import A
from bot.services.context import Context
from bot.services.merging.holdings import GUARDIAN, LINKS, MOVED
from bot.services.people import PATIENT, P, patient_view
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import written


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    view: PatientView
    id_kind: str
    created_at: datetime
    deceased: bool
    holds: Mapping[str, int]
    """How many rows of each kind are theirs; ``accounts``: who looks after them now."""
    guardian: bool
    """A legal guardian is registered."""


@dataclass(frozen=True, slots=True)
class Comparison:
    stays: Side
    goes: Side
    same: Mapping[str, bool]
    """name | birth | phone | sex"""
    blockers: tuple[str, ...]
    """deceased | visits: why they cannot be made one now"""
    shared: int
    """Accounts that look after both: they keep one link."""

    @property
    def mark(self) -> str:
        """Whether the same was seen that is to be done."""
        told = (
            self.stays.view.id, self.goes.view.id, sorted(self.stays.holds.items()),
            sorted(self.goes.holds.items()), self.blockers, self.shared,
        )  # fmt: skip
        return sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def accounts(self) -> int:
        """Who will see all of it."""
        return self.stays.holds["accounts"] + self.goes.holds["accounts"] - self.shared


def compare(
    uow: UnitOfWork, context: Context, stays: str, goes: str, *, lock: bool = False
) -> Comparison | None:
    """None: one of them is not there, was merged or deleted, or they are one."""
    query = select(*PATIENT, P.c.id_kind, P.c.created_at, P.c.name_index).where(
        P.c.id.in_([stays, goes]), P.c.merged_into.is_(None), P.c.erased_at.is_(None)
    )
    if lock:  # whoever writes a row of theirs at this moment is waited for, and waits
        query = query.order_by(P.c.id).with_for_update(of=P)
    rows = {row.patient_id: row for row in uow.connection.execute(query)}
    if len(rows) != 2:
        return None
    one, other = rows[stays], rows[goes]
    blockers = []
    if (one.patient_deceased_at is None) != (other.patient_deceased_at is None):
        blockers.append("deceased")
    if _meet(uow, stays, goes):
        blockers.append("visits")
    same = {
        "name": one.name_index == other.name_index, "sex": one.patient_sex == other.patient_sex,
        "birth": one.patient_birth is not None and one.patient_birth == other.patient_birth,
        "phone": one.patient_phone_index == other.patient_phone_index,
    }  # fmt: skip
    left, right = _side(uow, context, one), _side(uow, context, other)
    return Comparison(left, right, same, tuple(blockers), _shared(uow, stays, goes))


def _side(uow: UnitOfWork, context: Context, row: Record) -> Side:
    counts = _counts(uow, row.patient_id)
    guardian = counts.pop("guardian") > 0
    return Side(
        patient_view(row, uow.keys, context.today), row.id_kind, row.created_at,
        row.patient_deceased_at is not None, counts, guardian,
    )  # fmt: skip


def _counts(uow: UnitOfWork, patient_id: str) -> dict[str, int]:
    """In one question to the database."""
    parts = [
        select(literal(each.told, String).label("told"), func.count().label("many")).where(
            each.table.c.patient_id == patient_id
        )
        for each in MOVED
        if each.told
    ]
    live = and_(LINKS.c.patient_id == patient_id, LINKS.c.ended_at.is_(None))
    parts.append(select(literal("accounts", String), func.count()).where(live))
    parts.append(select(literal("guardian", String), func.count()).where(GUARDIAN.c.patient_id == patient_id))
    return {row.told: row.many for row in uow.connection.execute(union_all(*parts))}


def _meet(uow: UnitOfWork, stays: str, goes: str) -> bool:
    """Both have a live visit at one clinic: one person cannot."""
    other = A.alias("other")
    states = [written(state) for state in LIVE_APPOINTMENTS]
    query = (
        select(A.c.id)
        .join_from(A, other, and_(A.c.clinic_id == other.c.clinic_id, A.c.doctor_id == other.c.doctor_id))
        .where(A.c.patient_id == stays, other.c.patient_id == goes)
        .where(A.c.state.in_(states), other.c.state.in_(states))
    )
    return uow.connection.execute(query.limit(1)).first() is not None


def _shared(uow: UnitOfWork, stays: str, goes: str) -> int:
    other = LINKS.alias("other")
    query = select(func.count()).select_from(LINKS).join(other, LINKS.c.account_id == other.c.account_id)
    live = LINKS.c.ended_at.is_(None), other.c.ended_at.is_(None)
    found: int = uow.connection.execute(
        query.where(LINKS.c.patient_id == stays, other.c.patient_id == goes, *live)
    ).scalar_one()
    return found
