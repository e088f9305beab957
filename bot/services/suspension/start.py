"""Starting a suspension: one short transaction closes the clinics and lists everybody affected.

The clinics' rows are locked first and for good (FOR UPDATE): a booking under way holds its clinic's FOR KEY SHARE, so
it is either seen and listed here, or comes after us and sees the clinic closed.  The patients are told afterwards, in
batches (`bot.services.suspension.work`); what a crash leaves over is in the tables.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, insert, literal, or_, select, update

from bot.domain.states import ClinicState, SeatState
from bot.domain.suspension import (
    CaseState,
    NothingToSuspend,
    PreviewStale,
    Scope,
    Started,
    SuspensionState,
)
from bot.services.appointments import A, C, N, S
from bot.services.clinics import alone
from bot.services.context import Context, audit
from bot.services.people import G
from bot.services.suspension.rows import ALIVE, K, L, U
from bot.services.suspension.scope import LIVE_VISIT, clinics_of, fingerprint, to_come
from bot.store.db import UnitOfWork
from bot.store.types import UtcDateTime, written

_UNSOLD = (SeatState.FREE, SeatState.COOLING, SeatState.WAITLIST)
_CHUNK = 500


def start(
    uow: UnitOfWork, context: Context, scope: Scope, *, key: str, reason: str, seen: str = ""
) -> Started | NothingToSuspend | PreviewStale:
    """Close the clinics; the same key again changes nothing.  ``seen``: the fingerprint of the preview it is based on;
    where that is not what would happen now, nothing does."""
    alone(uow)
    known = existing(uow, key)
    clinics = [] if known is not None else _lock(uow, clinics_of(scope, context.directory))
    known = known or existing(uow, key)  # who held these clinics may have been the same command
    if known is not None:
        return known
    if not clinics:
        return NothingToSuspend()
    if seen and seen != fingerprint(uow, context, scope):
        return PreviewStale()
    suspension_id = new_suspension(uow, context, scope.kind, scope, key=key, reason=reason)
    close_clinics(uow, suspension_id, clinics)
    affected = list_cases(uow, suspension_id, A.c.seat_id.in_(_seats_of(suspension_id)))
    uow.connection.execute(update(U).where(U.c.id == suspension_id).values(affected=affected))
    audit(
        uow, context, "suspension.start", f"suspension:{suspension_id}", scope=scope.kind,
        clinics=str(len(clinics)), affected=str(affected),
    )  # fmt: skip
    return Started(suspension_id, len(clinics), affected)


def existing(uow: UnitOfWork, key: str) -> Started | None:
    """What was started under this key."""
    row = uow.connection.execute(select(U.c.id, U.c.affected).where(U.c.key == key)).first()
    if row is None:
        return None
    clinics = select(func.count()).select_from(L).where(L.c.suspension_id == row.id)
    return Started(row.id, uow.connection.execute(clinics).scalar_one(), row.affected, again=True)


def new_suspension(
    uow: UnitOfWork, context: Context, kind: str, scope: Scope, *, key: str, reason: str
) -> int:
    row = {
        "key": key,
        "kind": kind,
        "doctor_id": scope.doctor_id,
        "department_id": scope.department_id,
        "starts_at": scope.starts_at,
        "ends_at": scope.ends_at,
        "period": scope.period,
        "reason": reason[:200],
        "state": SuspensionState.STARTING,
        "affected": 0,
        "actor": context.actor,
        "created_at": uow.now,
    }
    made: int = uow.connection.execute(insert(U).returning(U.c.id), row).scalar_one()
    return made


def list_cases(uow: UnitOfWork, suspension_id: int, which: ColumnElement[bool]) -> int:
    """A case for each live visit to come among ``which``; an appointment that has one keeps that one."""
    guardian = (
        select(func.min(G.c.account_id))
        .where(G.c.patient_id == A.c.patient_id, G.c.ended_at.is_(None))
        .scalar_subquery()
    )
    affected = (
        select(
            literal(suspension_id), A.c.id, A.c.clinic_id, A.c.patient_id,
            func.coalesce(A.c.account_id, guardian), S.c.starts_at, literal(CaseState.OPEN.value), literal(1),
            literal(uow.now, UtcDateTime()), literal(0), literal(0), literal(""),
        )
        .join_from(A, S, S.c.id == A.c.slot_id)
        .where(which, LIVE_VISIT, to_come(uow.now))
        .where(~select(K.c.id).where(K.c.appointment_id == A.c.id, ALIVE).exists())
        .order_by(S.c.starts_at, A.c.id)
    )  # fmt: skip
    columns = [
        K.c.suspension_id, K.c.appointment_id, K.c.clinic_id, K.c.patient_id, K.c.account_id, K.c.starts_at,
        K.c.state, K.c.version, K.c.due_at, K.c.offers, K.c.refund_fen, K.c.outcome,
    ]  # fmt: skip
    uow.connection.execute(insert(K).inline().from_select(columns, affected, include_defaults=False))
    mine = select(func.count()).select_from(K).where(K.c.suspension_id == suspension_id)
    listed: int = uow.connection.execute(mine).scalar_one()
    return listed


def _lock(uow: UnitOfWork, which: ColumnElement[bool]) -> list[int]:
    """In the order of their ids, so that two suspensions at once wait for each other instead of meeting crosswise."""
    rows = uow.connection.execute(select(C.c.id).where(which).order_by(C.c.id).with_for_update())
    return [row.id for row in rows]


def close_clinics(uow: UnitOfWork, suspension_id: int, clinics: Sequence[int]) -> None:
    """A clinic that another suspension has closed is ours too: it opens again only when both are withdrawn."""
    rows = [{"suspension_id": suspension_id, "clinic_id": each, "whole": True} for each in clinics]
    for at in range(0, len(rows), _CHUNK):
        uow.connection.execute(insert(L), rows[at : at + _CHUNK])
    ours = _clinics_of(suspension_id)
    uow.connection.execute(
        update(C)
        .where(C.c.id.in_(ours), C.c.state == written(ClinicState.OPEN))
        .values(state=ClinicState.SUSPENDED, version=C.c.version + 1)
    )
    unsold = or_(*(N.c.state == written(state) for state in _UNSOLD))
    uow.connection.execute(
        update(N)
        .where(N.c.clinic_id.in_(ours), unsold)
        .values(state=SeatState.LOCKED, release_at=None, suspended_by=suspension_id)
    )


def _seats_of(suspension_id: int) -> Select[tuple[int]]:
    """By their seats: appointments have an index by seat, and none by clinic."""
    return select(N.c.id).where(N.c.clinic_id.in_(_clinics_of(suspension_id)))


def _clinics_of(suspension_id: int) -> Select[tuple[int]]:
    return select(L.c.clinic_id).where(L.c.suspension_id == suspension_id)
