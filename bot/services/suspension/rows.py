"""The saga's tables, and the rows that its steps work on."""

from sqlalchemy import bindparam, select
from sqlalchemy.sql import Select

from bot.domain.suspension import LIVE, CaseState
from bot.services.appointments import A, C, N
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.suspension_models import Suspension, SuspensionCase, SuspensionClinic
from bot.store.types import UtcDateTime, written

K, U, L = table(SuspensionCase), table(Suspension), table(SuspensionClinic)
ALIVE = K.c.state.in_([written(state) for state in LIVE])
_OFFERED, _O_CLINIC = N.alias("offered"), C.alias("offered_clinic")

_WORK: Select[tuple[object, ...]] = (
    select(
        *K.c,
        U.c.state.label("suspension_state"),
        U.c.reason,
        A.c.state.label("appointment_state"),
        A.c.version.label("appointment_version"),
        A.c.clinic_id.label("appointment_clinic_id"),
        A.c.seat_id,
        A.c.slot_id,
        A.c.doctor_id,
        A.c.fee_fen,
        C.c.department_id,
        C.c.day,
        C.c.period,
        C.c.kind,
        C.c.state.label("clinic_state"),
        _OFFERED.c.slot_id.label("offer_slot_id"),
        _OFFERED.c.clinic_id.label("offer_clinic_id"),
        _O_CLINIC.c.state.label("offer_clinic_state"),
    )
    .join_from(K, U, U.c.id == K.c.suspension_id)
    .join(A, A.c.id == K.c.appointment_id)
    .join(C, C.c.id == K.c.clinic_id)
    .outerjoin(_OFFERED, _OFFERED.c.id == K.c.offer_seat_id)
    .outerjoin(_O_CLINIC, _O_CLINIC.c.id == _OFFERED.c.clinic_id)
)
_DUE = (
    _WORK.where(K.c.due_at <= bindparam("moment", type_=UtcDateTime()), ALIVE)
    .order_by(K.c.starts_at, K.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=[K, A], skip_locked=True, key_share=True)
)
_DUE_IDS = (
    select(K.c.id)
    .where(K.c.due_at <= bindparam("moment", type_=UtcDateTime()), ALIVE)
    .order_by(K.c.starts_at, K.c.id)
    .limit(bindparam("most"))
)
_ONE = _WORK.where(K.c.id == bindparam("case")).with_for_update(of=K, key_share=True)
_OF_APPOINTMENT = select(K.c.id).where(K.c.appointment_id == bindparam("appointment"), ALIVE)


def of_suspension(uow: UnitOfWork, suspension_id: int) -> list[Record]:
    """All of its cases."""
    return list(uow.connection.execute(_WORK.where(K.c.suspension_id == suspension_id)).fetchall())


def due(uow: UnitOfWork, most: int) -> list[Record]:
    """Cases that have to be looked at now, the nearest visits first; ours until the transaction ends."""
    return uow.execute(_DUE, {"moment": uow.now, "most": most}).fetchall()


def due_ids(uow: UnitOfWork, most: int) -> list[int]:
    """As `due`, to be taken one by one."""
    return [row.id for row in uow.execute(_DUE_IDS, {"moment": uow.now, "most": most})]


def one(uow: UnitOfWork, case_id: int) -> Record | None:
    """A case, and nobody else touches it until we are done."""
    return uow.execute(_ONE, {"case": case_id}).first()


def live_case_of(uow: UnitOfWork, appointment_id: int) -> int | None:
    """The appointment's case that has not ended."""
    found: int | None = uow.execute(_OF_APPOINTMENT, {"appointment": appointment_id}).scalar()
    return found


def state_of(row: Record) -> CaseState:
    return CaseState(row.state)


def scope_of(case_id: int) -> str:
    """Under which the case's pushes and calls are known."""
    return f"case:{case_id}"
