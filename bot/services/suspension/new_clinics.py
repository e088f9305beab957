"""Clinics that come into days which are suspended already: they are closed from the start, as the others there."""

from sqlalchemy import select

from bot.domain.clock import local
from bot.domain.suspension import ACTIVE, Scope
from bot.domain.views import Period
from bot.services.appointments import A, C
from bot.services.directory import read
from bot.services.suspension.rows import L, U
from bot.services.suspension.scope import LIVE_VISIT, clinics_of
from bot.services.suspension.start import close_clinics
from bot.store.db import UnitOfWork
from bot.store.types import written

_STANDING = (
    select(U.c.id, U.c.starts_at, U.c.ends_at, U.c.doctor_id, U.c.department_id, U.c.period)
    .where(U.c.state.in_([written(state) for state in ACTIVE]), U.c.kind != "schedule")
    .order_by(U.c.id)
)


def close_new(uow: UnitOfWork) -> int:
    """In the transaction that added them (`bot.services.clinics.alone`); how many were closed.  They open with the
    others when the suspension is withdrawn.  Where somebody has a visit nothing is closed: that takes a suspension."""
    standing = uow.connection.execute(_STANDING.where(U.c.ends_at > uow.now)).fetchall()
    if not standing:
        return 0
    directory, closed = read(uow, 0), set[int]()
    visited = select(A.c.clinic_id).where(LIVE_VISIT)
    for row in standing:
        period = None if row.period is None else Period(row.period)
        scope = Scope(row.starts_at, row.ends_at, row.doctor_id, row.department_id, period)
        known = select(L.c.clinic_id).where(L.c.suspension_id == row.id)
        new = select(C.c.id).where(
            clinics_of(scope, directory), C.c.day >= local(uow.now).date(),
            C.c.id.not_in(known), C.c.id.not_in(visited),
        )  # fmt: skip
        clinics = uow.connection.execute(new.order_by(C.c.id)).scalars().all()
        if clinics:
            close_clinics(uow, row.id, clinics)
            closed.update(clinics)
    return len(closed)
