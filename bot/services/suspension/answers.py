"""An answer to a suspension: the kept seat, another slot, or no visit at all.  One transaction, idempotent by key."""

from dataclasses import dataclass, replace

from bot.domain.commands import AcceptOffer, Book, ChooseOther, GiveUp
from bot.domain.outcomes import (
    CaseClosed,
    ClinicClosed,
    GivenUp,
    NotYours,
    OfferGone,
    Outcome,
    Rebooked,
    Refused,
)
from bot.domain.states import AppointmentState, ClinicState
from bot.domain.suspension import LIVE, CaseState
from bot.domain.views import AppointmentView
from bot.services.appointments import appointment_row, view_of
from bot.services.book import sell, taken
from bot.services.context import Context, record
from bot.services.eligibility import Place, place_of, refusal
from bot.services.replay import NEW
from bot.services.suspension import visits
from bot.services.suspension.closing import close
from bot.services.suspension.rows import one, state_of
from bot.services.suspension.settling import give_up
from bot.services.suspension.work import advance, offer_again
from bot.services.tables import Record
from bot.store import seats
from bot.store.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Open:
    """A case that waits for its answer, locked; with the visit it is about."""

    case: Record
    visit: Record
    before: AppointmentView


def accept(
    command: AcceptOffer, uow: UnitOfWork, context: Context, *, ended: CaseState = CaseState.REBOOKED
) -> Outcome:
    found = _found(uow, context, command.case_id)
    if not isinstance(found, _Open):
        return found
    case = found.case
    place = _kept_place(uow, context, case)
    if place is None:
        offer_again(uow, context, case)
    if place is None or command.offer != case.offers:
        return OfferGone(case.id)
    because = refusal(uow, context, place, found.visit, moving=case.appointment_id)
    if because is not None:
        return Refused(because)
    seat = seats.settle(uow, case.offer_seat_id)
    assert seat is not None  # the case is locked, and nobody else lets go of its seat
    return _rebook(command.key, uow, context, found, place, seat, "offer", ended)


def choose(
    command: ChooseOther, uow: UnitOfWork, context: Context, *, ended: CaseState = CaseState.REBOOKED
) -> Outcome:
    found = _found(uow, context, command.case_id)
    if not isinstance(found, _Open):
        return found
    case = found.case
    place = place_of(uow, context, command.slot_id, keep=True)
    if place is None:
        return Refused(ClinicClosed(0))
    because = refusal(uow, context, place, found.visit, moving=case.appointment_id)
    if because is not None:
        return Refused(because)
    kept = case.offer_slot_id == command.slot_id  # the very slot we keep a seat in: it may be the last one
    seat = seats.settle(uow, case.offer_seat_id) if kept else seats.claim(uow, command.slot_id)
    if seat is None:
        return taken(uow, context, place)
    return _rebook(command.key, uow, context, found, place, seat, "offer" if kept else "other", ended)


def decline(command: GiveUp, uow: UnitOfWork, context: Context, *, ended: CaseState | None = None) -> Outcome:
    """Penalties are waived and deadlines do not count: it was the hospital that could not keep the date (R18)."""
    found = _found(uow, context, command.case_id)
    if not isinstance(found, _Open):
        return found
    give_up(uow, context, found.case, outcome="gave_up", key=command.key, state=ended)
    return GivenUp(found.before, found.case.fee_fen)


def _found(uow: UnitOfWork, context: Context, case_id: int) -> _Open | Refused | CaseClosed:
    case = one(uow, case_id)
    if case is None:
        return Refused(NotYours())
    visit = appointment_row(uow, context.account_id, case.appointment_id, lock=True)
    if visit is None or visit.patient_deceased_at is not None:
        return Refused(NotYours())
    if state_of(case) is CaseState.OPEN:  # faster than the batch that would have told them
        advance(uow, context, [case])
        case = one(uow, case_id)
        assert case is not None
    if state_of(case) not in LIVE:
        return CaseClosed(case_id)
    before = view_of(visit, uow, context.directory, context.now)
    return _Open(case, visit, replace(before, state=AppointmentState.SUSPENDED))


def _kept_place(uow: UnitOfWork, context: Context, case: Record) -> Place | None:
    """Where the kept seat is, while it is still kept."""
    if case.offer_seat_id is None or case.offer_until <= uow.now:
        return None
    place = place_of(uow, context, case.offer_slot_id, keep=True)
    return place if place is not None and place.wish.state is ClinicState.OPEN else None


def _rebook(
    key: str,
    uow: UnitOfWork,
    context: Context,
    found: _Open,
    place: Place,
    seat: seats.Claimed,
    outcome: str,
    ended: CaseState,
) -> Rebooked:
    case = found.case
    visits.end(uow, case, AppointmentState.REBOOKED)
    new = sell(
        Book(key + NEW, place.row.slot_id, case.patient_id), uow, context, found.visit, place, seat
    ).appointment
    record(
        uow, context, appointment_id=case.appointment_id, key=key, kind="rebooked", version=found.before.version,
        from_slot_id=case.slot_id, from_seat_id=case.seat_id, to_slot_id=place.row.slot_id, to_seat_id=seat.id,
    )  # fmt: skip
    close(
        uow, context, case, ended, outcome, new_appointment_id=new.id, seat_taken=seat.id == case.offer_seat_id
    )  # fmt: skip
    return Rebooked(new, found.before)
