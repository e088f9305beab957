"""Taking a suspension back: its clinics open again, and whoever had not answered yet gets the old seat back."""

from sqlalchemy import or_, select, update

from bot.domain.states import CLINIC, AppointmentState, ClinicState, SeatState, step
from bot.domain.suspension import ACTIVE, SUSPENSION, SuspensionState
from bot.services.appointments import A, C, N
from bot.services.context import Context, audit
from bot.services.suspension.rows import ALIVE, K, L, U
from bot.store.db import UnitOfWork
from bot.store.types import written


class CannotWithdraw(Exception):
    """There is no such suspension, or it cannot be taken back."""


def withdraw(uow: UnitOfWork, context: Context, suspension_id: int) -> int:
    """How many clinics are open again; one that another suspension closes as well stays closed, and its cases go on."""
    connection = uow.connection
    row = connection.execute(select(U).where(U.c.id == suspension_id).with_for_update()).first()
    if row is None:
        raise CannotWithdraw(f"没有编号为 {suspension_id} 的停诊")
    if row.kind == "schedule":
        raise CannotWithdraw("这是排班调整引起的，不能撤回；请重新导入原来的排班")
    if row.state in (SuspensionState.WITHDRAWING, SuspensionState.WITHDRAWN):
        return 0
    step(SUSPENSION, row.state, SuspensionState.WITHDRAWING)
    ours = select(L.c.clinic_id).where(L.c.suspension_id == suspension_id, L.c.whole)
    connection.execute(select(C.c.id).where(C.c.id.in_(ours)).order_by(C.c.id).with_for_update())
    connection.execute(
        update(U)
        .where(U.c.id == suspension_id)
        .values(state=SuspensionState.WITHDRAWING, withdrawn_at=uow.now, finished_at=None)
    )
    others = (
        select(L.c.clinic_id)
        .join_from(L, U, U.c.id == L.c.suspension_id)
        .where(L.c.whole, U.c.id != suspension_id, U.c.state.in_([written(state) for state in ACTIVE]))
    )
    assert ClinicState.OPEN in CLINIC[ClinicState.SUSPENDED]
    opened = connection.execute(
        update(C)
        .where(C.c.id.in_(ours), C.c.id.not_in(others), C.c.state == written(ClinicState.SUSPENDED))
        .values(state=ClinicState.OPEN, version=C.c.version + 1)
    ).rowcount
    _free_seats(uow, suspension_id)
    # also those of another suspension that was withdrawn while this one kept their clinic closed
    connection.execute(
        update(K)
        .where(or_(K.c.suspension_id == suspension_id, K.c.clinic_id.in_(ours)), ALIVE)
        .values(due_at=uow.now)
    )
    audit(uow, context, "suspension.withdraw", f"suspension:{suspension_id}", clinics=str(opened))
    return opened


def _free_seats(uow: UnitOfWork, suspension_id: int) -> None:
    """In the clinics that are open now: the seats that were locked, except those that go back to their patients
    (whichever suspension lists them); in the others they are left to the suspension that keeps them closed."""
    waiting = (
        select(A.c.seat_id)
        .join_from(A, K, K.c.appointment_id == A.c.id)
        .where(ALIVE, A.c.state == written(AppointmentState.SUSPENDED))
    )
    locked = (N.c.suspended_by == suspension_id, N.c.state == written(SeatState.LOCKED))
    open_now = select(C.c.id).where(C.c.state == written(ClinicState.OPEN))
    uow.connection.execute(
        update(N)
        .where(*locked, N.c.clinic_id.in_(open_now), N.c.id.not_in(waiting))
        .values(state=SeatState.FREE, suspended_by=None)
    )
    other = (
        select(L.c.suspension_id)
        .join_from(L, U, U.c.id == L.c.suspension_id)
        .where(
            L.c.clinic_id == N.c.clinic_id, L.c.whole, U.c.id != suspension_id,
            U.c.state.in_([written(state) for state in ACTIVE]),
        )
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    closed = select(L.c.clinic_id).join_from(L, C, C.c.id == L.c.clinic_id).where(
        L.c.suspension_id == suspension_id, C.c.state == written(ClinicState.SUSPENDED)
    )  # fmt: skip
    uow.connection.execute(
        update(N).where(*locked, N.c.clinic_id.in_(closed)).values(suspended_by=other)
    )  # fmt: skip
