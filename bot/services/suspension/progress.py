"""Where a suspension stands, and whether everybody who was affected is accounted for (R18)."""

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.domain.states import ClinicState, SeatState
from bot.domain.suspension import (
    APPOINTMENT_OF,
    CaseState,
    Progress,
    Reconciliation,
    SuspensionState,
)
from bot.services.appointments import A, C, N
from bot.services.suspension.rows import ALIVE, K, L, U
from bot.services.suspension.scope import LIVE_VISIT
from bot.store.db import UnitOfWork
from bot.store.types import written


def progress(uow: UnitOfWork, suspension_id: int) -> Progress | None:
    row = uow.connection.execute(select(U).where(U.c.id == suspension_id)).first()
    if row is None:
        return None
    states = uow.connection.execute(
        select(K.c.state, func.count().label("n"))
        .where(K.c.suspension_id == suspension_id)
        .group_by(K.c.state)
    )
    clinics = select(func.count()).select_from(L).where(L.c.suspension_id == suspension_id)
    return Progress(
        suspension_id,
        SuspensionState(row.state),
        row.reason,
        uow.connection.execute(clinics).scalar_one(),
        row.affected,
        {CaseState(each.state): each.n for each in states},
    )


def recent(uow: UnitOfWork, most: int = 20) -> tuple[Progress, ...]:
    """The last ones, the newest first."""
    ids = uow.connection.execute(select(U.c.id).order_by(U.c.id.desc()).limit(most)).scalars().all()
    return tuple(found for each in ids if (found := progress(uow, each)) is not None)


def reconcile(uow: UnitOfWork, suspension_id: int) -> Reconciliation | None:
    """The sum, and everything that contradicts it."""
    seen = progress(uow, suspension_id)
    if seen is None:
        return None
    mine = K.c.suspension_id == suspension_id
    return Reconciliation(
        seen,
        missing=seen.affected - sum(seen.by_state.values()),
        still_booked=_still_booked(uow, suspension_id),
        at_odds=_at_odds(uow, suspension_id),
        seats_astray=_ids(uow, select(K.c.id).where(mine, _astray())),
    )


def _still_booked(uow: UnitOfWork, suspension_id: int) -> tuple[int, ...]:
    """Live visits listed by nobody in a clinic that we closed: there must be none."""
    listed = select(K.c.appointment_id).where(ALIVE)
    return _ids(
        uow,
        select(A.c.id)
        .join_from(A, C, C.c.id == A.c.clinic_id)
        .join(L, and_(L.c.clinic_id == C.c.id, L.c.whole))
        .join(U, U.c.id == L.c.suspension_id)
        .where(L.c.suspension_id == suspension_id, C.c.state == written(ClinicState.SUSPENDED), LIVE_VISIT)
        .where(A.c.id.not_in(listed), A.c.created_at > U.c.created_at),
    )


def _at_odds(uow: UnitOfWork, suspension_id: int) -> tuple[int, ...]:
    """Of those that the saga itself brought where they are."""
    odd = or_(
        *(
            and_(K.c.state == written(state), A.c.state.not_in([written(each) for each in right]))
            for state, right in APPOINTMENT_OF.items()
        )
    )
    return _ids(
        uow,
        select(K.c.id)
        .join_from(K, A, A.c.id == K.c.appointment_id)
        .where(K.c.suspension_id == suspension_id, odd, K.c.outcome.not_like("own_%")),
    )


def _astray() -> ColumnElement[bool]:
    """An offer whose seat is not held."""
    held = select(N.c.id).where(N.c.id == K.c.offer_seat_id, N.c.state == written(SeatState.HELD)).exists()
    return and_(K.c.offer_seat_id.is_not(None), ~held)


def _ids(uow: UnitOfWork, statement: Select[tuple[int]]) -> tuple[int, ...]:
    return tuple(row.id for row in uow.connection.execute(statement.limit(100)))
