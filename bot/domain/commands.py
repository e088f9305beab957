"""What a dialog may ask the hospital to do.  Data only; ``bot.services`` carries them out.

Every command that has an effect carries an idempotency ``key``: the same key twice has one effect and
gives the first outcome again.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.rights import Ask
from bot.domain.survey import Move
from bot.domain.tickets import TicketKind
from bot.domain.views import Relation, Sex


@dataclass(frozen=True, slots=True)
class Guardian:
    """The adult who answers for a child under 14."""

    name: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class RegisterPatient:
    """Register a 就诊人 and link them to the account (R6, R14).  Consent is part of it, not an afterthought."""

    key: str
    relation: Relation
    name: str
    id_kind: str
    """resident_id | passport | hk_macao_permit | taiwan_permit | foreign_permanent_id | birth_certificate"""
    id_number: str
    phone: str
    consents: tuple[str, ...]
    """Kinds agreed to, e.g. ("privacy", "health_data"); the text's version is recorded by the service."""
    sex: Sex | None = None
    """Only for documents that do not tell it."""
    birth_date: date | None = None
    guardian: Guardian | None = None


@dataclass(frozen=True, slots=True)
class CorrectPatient:
    """Correct one field of a patient (R14); logged, it feeds the accuracy figure of R21."""

    key: str
    patient_id: str
    field: str
    """phone | name"""
    value: str
    seen: int | None = None
    """The newest correction when the form was opened, 0 for none; None: there was no form."""


@dataclass(frozen=True, slots=True)
class UnlinkPatient:
    """Take a patient off the account's list; the patient and their appointments remain."""

    key: str
    patient_id: str


class BookedBy(StrEnum):
    """The way of somebody without an account to a 号 (R3)."""

    PHONE = "phone"
    WINDOW = "window"
    KIOSK = "kiosk"
    """A machine in the hospital's hall."""
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Book:
    """Claim a seat of one slot for one patient."""

    key: str
    slot_id: int
    patient_id: str
    channel: BookedBy | None = None
    """Where there is no account; None: whichever it was, at the desk."""


@dataclass(frozen=True, slots=True)
class Change:
    """Move an appointment to another slot: the new seat first, the old one given back in the same transaction."""

    key: str
    appointment_id: int
    slot_id: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give an appointment up."""

    key: str
    appointment_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetPreference:
    """Which messages the account wants: a group of `bot.pushes.kinds`, or ``all`` that may be switched off."""

    key: str
    group: str
    on: bool


@dataclass(frozen=True, slots=True)
class CallHuman:
    """Put the account into the queue of the human desk."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeaveHuman:
    """Back from the human desk to the bot."""

    key: str


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """Take the seat kept in place of a suspended visit (R18)."""

    key: str
    case_id: int
    offer: int
    """Which one the patient saw: a tap on an earlier message must not take another seat."""


@dataclass(frozen=True, slots=True)
class ChooseOther:
    """Another slot in place of a suspended visit."""

    key: str
    case_id: int
    slot_id: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No visit in place of the suspended one; the fee goes back."""

    key: str
    case_id: int


@dataclass(frozen=True, slots=True)
class FillSurvey:
    """One step in answering a questionnaire."""

    key: str
    scope: str
    move: Move
    face: str = "chat"
    """chat | page"""


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """意见、投诉、表扬 in the patient's own words (R37)."""

    key: str
    kind: TicketKind
    text: str
    patient_id: str | None = None
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class AddToTicket:
    """More words for a ticket, or the wish to stay anonymous."""

    key: str
    ticket_id: int
    words: str
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class JudgeTicket:
    """What the patient says to the answer: content, or not, and why."""

    key: str
    ticket_id: int
    content: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class ReportDanger:
    """The patient said something dangerous in the chat: staff are told (R42)."""

    key: str
    flag: str
    """As the NLU names it."""
    words: str


@dataclass(frozen=True, slots=True)
class ClaimBed:
    """Link the account to the stay whose bedside code was scanned."""

    key: str
    scene: str
    tail: str
    """The last four of the patient's identity number."""
    relation: Relation


@dataclass(frozen=True, slots=True)
class LookAtData:
    """你们存了我什么: the kinds of data about a patient, counted (个人信息保护法 第四十五条)."""

    key: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class AskForCopy:
    """我要一份: a page with everything, for the account's own patient."""

    key: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class AskPrivacy:
    """What a person has to carry out: a correction, a deletion, a copy at the window."""

    key: str
    kind: Ask
    patient_id: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """撤回同意: at once (第十五条)."""

    key: str
    patient_id: str
    consent: str


@dataclass(frozen=True, slots=True)
class TakeBackRequest:
    """Not any more, please."""

    key: str
    number: int


Command = (
    RegisterPatient
    | CorrectPatient
    | UnlinkPatient
    | Book
    | Change
    | Cancel
    | AcceptOffer
    | ChooseOther
    | GiveUp
    | SetPreference
    | CallHuman
    | LeaveHuman
    | FillSurvey
    | OpenTicket
    | AddToTicket
    | JudgeTicket
    | ReportDanger
    | ClaimBed
    | LookAtData
    | AskForCopy
    | AskPrivacy
    | WithdrawConsent
    | TakeBackRequest
)
