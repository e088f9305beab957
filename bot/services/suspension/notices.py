"""What the planner's pushes about a suspended visit say, and whether they are still true."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bot.domain.suspension import WAITING, CaseState
from bot.pushes import suspension_ways
from bot.pushes.wording import day, moment, span, yuan
from bot.services.appointments import C, N, S, by_ids, view_of
from bot.services.context import Context
from bot.services.facts import Answer, Due, Facts, Gone
from bot.services.notices import fields_of
from bot.services.suspension.cases import CASE, OFFER, offered
from bot.services.suspension.rows import K
from bot.services.suspension.telling import WITHDRAWN
from bot.services.tables import Record
from bot.store.db import UnitOfWork


def read_cases(uow: UnitOfWork, context: Context, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    """The reader of ``case:…`` (`bot.services.readers`): many in three queries."""
    ids = {push.subject for push in pushes}
    cases = {row.id: row for row in uow.connection.execute(CASE.where(K.c.id.in_(ids)))}
    visits = {row.id: row for row in by_ids(uow, {case.appointment_id for case in cases.values()})}
    seats = {case.offer_seat_id for case in cases.values() if case.offer_seat_id is not None}
    kept = select(*OFFER.selected_columns, N.c.id.label("seat_id"))
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
    fields = fields_of(seen, context.today) | {"refund": yuan(seen.fee_fen), "reason": case.reason}
    if push.kind.name == WITHDRAWN:
        return Facts(fields, order=f"A{seen.id}")
    offer = None
    if place is not None and case.offer_until > uow.now:
        offer = offered(context, place, case.offer_until)
        when = f"{day(offer.day)}{span(offer.starts_at, offer.ends_at)}"
        fields |= {
            "offer": f"{when} {offer.doctor.name} {offer.doctor.title}",
            "deadline": moment(offer.until),
        }
    kept = offer is not None
    taps = suspension_ways.offer_id(case.id, case.offers, kept=kept)
    return Facts(fields, suspension_ways.options(kept=kept, fee_fen=seen.fee_fen), taps, f"A{seen.id}")
