"""The statements of who asked for an appointment: one each, so that they can run beside a chat's turn."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    case,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.types import String

from bot.domain.demand import AGAIN, BOOKED, LEFT, OPEN
from bot.services.tables import table
from bot.store.demand_models import BookingAsk

Q = table(BookingAsk)
_SETTLED = (OPEN, BOOKED, AGAIN)
"""What a later booking does not change."""


def given(name: str, column: str) -> Any:
    return bindparam(name, type_=Q.c[column].type)


def _ending(which: ColumnElement[bool], *, chat: bool) -> Update:
    """The end of an ask without an appointment; another one's may have settled it already (``again``)."""
    b = Q.alias("b")
    theirs = b.c.account_id == Q.c.account_id
    if not chat:
        theirs = or_(theirs, b.c.patient_id == Q.c.patient_id)
    same = or_(Q.c.department_id.is_(None), b.c.department_id == Q.c.department_id)
    got_one = exists().where(b.c.day == Q.c.day, b.c.id != Q.c.id, b.c.outcome == BOOKED, theirs, same)
    told = given("p_outcome", "outcome")
    return (
        update(Q)
        .where(which)
        .values(
            outcome=case((got_one, AGAIN), else_=told),
            hindrance=case((got_one, told), else_=Q.c.hindrance),
            ended_at=given("p_at", "ended_at"),
        )
    )


BY_KEY = select(Q.c.id).where(Q.c.key == given("p_key", "key"))
_BY_ID = Q.c.id == given("p_id", "id")
INSERT = insert(Q).inline()
END = _ending(and_(_BY_ID, Q.c.outcome != BOOKED), chat=False)
GOT = (
    update(Q)
    .where(_BY_ID)
    .values(
        outcome=BOOKED, appointment_id=given("p_appointment", "appointment_id"), ended_at=given("p_at", "ended_at")
    )
    .returning(Q.c.day, Q.c.account_id, Q.c.patient_id, Q.c.department_id)
)  # fmt: skip
_failed = Q.c.outcome.not_in(_SETTLED)
_nearby = or_(Q.c.department_id.is_(None), Q.c.department_id == given("p_department", "department_id"))
_theirs = and_(
    Q.c.day == given("p_day", "day"),
    or_(
        Q.c.account_id == given("p_account", "account_id"), Q.c.patient_id == given("p_patient", "patient_id")
    ),
)
ABSORB = update(Q).where(_theirs, _nearby, _failed).values(outcome=AGAIN, hindrance=Q.c.outcome)
_own = Q.c.key == given("p_key", "key")
_SAME_DAY = and_(
    Q.c.account_id == given("p_account", "account_id"), Q.c.day == given("p_day", "day"), _nearby, _failed
)


def _if_own(mine: Any, other: Any) -> Any:
    return case((_own, mine), else_=other)


ANSWER = (
    update(Q)
    .where(or_(and_(_own, Q.c.outcome != BOOKED), _SAME_DAY))
    .values(
        outcome=_if_own(literal(BOOKED, String), literal(AGAIN, String)),
        hindrance=_if_own(literal("", String), Q.c.outcome),
        appointment_id=_if_own(given("p_appointment", "appointment_id"), Q.c.appointment_id),
        patient_id=_if_own(given("p_patient", "patient_id"), Q.c.patient_id),
        department_id=_if_own(given("p_department", "department_id"), Q.c.department_id),
        doctor_id=_if_own(given("p_doctor", "doctor_id"), Q.c.doctor_id),
        ended_at=_if_own(given("p_at", "ended_at"), Q.c.ended_at),
    )
    .returning(Q.c.key)
)
LEAVE = (
    update(Q)
    .where(Q.c.outcome == literal(OPEN, literal_execute=True), Q.c.asked_at < given("p_before", "asked_at"))
    .values(
        outcome=case((Q.c.hindrance != "", Q.c.hindrance), else_=LEFT), ended_at=given("p_at", "ended_at")
    )
)


def begins(insert_new: Any) -> Any:
    """A chat's ask; nothing where it is written down already."""
    row = {column.name: given(f"p_{column.name}", column.name) for column in Q.c if column.name != "id"}
    return insert_new(Q).values(row).on_conflict_do_nothing(index_elements=[Q.c.key])


def moves() -> Update:
    """More is known of a chat's open ask."""
    open_one = and_(Q.c.key == given("p_key", "key"), Q.c.outcome == OPEN)
    return update(Q).where(open_one).values(hindrance=given("p_hindrance", "hindrance"), **_wanted())


def ends() -> Update:
    """A chat's open ask ends without an appointment."""
    return _ending(and_(Q.c.key == given("p_key", "key"), Q.c.outcome == OPEN), chat=True).values(**_wanted())


def _wanted() -> dict[str, Any]:
    return {name: given(f"p_{name}", name) for name in ("department_id", "doctor_id", "patient_id")}
