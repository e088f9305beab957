"""Who may be the same person: the same name, and the same birthday or the same phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from bot.domain.roles import Scope
from bot.domain.views import PatientView
from bot.services.context import Context
from bot.services.desk_booking.whom import theirs
from bot.services.people import PATIENT, P, patient_view
from bot.store.db import UnitOfWork

MOST = 50
_FEW = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records; the older first."""

    one: PatientView
    other: PatientView


def of_patient(uow: UnitOfWork, context: Context, scope: Scope, patient_id: str) -> Sequence[PatientView]:
    """Who may be this patient too; by the index of names."""
    mine = P.alias("mine")
    query = (
        select(*PATIENT)
        .join_from(mine, P, and_(P.c.name_index == mine.c.name_index, P.c.id != mine.c.id))
        .where(mine.c.id == patient_id, _standing(P), _standing(mine), theirs(scope, context.directory))
        .where(or_(P.c.birth_date == mine.c.birth_date, P.c.phone_index == mine.c.phone_index))
        .order_by(P.c.created_at, P.c.id)
        .limit(_FEW)
    )
    return tuple(patient_view(row, uow.keys, context.today) for row in uow.connection.execute(query))


def pairs(uow: UnitOfWork, context: Context, scope: Scope) -> Sequence[Pair]:
    """Of the whole hospital, at most `MOST`: asked for by a person, never on the way to something else.  Who sees
    only a part of the hospital has their own patients' pages for it."""
    if not scope.everything:
        return ()
    one, other = P.alias("one"), P.alias("other")
    alike = or_(one.c.birth_date == other.c.birth_date, one.c.phone_index == other.c.phone_index)
    query = (
        select(one.c.id, other.c.id, one.c.created_at < other.c.created_at)
        .join_from(one, other, and_(one.c.name_index == other.c.name_index, one.c.id < other.c.id))
        .where(alike, _standing(one), _standing(other))
        .limit(MOST)
    )
    found = [tuple(row) for row in uow.connection.execute(query)]
    ids = {each for row in found for each in row[:2]}
    rows = uow.connection.execute(select(*PATIENT).where(P.c.id.in_(sorted(ids))))
    views = {row.patient_id: patient_view(row, uow.keys, context.today) for row in rows}
    return tuple(
        Pair(views[first], views[second]) if older else Pair(views[second], views[first])
        for first, second, older in found
    )


def _standing(people: object) -> ColumnElement[bool]:
    """Neither merged into another nor deleted at their wish."""
    columns = people.c  # type: ignore[attr-defined]
    standing: ColumnElement[bool] = and_(columns.merged_into.is_(None), columns.erased_at.is_(None))
    return standing
