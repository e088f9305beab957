"""Who may be the same person: the same name, and the same birthday or the same phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, and_, func, or_, select

from bot.domain.roles import Scope
from bot.domain.views import PatientView
from bot.services.context import Context
from bot.services.desk_booking.whom import theirs
from bot.services.people import PATIENT, P, patient_view
from bot.services.tables import Record
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
    names = {name for column in (P.c.birth_date, P.c.phone_index) for name in _twice(uow, column)}
    query = select(*PATIENT, P.c.name_index).where(P.c.name_index.in_(sorted(names)), _standing(P))
    known: dict[bytes, list[Record]] = {}
    for row in uow.connection.execute(query.order_by(P.c.created_at, P.c.id)):
        known.setdefault(row.name_index, []).append(row)
    found = [pair for rows in known.values() for pair in combinations(rows, 2) if _alike(*pair)]
    view = partial(patient_view, keys=uow.keys, today=context.today)
    return tuple(Pair(view(one), view(other)) for one, other in found[:MOST])


def _twice(uow: UnitOfWork, column: Column[Any]) -> Sequence[bytes]:
    """Names of which two have the same of this: one look at all patients, which pairing them would be many times."""
    query = (
        select(P.c.name_index)
        .where(_standing(P), column.is_not(None))
        .group_by(P.c.name_index, column)
        .having(func.count() > 1)
        .limit(MOST)
    )
    return uow.connection.execute(query).scalars().all()


def _alike(one: Record, other: Record) -> bool:
    same_birth = one.patient_birth is not None and one.patient_birth == other.patient_birth
    return bool(same_birth or one.patient_phone_index == other.patient_phone_index)


def _standing(people: FromClause) -> ColumnElement[bool]:
    """Neither merged into another nor deleted at their wish."""
    return and_(people.c.merged_into.is_(None), people.c.erased_at.is_(None))
