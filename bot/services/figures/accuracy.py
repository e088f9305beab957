"""信息准确率 (R14, R21): of the patients of a period, those whose record nobody had to correct in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, select, union

from bot.domain.masking import mask_name
from bot.domain.states import AppointmentState
from bot.services.appointments import A, C
from bot.services.figures import grouping
from bot.services.figures.among import Among, By, Counted
from bot.services.people import P, plain
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Correction

K = table(Correction)
_NOT_SEEN = (AppointmentState.CANCELLED, AppointmentState.EXPIRED)
SCREEN = 50


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction, as a list shows it: which field, never what."""

    id: int
    at: datetime
    patient_id: str
    masked_name: str
    field: str
    actor: str


def accuracy(uow: UnitOfWork, among: Among, by: By | None = None) -> list[Counted]:
    """Patients without a correction ÷ patients with a visit in the term; in the total also the newly registered."""
    corrected = _corrected(among).cte("corrected")
    keys = grouping.columns(by, C.c.department_id, C.c.doctor_id, A.c.channel)
    if by is None:
        rows = [_total(uow, among, corrected)]
    else:
        wrong = func.count(func.distinct(case((corrected.c.patient_id.is_not(None), A.c.patient_id))))
        query = _visits(among, *keys, func.count(func.distinct(A.c.patient_id)), wrong)
        joined = query.outerjoin(corrected, corrected.c.patient_id == A.c.patient_id).group_by(*keys)
        rows = [(*row[:-2], row[-2] - row[-1], row[-2]) for row in uow.connection.execute(joined)]
    return grouping.bars(rows, by, among)


def corrections(uow: UnitOfWork, among: Among, number: int, *, most: int = SCREEN) -> list[Corrected]:
    """Of the patients that count, the newest first; one more than a screen holds where there are more."""
    first, last = among.term.moments
    query = (
        select(K, P.c.name)
        .join_from(K, P, P.c.id == K.c.patient_id)
        .where(K.c.at >= first, K.c.at < last, K.c.patient_id.in_(select(_patients(among).c.patient_id)))
        .order_by(K.c.at.desc(), K.c.id.desc())
        .limit(most + 1)
        .offset((number - 1) * most)
    )
    return [
        Corrected(
            row.id, row.at, row.patient_id, mask_name(plain(uow.keys, "name", row.patient_id, row.name)), row.field,
            row.actor,
        )
        for row in uow.connection.execute(query)
    ]  # fmt: skip


def _total(uow: UnitOfWork, among: Among, corrected: CTE) -> tuple[int, int]:
    patients = _patients(among)
    wrong = func.count(corrected.c.patient_id)
    query = (
        select(func.count() - wrong, func.count())
        .select_from(patients)
        .outerjoin(corrected, corrected.c.patient_id == patients.c.patient_id)
    )
    right, everybody = uow.connection.execute(query).one()
    return int(right), int(everybody)


def _patients(among: Among) -> CTE:
    """Each once."""
    seen = _visits(among, A.c.patient_id)
    if not among.whole or among.channel or among.ward or among.attending:
        return seen.distinct().cte("counted")
    first, last = among.term.moments
    registered = select(P.c.id.label("patient_id")).where(P.c.created_at >= first, P.c.created_at < last)
    return union(seen, registered).cte("counted")


def _visits(among: Among, *columns: ColumnElement[Any]) -> Select[Any]:
    days = and_(C.c.day >= among.term.since, C.c.day < among.term.until)
    ours = and_(days, among.clinics(C.c.department_id, C.c.doctor_id), among.of_channel(A.c.channel))
    return select(*columns).join_from(C, A, A.c.clinic_id == C.c.id).where(ours, A.c.state.not_in(_NOT_SEEN))


def _corrected(among: Among) -> Select[Any]:
    first, last = among.term.moments
    return select(K.c.patient_id).where(K.c.at >= first, K.c.at < last).distinct()
