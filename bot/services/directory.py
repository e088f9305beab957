"""Departments, doctors and policies, cached per process: they change a few times a day and are read by every turn."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select

from bot.domain.names import surname, title_rank
from bot.domain.policies import Rule, resolve
from bot.domain.policy import Policy
from bot.domain.views import DepartmentView, DoctorView
from bot.services import revisions
from bot.services.glance import Glance
from bot.store.db import Database, UnitOfWork
from bot.store.models import Department, Doctor, PolicyRule

REVISION = "directory"


@dataclass(frozen=True)
class Directory:
    """One edition of it.  Retired doctors and departments are kept for old appointments, but not listed."""

    revision: int
    departments: Mapping[int, DepartmentView]
    doctors: Mapping[int, DoctorView]
    listed_departments: tuple[DepartmentView, ...]
    """Active, with active doctors, in the hospital's order."""
    listed_doctors: tuple[DoctorView, ...]
    """Active, highest title first."""
    members: Mapping[int, frozenset[int]]
    """Department and those under it."""
    doctor_aliases: Mapping[int, tuple[str, ...]]
    rules: tuple[Rule, ...]
    _policies: dict[tuple[int | None, int | None, date], Policy] = field(default_factory=dict)

    def policy(self, on: date, department_id: int | None = None, doctor_id: int | None = None) -> Policy:
        key = (department_id, doctor_id, on)
        if key not in self._policies:
            self._policies[key] = resolve(self.rules, on, department_id=department_id, doctor_id=doctor_id)
        return self._policies[key]

    def doctor(self, doctor_id: int, department_id: int | None = None) -> DoctorView:
        """The doctor, as seen in the department of a clinic, which need not be their own."""
        doctor = self.doctors[doctor_id]
        if department_id in (None, doctor.department_id):
            return doctor
        assert department_id is not None
        return replace(doctor, department_id=department_id, department=self.departments[department_id].name)

    def within(self, department_id: int) -> frozenset[int]:
        """The department and its children: 内科 means all of them."""
        return self.members.get(department_id, frozenset((department_id,)))


class DirectoryCache:
    """Looks at the revision at most every ``recheck`` seconds and reads anew only when it has moved."""

    def __init__(
        self, db: Database, *, recheck: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._glance = db, Glance(recheck, monotonic)
        self._known: Directory | None = None

    def get(self) -> Directory:
        return self._glance.at(self._known, self._looked)

    def _looked(self) -> Directory:
        with self._db.read() as uow:
            revision = revisions.current(uow, REVISION)
            if self._known is None or self._known.revision != revision:
                self._known = read(uow, revision)
        return self._known


def touch(uow: UnitOfWork) -> None:
    """Departments, doctors or policies have changed: every process reads them again within a second."""
    revisions.bump(uow, REVISION)


def read(uow: UnitOfWork, revision: int) -> Directory:
    """Everything, in three queries."""
    departments = uow.session.scalars(select(Department).order_by(Department.position, Department.id)).all()
    doctors = uow.session.scalars(select(Doctor).order_by(Doctor.id)).all()
    rules = uow.session.scalars(select(PolicyRule)).all()
    names = {row.id: row.name for row in departments}
    active = [row for row in doctors if row.active]
    staffed = {row.department_id for row in active}
    views = {row.id: _department(row, names) for row in departments}
    doctor_views = {row.id: _doctor(row, names) for row in doctors}
    return Directory(
        revision=revision,
        departments=views,
        doctors=doctor_views,
        listed_departments=tuple(views[row.id] for row in departments if row.active and row.id in staffed),
        listed_doctors=tuple(
            sorted((doctor_views[row.id] for row in active), key=lambda d: (title_rank(d.title), d.id))
        ),
        members=_members(departments),
        doctor_aliases={row.id: tuple(row.aliases) for row in doctors},
        rules=tuple(Rule(r.scope, r.scope_id, r.name, r.value, r.effective_from) for r in rules),
    )


def _department(row: Department, names: Mapping[int, str]) -> DepartmentView:
    parent = names[row.parent_id] if row.parent_id is not None else None
    return DepartmentView(row.id, row.name, tuple(row.aliases), row.location, row.notes, parent)


def _doctor(row: Doctor, names: Mapping[int, str]) -> DoctorView:
    return DoctorView(
        id=row.id,
        name=row.name,
        surname=surname(row.name),
        title=row.title,
        department_id=row.department_id,
        department=names[row.department_id],
        specialty=row.specialty,
    )


def _members(departments: Sequence[Department]) -> dict[int, frozenset[int]]:
    parent = {row.id: row.parent_id for row in departments}
    members: dict[int, set[int]] = {row.id: {row.id} for row in departments}
    for child in parent:
        above, seen = parent[child], {child}
        while above is not None and above not in seen:  # a cycle in the data must not hang the house
            members[above].add(child)
            seen.add(above)
            above = parent[above]
    return {key: frozenset(value) for key, value in members.items()}
