"""Cases that end without an answer to their offer: the patient has acted in another way, or the visit is given up."""

from bot.domain.states import LIVE_APPOINTMENTS, AppointmentState
from bot.domain.suspension import CaseState
from bot.services.context import Context, record
from bot.services.suspension import visits
from bot.services.suspension.closing import close
from bot.services.tables import Record
from bot.store.db import UnitOfWork


def is_live(row: Record) -> bool:
    return row.appointment_state in LIVE_APPOINTMENTS and row.appointment_clinic_id == row.clinic_id


def is_affected(row: Record) -> bool:
    return is_live(row) or row.appointment_state is AppointmentState.SUSPENDED


def settled_themselves(uow: UnitOfWork, context: Context, row: Record) -> None:
    """Between the start and now the patient has cancelled or moved the visit on their own: nothing is held against
    them (`bot.services.eligibility`), and the whole fee goes back."""
    match row.appointment_state:
        case AppointmentState.CANCELLED:
            state = CaseState.REFUNDED if row.fee_fen else CaseState.DECLINED
            close(uow, context, row, state, "own_cancel", refund_fen=row.fee_fen)
        case state if state in LIVE_APPOINTMENTS:
            close(uow, context, row, CaseState.REBOOKED, "own_change", new_appointment_id=row.appointment_id)
        case state:
            close(uow, context, row, CaseState.DECLINED, f"own_{state}")


def give_up(
    uow: UnitOfWork,
    context: Context,
    row: Record,
    *,
    outcome: str,
    key: str = "",
    state: CaseState | None = None,
) -> None:
    """The visit is given up; what was paid for it goes back in full, whatever the time (R17, R18)."""
    refunded = row.fee_fen > 0
    visits.end(uow, row, AppointmentState.REFUNDED if refunded else AppointmentState.DECLINED)
    record(
        uow, context, appointment_id=row.appointment_id, key=key or f"given_up:{row.id}", kind="given_up",
        from_slot_id=row.slot_id, from_seat_id=row.seat_id, version=row.appointment_version,
        refund_fen=row.fee_fen, reason=outcome,
    )  # fmt: skip
    ended = state or (CaseState.REFUNDED if refunded else CaseState.DECLINED)
    close(uow, context, row, ended, outcome, refund_fen=row.fee_fen)
