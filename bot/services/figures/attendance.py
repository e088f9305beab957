"""爽约率 (R21): of the visits that were to take place, those to which nobody came."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from bot.domain.masking import mask_name
from bot.domain.states import AppointmentState
from bot.services.appointments import A, C, S
from bot.services.figures import grouping
from bot.services.figures.among import Among, By, Counted
from bot.services.people import P, plain
from bot.store.db import UnitOfWork

_S = AppointmentState
CAME = (_S.CHECKED_IN, _S.DONE)
TOLD = (*CAME, _S.NO_SHOW)
"""Of these it is known whether somebody came."""
SCREEN = 50


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit, as a list shows it."""

    id: int
    code: str
    day: date
    starts_at: datetime
    department: str
    doctor: str
    channel: str
    state: AppointmentState
    masked_name: str


def no_shows(uow: UnitOfWork, among: Among, by: By | None = None) -> list[Counted]:
    """爽约 ÷ (爽约 + 报到 + 就诊结束), by the day of the visit; beside it who is still only booked."""
    channel = by is By.CHANNEL or bool(among.channel)
    keys = grouping.columns(by, C.c.department_id, C.c.doctor_id, A.c.channel)
    query = (
        select(
            *keys,
            grouping.count(A.c.state == _S.NO_SHOW),
            grouping.count(A.c.state.in_(TOLD)),
            grouping.count(A.c.state == _S.BOOKED),
        )
        .join_from(C, A, A.c.clinic_id == C.c.id)
        .where(_those(among, channel=channel), A.c.state.in_([*TOLD, _S.BOOKED]))
        .group_by(*keys)
    )
    return grouping.bars(uow.connection.execute(query), by, among)


def missed(uow: UnitOfWork, among: Among, number: int, *, most: int = SCREEN) -> list[Visit]:
    """Visits to which nobody came; one more than a screen holds where there are more."""
    return visits(uow, among, [_S.NO_SHOW], number, most=most)


def visits(
    uow: UnitOfWork, among: Among, states: list[AppointmentState], number: int, *, most: int = SCREEN
) -> list[Visit]:
    query = (
        select(A, C.c.day, C.c.department_id, S.c.starts_at, P.c.name)
        .join_from(C, A, A.c.clinic_id == C.c.id)
        .join(S, S.c.id == A.c.slot_id)
        .join(P, P.c.id == A.c.patient_id)
        .where(_those(among, channel=bool(among.channel)), A.c.state.in_(states))
        .order_by(C.c.day.desc(), A.c.id.desc())
        .limit(most + 1)
        .offset((number - 1) * most)
    )
    return [_visit(uow, row, among) for row in uow.connection.execute(query)]


def ids(uow: UnitOfWork, among: Among) -> list[tuple[int, int, int]]:
    """(department, doctor, id) of every visit to which nobody came."""
    query = (
        select(C.c.department_id, C.c.doctor_id, A.c.id)
        .join_from(C, A, A.c.clinic_id == C.c.id)
        .where(_those(among, channel=bool(among.channel)), A.c.state == _S.NO_SHOW)
        .order_by(A.c.id)
    )
    return [tuple(row) for row in uow.connection.execute(query)]


def _visit(uow: UnitOfWork, row: Any, among: Among) -> Visit:
    directory = among.directory
    return Visit(
        row.id, row.code, row.day, row.starts_at, directory.departments[row.department_id].name,
        directory.doctors[row.doctor_id].name, row.channel, _S(row.state),
        mask_name(plain(uow.keys, "name", row.patient_id, row.name)),
    )  # fmt: skip


def _those(among: Among, *, channel: bool) -> ColumnElement[bool]:
    days = and_(C.c.day >= among.term.since, C.c.day < among.term.until)
    ours = and_(days, among.clinics(C.c.department_id, C.c.doctor_id))
    return and_(ours, among.of_channel(A.c.channel)) if channel else ours
