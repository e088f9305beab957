"""预约成功率 (R21): of those who asked for an appointment, who got one; and why the others did not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true

from bot.domain.demand import AGAIN, BOOKED, OPEN
from bot.domain.masking import mask_name
from bot.services.demand_sql import Q
from bot.services.figures import grouping
from bot.services.figures.among import Among, By, Counted
from bot.services.people import P, plain
from bot.store.db import UnitOfWork

SCREEN = 50
UNCOUNTED = (OPEN, AGAIN)
"""In no rate."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One wish, as a list shows it."""

    id: int
    day: date
    at: datetime
    channel: str
    department: str
    doctor: str
    masked_name: str
    outcome: str
    appointment_id: int | None


def success(uow: UnitOfWork, among: Among, by: By | None = None) -> list[Counted]:
    """Booked ÷ asks with an end, by the day they were made."""
    keys = grouping.columns(by, Q.c.department_id, Q.c.doctor_id, Q.c.channel)
    booked = grouping.count(Q.c.outcome == BOOKED)
    query = select(*keys, booked, func.count()).where(_ended(among)).group_by(*keys)
    return grouping.bars(uow.connection.execute(query), by, among)


def outcomes(uow: UnitOfWork, among: Among) -> dict[str, int]:
    """Every ask by what came of it, the most frequent first; also those that count in no rate."""
    query = select(Q.c.outcome, func.count()).where(_asked(among)).group_by(Q.c.outcome)
    rows = uow.connection.execute(query).fetchall()
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def asks(uow: UnitOfWork, among: Among, number: int, *, outcome: str = "", most: int = SCREEN) -> list[Ask]:
    """The newest first, one more than a screen holds where there are more."""
    which = _ended(among) if not outcome else and_(_asked(among), Q.c.outcome == outcome)
    return _some(uow, among, which, number, most)


def unmet(uow: UnitOfWork, among: Among, most: int) -> list[Ask]:
    """Those that count and got nothing, the newest first."""
    return _some(uow, among, _unmet(among), 1, most)


def unmet_ids(uow: UnitOfWork, among: Among) -> list[tuple[int | None, int | None, int]]:
    """(department, doctor, id) of the same: the evidence names them."""
    query = select(Q.c.department_id, Q.c.doctor_id, Q.c.id).where(_unmet(among))
    return [tuple(row) for row in uow.connection.execute(query.order_by(Q.c.id))]


def _some(uow: UnitOfWork, among: Among, which: ColumnElement[bool], number: int, most: int) -> list[Ask]:
    query = (
        select(Q, P.c.name)
        .outerjoin_from(Q, P, P.c.id == Q.c.patient_id)
        .where(which)
        .order_by(Q.c.day.desc(), Q.c.id.desc())
        .limit(most + 1)
        .offset((number - 1) * most)
    )
    return [_ask(uow, row, among) for row in uow.connection.execute(query)]


def _ask(uow: UnitOfWork, row: Any, among: Among) -> Ask:
    directory = among.directory
    return Ask(
        row.id, row.day, row.asked_at, row.channel,
        directory.departments[row.department_id].name if row.department_id is not None else grouping.UNNAMED,
        directory.doctors[row.doctor_id].name if row.doctor_id is not None else "",
        "" if row.name is None else mask_name(plain(uow.keys, "name", row.patient_id, row.name)),
        row.outcome, row.appointment_id,
    )  # fmt: skip


def _ended(among: Among) -> ColumnElement[bool]:
    return and_(_asked(among), Q.c.outcome.not_in(UNCOUNTED))


def _unmet(among: Among) -> ColumnElement[bool]:
    return and_(_asked(among), Q.c.outcome.not_in((*UNCOUNTED, BOOKED)))


def _asked(among: Among) -> ColumnElement[bool]:
    days = and_(Q.c.day >= among.term.since, Q.c.day < among.term.until)
    everybody = among.whole and not (among.ward or among.attending)  # also who named no department
    ours = true() if everybody else among.clinics(Q.c.department_id, Q.c.doctor_id)
    if among.department == grouping.UNNAMED and among.scope.everything:
        ours = Q.c.department_id.is_(None)
    return and_(days, ours, among.of_channel(Q.c.channel))
