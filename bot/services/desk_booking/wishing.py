"""Who called or came for an appointment, and what came of it (R21): the booking window's share of the asks."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.demand import BOOKED, REASONS, Wanted, refused_outcome
from bot.domain.outcomes import Booked, Outcome
from bot.services import demand
from bot.services.context import Context, audit
from bot.services.eligibility import place_of
from bot.store.db import Database, UnitOfWork

log = logging.getLogger(__name__)
WAYS = ("phone", "window")
"""How they came."""
_KNOWN = (*WAYS, "kiosk", "web")
"""Also through another system."""
_BY_ITSELF = ("left",)
STATED = {code: title for code, title in REASONS.items() if code not in _BY_ITSELF}
"""What staff may say why nobody was booked."""


def tried(
    db: Database, context: Context, key: str, way: str, slot_id: int, patient_id: str, outcome: Outcome
) -> None:
    """After a try to book: a figure that cannot be written takes no booking back."""
    try:
        db.run(lambda uow: _tried(uow, context, key, way, slot_id, patient_id, outcome))
    except SQLAlchemyError:
        log.exception("wish.unwritten way=%s", way)


def unmet(uow: UnitOfWork, context: Context, key: str, way: str, wanted: Wanted, reason: str) -> None:
    """Staff say that somebody could not be booked, and why."""
    _end(uow, context, key, way, wanted, reason, None)
    audit(uow, context, "ask.unmet", f"department:{wanted.department_id}", reason=reason, way=way)


def _tried(
    uow: UnitOfWork, context: Context, key: str, way: str, slot_id: int, patient_id: str, outcome: Outcome
) -> None:
    place = place_of(uow, context, slot_id)
    wanted = Wanted(patient_id=patient_id)
    if place is not None:
        wanted = Wanted(place.wish.department_id, place.wish.doctor_id, patient_id)
    made = outcome.appointment.id if isinstance(outcome, Booked) else None
    _end(uow, context, key, way, wanted, refused_outcome(outcome), made)


def _end(
    uow: UnitOfWork, context: Context, key: str, way: str, wanted: Wanted, outcome: str, made: int | None
) -> None:
    ask = demand.asked(
        uow, key=key, channel=way if way in _KNOWN else WAYS[0], at=context.now, patient_id=wanted.patient_id,
        department_id=wanted.department_id, doctor_id=wanted.doctor_id,
    )  # fmt: skip
    if outcome == BOOKED and made is None:
        raise ValueError("booked, and no appointment")
    demand.ended(uow, ask, outcome, at=context.now, appointment_id=made)
