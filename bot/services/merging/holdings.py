"""Every table that says whose a row is, and where the rows of a merged patient go; a test holds it to the schema."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from bot.services.tables import table
from bot.store import care_models as care
from bot.store import demand_models as demand
from bot.store import followup_models as stays
from bot.store import models as m
from bot.store import push_models as pushes
from bot.store import rights_models as rights
from bot.store import suspension_models as suspensions


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows that simply become the survivor's."""

    table: Table
    told: str = ""
    """Under which name the preview counts them; empty: not worth a line, or too many to be counted."""


MOVED = (
    Moved(table(m.Appointment), "appointments"),
    Moved(table(stays.Discharge), "discharges"),
    Moved(table(care.SurveyResponse), "responses"),
    Moved(table(care.RedFlag), "flags"),
    Moved(table(care.Ticket), "tickets"),
    Moved(table(pushes.Push), "pushes"),
    Moved(table(pushes.PhoneTask), "phone_tasks"),
    Moved(table(m.Correction), "corrections"),
    Moved(table(rights.PrivacyRequest), "privacy_requests"),
    Moved(table(m.Consent), "consents"),
    Moved(table(m.OutboxMessage)),
    Moved(table(demand.BookingAsk)),
    Moved(table(suspensions.SuspensionCase)),
)
LINKS = table(m.Guardianship)
"""One live link for each account."""
GUARDIAN = table(m.LegalGuardian)
"""One for each patient, encrypted under the patient's id: sealed anew, or left where the survivor has one."""
SPECIAL: Mapping[str, str] = {
    LINKS.name: "patient_id",
    GUARDIAN.name: "patient_id",
    "patients": "merged_into",
}
"""Tables that are not simply moved, with the column that names the patient."""
