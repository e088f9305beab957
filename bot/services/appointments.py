"""Reading appointments, as they are and as an event left them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, select

from bot.domain.clock import local
from bot.domain.rules import cancellable_until, changeable_until
from bot.domain.states import LIVE_APPOINTMENTS, AppointmentState
from bot.domain.views import AppointmentView, PatientView, Period
from bot.services.context import Context
from bot.services.directory import Directory
from bot.services.people import PATIENT, G, P, patient_view
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import Appointment, Clinic, Seat, Slot
from bot.store.types import written

A, C, S, N = table(Appointment), table(Clinic), table(Slot), table(Seat)
RETIRED = 1000
"""Numbers from here on are seats of a division that is no more (`bot.services.reshape`); a clinic has at most 500."""
CLINIC = (
    C.c.id.label("clinic_id"),
    C.c.doctor_id,
    C.c.department_id,
    C.c.day,
    C.c.period,
    C.c.kind,
    C.c.location,
    C.c.state.label("clinic_state"),
    C.c.fee_fen.label("clinic_fee_fen"),
)
SLOT = (S.c.id.label("slot_id"), S.c.starts_at, S.c.minutes)
_APPOINTMENT = (A.c.id, A.c.code, A.c.state, A.c.version, A.c.fee_fen, A.c.seat_id, A.c.account_id)
_LINK = and_(G.c.patient_id == A.c.patient_id, G.c.account_id == bindparam("account"), G.c.ended_at.is_(None))
_ROW = (
    select(*_APPOINTMENT, N.c.number, *SLOT, *CLINIC, *PATIENT, G.c.relation)
    .join_from(A, N, N.c.id == A.c.seat_id)
    .join(S, S.c.id == A.c.slot_id)
    .join(C, C.c.id == A.c.clinic_id)
    .join(P, P.c.id == A.c.patient_id)
)
_PLAIN = (*_APPOINTMENT, N.c.number, *SLOT, *CLINIC, *PATIENT)
ROWS = _ROW.with_only_columns(*_PLAIN)
_MINE, _ANY = _ROW.join(G, _LINK), _ROW.outerjoin(G, _LINK)
_BY_ID = A.c.id == bindparam("appointment")
_ONE_MINE, _ONE_ANY = _MINE.where(_BY_ID), _ANY.where(_BY_ID)
_ONE_MINE_LOCKED = _ONE_MINE.with_for_update(of=[A, P], key_share=True)
_ONE_ANY_LOCKED = _ONE_ANY.with_for_update(of=[A, P], key_share=True)
_UPCOMING = _MINE.where(
    A.c.state.in_([written(state) for state in LIVE_APPOINTMENTS]),
    C.c.day >= bindparam("today"),
    S.c.starts_at > bindparam("since"),
).order_by(S.c.starts_at, A.c.id)
_RECENT = _MINE.order_by(S.c.starts_at.desc(), A.c.id.desc()).limit(20)
_PLACE = (
    select(N.c.number, *SLOT, *CLINIC)
    .join_from(N, S, S.c.id == N.c.slot_id)
    .join(C, C.c.id == N.c.clinic_id)
    .where(N.c.id == bindparam("seat"))
)


def appointment_row(
    uow: UnitOfWork, account_id: int | None, appointment_id: int, *, lock: bool = False
) -> Record | None:
    """An appointment of one of the account's patients; staff (no account) see all."""
    mine = account_id is not None
    if lock:
        statement = _ONE_MINE_LOCKED if mine else _ONE_ANY_LOCKED
    else:
        statement = _ONE_MINE if mine else _ONE_ANY
    parameters = {"account": account_id, "appointment": appointment_id}
    return uow.execute(statement, parameters).first()


def any_appointment_row(uow: UnitOfWork, account_id: int | None, appointment_id: int) -> Record | None:
    """An appointment whoever's it is; the relation is the account's, if it has one."""
    parameters = {"account": account_id, "appointment": appointment_id}
    return uow.execute(_ONE_ANY, parameters).first()


def by_ids(uow: UnitOfWork, appointment_ids: Collection[int]) -> Sequence[Record]:
    """Many, whoever's they are; nobody's relation is told."""
    return uow.connection.execute(ROWS.where(A.c.id.in_(appointment_ids))).fetchall()


def upcoming(
    uow: UnitOfWork, directory: Directory, account_id: int, now: datetime
) -> tuple[AppointmentView, ...]:
    """Live ones whose slot has not ended, by time."""
    parameters = {"account": account_id, "today": local(now).date(), "since": now - timedelta(minutes=30)}
    rows = uow.execute(_UPCOMING, parameters)
    views = (view_of(row, uow, directory, now) for row in rows)
    return tuple(view for view in views if view.ends_at > now)


def recent(
    uow: UnitOfWork, directory: Directory, account_id: int, now: datetime
) -> tuple[AppointmentView, ...]:
    """The last 20 of any state."""
    rows = uow.execute(_RECENT, {"account": account_id})
    return tuple(view_of(row, uow, directory, now) for row in rows)


def view_of(row: Record, uow: UnitOfWork, directory: Directory, now: datetime) -> AppointmentView:
    """A row of the queries above as a view."""
    patient = patient_view(row, uow.keys, local(now).date())
    return compose(
        directory, patient, row, now,
        id=row.id, code=row.code, number=row.number, version=row.version, fee_fen=row.fee_fen,
        state=AppointmentState(row.state),
    )  # fmt: skip


def compose(
    directory: Directory,
    patient: PatientView,
    place: Record,
    now: datetime,
    *,
    id: int,
    code: str,
    number: int,
    version: int,
    fee_fen: int,
    state: AppointmentState,
) -> AppointmentView:
    """A view from its parts; ``place`` has the columns `SLOT` and `CLINIC`."""
    policy = directory.policy(local(now).date(), place.department_id, place.doctor_id)
    department = directory.departments[place.department_id]
    starts_at = local(place.starts_at)
    return AppointmentView(
        id=id,
        code=code,
        number=number % RETIRED,
        state=state,
        version=version,
        patient=patient,
        doctor=directory.doctor(place.doctor_id, place.department_id),
        clinic_id=place.clinic_id,
        slot_id=place.slot_id,
        day=place.day,
        period=Period(place.period),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=place.minutes),
        kind=place.kind,
        fee_fen=fee_fen,
        location=place.location or department.location,
        notes=department.notes,
        changeable_until=changeable_until(starts_at, policy),
        cancellable_until=cancellable_until(starts_at, policy),
    )


def view_at(
    uow: UnitOfWork, context: Context, row: Record, *, seat_id: int, version: int, state: AppointmentState
) -> AppointmentView:
    """The appointment as it stood when it had this seat: what a repeated key is answered with."""
    place = uow.execute(_PLACE, {"seat": seat_id}).one()
    return compose(
        context.directory, patient_view(row, uow.keys, context.today), place, context.now,
        id=row.id, code=row.code, number=place.number, version=version, fee_fen=place.clinic_fee_fen, state=state,
    )  # fmt: skip
