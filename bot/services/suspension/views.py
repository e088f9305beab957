"""A suspended visit as its patient may see it, and what the planner's pushes about it say."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from bot.domain.clock import local
from bot.domain.states import OutboxState
from bot.domain.suspension import LIVE, WAITING, CaseState, CaseView, OfferView
from bot.domain.views import Period
from bot.pushes import suspension_ways
from bot.pushes.wording import day, full, moment, span, yuan
from bot.services.appointments import CLINIC, SLOT, C, N, S, appointment_row, by_ids, view_of
from bot.services.context import Context
from bot.services.facts import Answer, Due, Facts, Gone
from bot.services.suspension.rows import ALIVE, K, U, scope_of
from bot.services.suspension.telling import WITHDRAWN
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import Push
from bot.store.types import written

_T, _O = table(Push), table(OutboxMessage)
_CASE = select(*K.c, U.c.reason).join_from(K, U, U.c.id == K.c.suspension_id)
_ONE = _CASE.where(K.c.id == bindparam("case"))
_MINE = _CASE.where(K.c.account_id == bindparam("account"), ALIVE).order_by(K.c.starts_at, K.c.id)
_OFFER = (
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
    """The account's cases without an answer, by visit; those not yet told have to wait for their offer."""
    rows = uow.execute(_MINE, {"account": context.account_id}).fetchall()
    views = (_view(uow, context, row) for row in rows if CaseState(row.state) in WAITING)
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
        reason=row.reason,
        appointment=seen,
        offers=row.offers,
        offer=_offer(uow, context, row),
        rebooked=view_of(new, uow, context.directory, context.now) if new else None,
        refund_fen=row.refund_fen if CaseState(row.state) not in LIVE else seen.fee_fen,
        told_at=uow.execute(_TOLD, {"of_scope": scope_of(row.id)}).scalar(),
    )


def _offer(uow: UnitOfWork, context: Context, row: Record) -> OfferView | None:
    if row.offer_seat_id is None or row.offer_until <= uow.now:
        return None
    place = uow.execute(_OFFER, {"seat": row.offer_seat_id}).one()
    return _offered(context, place, row.offer_until)


def _offered(context: Context, place: Record, until: datetime) -> OfferView:
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


# -- pushes ---------------------------------------------------------------------------------------


def read_cases(uow: UnitOfWork, context: Context, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    """The reader of ``case:…`` (`bot.services.readers`): many in three queries."""
    ids = {push.subject for push in pushes}
    cases = {row.id: row for row in uow.connection.execute(_CASE.where(K.c.id.in_(ids)))}
    visits = {row.id: row for row in by_ids(uow, {case.appointment_id for case in cases.values()})}
    seats = {case.offer_seat_id for case in cases.values() if case.offer_seat_id is not None}
    kept = select(*_OFFER.selected_columns, N.c.id.label("seat_id"))
    places = kept.join_from(N, S, S.c.id == N.c.slot_id).join(C, C.c.id == N.c.clinic_id)
    offered = {row.seat_id: row for row in uow.connection.execute(places.where(N.c.id.in_(seats)))}
    answers: dict[int, Answer] = {}
    for push in pushes:
        case = cases.get(push.subject)
        visit = visits.get(case.appointment_id) if case is not None else None
        if case is None or visit is None:
            answers[push.id] = Gone("no_case")
        else:
            answers[push.id] = _answer(push, case, uow, context, visit, offered.get(case.offer_seat_id))
    return answers


def _answer(
    push: Due, case: Record, uow: UnitOfWork, context: Context, visit: Record, place: Record | None
) -> Answer:
    state = CaseState(case.state)
    if push.kind.name == WITHDRAWN:
        if state is not CaseState.WITHDRAWN:
            return Gone(state)
    elif state not in WAITING or case.version != push.version:
        return Gone("answered" if state not in WAITING else "changed")
    seen = view_of(visit, uow, context.directory, context.now)
    fields = {
        "department": seen.doctor.department,
        "doctor": f"{seen.doctor.name} {seen.doctor.title}",
        "date": day(seen.day),
        "time": span(seen.starts_at, seen.ends_at),
        "begins": full(seen.starts_at),
        "place": seen.location,
        "code": seen.code,
        "number": str(seen.number),
        "fee": yuan(seen.fee_fen),
        "refund": yuan(seen.fee_fen),
        "reason": case.reason,
    }
    if push.kind.name == WITHDRAWN:
        return Facts(fields, order=f"A{seen.id}")
    offer = None
    if place is not None and case.offer_until > uow.now:
        offer = _offered(context, place, case.offer_until)
        when = f"{day(offer.day)}{span(offer.starts_at, offer.ends_at)}"
        fields |= {
            "offer": f"{when} {offer.doctor.name} {offer.doctor.title}",
            "deadline": moment(offer.until),
        }
    kept = offer is not None
    taps = suspension_ways.offer_id(case.id, case.offers, kept=kept)
    return Facts(fields, suspension_ways.options(kept=kept, fee_fen=seen.fee_fen), taps, f"A{seen.id}")
