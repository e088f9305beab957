"""The first revisit booked by the doctor at discharge, or by the nurse on the phone (R33, R40): the patient's own
booking, made by staff; the patient gets the notice of it as of any other."""

from sqlalchemy import select

from bot.domain.commands import Book
from bot.domain.outcomes import Outcome
from bot.services.followup.discharges import D
from bot.services.hospital import Hospital


def book_revisit(
    hospital: Hospital, admission_no: str, slot_id: int, *, staff_no: str, key: str
) -> Outcome | None:
    """None: nobody is registered under the stay's identity number and name yet; that comes first (实名制)."""
    with hospital.db.read() as uow:
        patient_id = uow.connection.execute(
            select(D.c.patient_id).where(D.c.admission_no == admission_no)
        ).scalar()
    if patient_id is None:
        return None
    return hospital.execute(Book(key, slot_id, patient_id), None, actor=f"staff:{staff_no}")
