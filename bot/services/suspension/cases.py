"""A suspended visit as its patient may see it in the chat."""

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select

from bot.domain.clock import local
from bot.domain.states import OutboxState
from bot.domain.suspension import LIVE, CaseState, CaseView, OfferView
from bot.domain.views import Period
from bot.services.appointments import CLINIC, SLOT, C, N, S, appointment_row, view_of
from bot.services.context import Context
from bot.services.suspension.rows import ALIVE, K, U, scope_of
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Push
from bot.store.types import UtcDateTime, written

_T, _O = table(Push), table(OutboxMessage)
CASE = select(*K.c, U.c.reason).join_from(K, U, U.c.id == K.c.suspension_id)
_ONE = CASE.where(K.c.id == bindparam("case"))
_RETRIED = timedelta(minutes=10)
"""How long a message may come again after it was answered."""
_IN_CHAT = ("offer", "other", "gave_up")
"""Outcomes of a patient's own answer; who was called, booked past it or got the visit back has answered nothing."""
_JUST_ANSWERED = and_(
    K.c.closed_at > bindparam("since", type_=UtcDateTime()),
    K.c.state != written(CaseState.REACHED),
    K.c.outcome.in_(_IN_CHAT),
)
_MINE = CASE.where(
    K.c.account_id == bindparam("account"),
    or_(ALIVE, _JUST_ANSWERED),
).order_by(K.c.starts_at, K.c.id)
OFFER = (
    select(N.c.number, *SLOT, *CLINIC)
    .join_from(N, S, S.c.id == N.c.slot_id)
    .join(C, C.c.id == N.c.clinic_id)
    .where(N.c.id == bindparam("seat"))
)
_TOLD = (
    select(func.max(_O.c.sent_at).label("sent_at"))
    .join_from(_O, _T, _T.c.id == _O.c.push_id)
    .where(_T.c.scope == bindparam("of_scope"), _O.c.state == written(OutboxState.SENT))
)


def case_view(uow: UnitOfWork, context: Context, case_id: int) -> CaseView | None:
    """A case of one of the account's patients; None where it is not theirs."""
    row = uow.execute(_ONE, {"case": case_id}).first()
    return None if row is None else _view(uow, context, row)


def waiting(uow: UnitOfWork, context: Context) -> tuple[CaseView, ...]:
    """The account's cases without an answer, and those answered just now; by visit.  Those that have not had their
    turn yet have to wait for their offer."""
    rows = uow.execute(_MINE, {"account": context.account_id, "since": uow.now - _RETRIED}).fetchall()
    views = (_view(uow, context, row) for row in rows if CaseState(row.state) is not CaseState.OPEN)
    return tuple(view for view in views if view is not None)


def _view(uow: UnitOfWork, context: Context, row: Record) -> CaseView | None:
    visit = appointment_row(uow, context.account_id, row.appointment_id)
    if visit is None:
        return None
    seen = view_of(visit, uow, context.directory, context.now)
    new = row.new_appointment_id and appointment_row(uow, context.account_id, row.new_appointment_id)
    return CaseView(
        id=row.id,
        state=CaseState(row.state),
        version=row.version,
        reason=row.reason,
        appointment=seen,
        offers=row.offers,
        offer=_offer(uow, context, row),
        kept=row.offer_until is not None and row.offer_until > uow.now,
        rebooked=view_of(new, uow, context.directory, context.now) if new else None,
        refund_fen=row.refund_fen if CaseState(row.state) not in LIVE else seen.fee_fen,
        told_at=uow.execute(_TOLD, {"of_scope": scope_of(row.id)}).scalar(),
    )


def _offer(uow: UnitOfWork, context: Context, row: Record) -> OfferView | None:
    if row.offer_seat_id is None or row.offer_until <= uow.now:
        return None
    place = uow.execute(OFFER, {"seat": row.offer_seat_id}).one()
    return offered(context, place, row.offer_until)


def offered(context: Context, place: Record, until: datetime) -> OfferView:
    starts_at = local(place.starts_at)
    department = context.directory.departments[place.department_id]
    return OfferView(
        doctor=context.directory.doctor(place.doctor_id, place.department_id),
        clinic_id=place.clinic_id,
        slot_id=place.slot_id,
        day=place.day,
        period=Period(place.period),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=place.minutes),
        number=place.number,
        fee_fen=place.clinic_fee_fen,
        location=place.location or department.location,
        until=local(until),
    )
