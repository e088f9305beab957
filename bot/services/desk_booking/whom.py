"""Finding 就诊人 by what somebody says or shows: by blind indexes only, so numbers and names have to be whole."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, func, literal_column, or_, select

from bot.domain.identity import (
    ID_KINDS,
    BadIdentity,
    normalise_name,
    normalise_phone,
    read_identity,
    valid_name,
    valid_phone,
)
from bot.domain.roles import Scope
from bot.domain.views import PatientView
from bot.domain.vouchers import ALPHABET, LENGTH
from bot.services.appointments import A, C
from bot.services.context import Context
from bot.services.directory import Directory
from bot.services.followup.discharges import D
from bot.services.people import PATIENT, P, patient_view, survivor_id
from bot.services.within import within
from bot.store.db import UnitOfWork

MOST = 30
"""Patients one search gives: more of one name than that have to be told apart by number or phone."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What the words can be; one text may be several of them."""

    code: str
    numbers: tuple[bytes, ...]
    phone: bytes | None
    name: bytes | None

    @property
    def nothing(self) -> bool:
        return not (self.code or self.numbers or self.phone or self.name)


def read(uow: UnitOfWork, context: Context, text: str) -> Sought:
    """The blind indexes of whatever the text can be.  Names are stored encrypted: a part of one finds nobody."""
    phone, name = normalise_phone(text), normalise_name(text)
    code = text.strip().upper().replace(" ", "").replace("-", "")
    known = (read_identity(kind, text, context.today) for kind in ID_KINDS)
    numbers = tuple(
        uow.keys.index("patients.id_number", f"{each.kind}:{each.number}")
        for each in known
        if not isinstance(each, BadIdentity)
    )
    return Sought(
        code if len(code) == LENGTH and set(code) <= set(ALPHABET) else "",
        numbers,
        uow.keys.index("patients.phone", phone) if valid_phone(phone) else None,
        uow.keys.index("patients.name", name) if valid_name(name) else None,
    )


def patients(uow: UnitOfWork, context: Context, scope: Scope, sought: Sought) -> Sequence[PatientView]:
    """Those within the scope, masked; at most `MOST`.  The document of a merged record finds who it was merged into."""
    if not (sought.numbers or sought.phone or sought.name):
        return ()
    named = P.alias("named")
    found = select(func.coalesce(named.c.merged_into, named.c.id)).where(_alike(named, sought))
    query = select(*PATIENT).where(P.c.id.in_(found), theirs(scope, context.directory))
    rows = uow.connection.execute(query.order_by(P.c.created_at.desc(), P.c.id).limit(MOST))
    return tuple(patient_view(row, uow.keys, context.today) for row in rows)


def _alike(people: FromClause, sought: Sought) -> ColumnElement[bool]:
    same: list[ColumnElement[bool]] = []
    if sought.numbers:
        same.append(people.c.id_number_index.in_(sought.numbers))
    if sought.phone is not None:
        same.append(people.c.phone_index == sought.phone)
    if sought.name is not None:
        same.append(people.c.name_index == sought.name)
    return or_(*same)


def patient(uow: UnitOfWork, context: Context, scope: Scope, patient_id: str) -> PatientView | None:
    """One of them, or who their record was merged into; None also where somebody else looks after them."""
    mine = P.c.id == survivor_id(uow, patient_id)
    query = select(*PATIENT).where(mine, theirs(scope, context.directory))
    row = uow.connection.execute(query).first()
    return None if row is None else patient_view(row, uow.keys, context.today)


def theirs(scope: Scope, directory: Directory) -> ColumnElement[bool]:
    """Patients who have had a visit in these departments, or a stay in these wards or departments."""
    if scope.everything:
        return literal_column("1 = 1")
    visits = select(A.c.id).join_from(A, C, C.c.id == A.c.clinic_id)
    seen = visits.where(A.c.patient_id == P.c.id, C.c.department_id.in_(department_ids(scope, directory)))
    stays = select(D.c.id).where(D.c.patient_id == P.c.id, within(scope, D.c.ward, D.c.department))
    return or_(seen.exists(), stays.exists())


def department_ids(scope: Scope, directory: Directory) -> Collection[int]:
    """The departments of a scope with what belongs to them; of everything: all."""
    if scope.everything:
        return frozenset(directory.departments)
    own = [view.id for view in directory.departments.values() if view.name in scope.departments]
    return frozenset().union(*(directory.within(each) for each in own))
