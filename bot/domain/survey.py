"""A questionnaire that is being answered, as a dialog, the page and the nurse see it, and what they may do to it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Item, Questionnaire, Value


class SurveyState(StrEnum):
    """One response."""

    OFFERED = "offered"
    """Opened, not begun: nobody has agreed to anything."""
    ASKING = "asking"
    COMPLETED = "completed"
    STOPPED = "stopped"
    """Given up: the patient does not want to, or the step was closed."""


class Author(StrEnum):
    """Whose words they are."""

    PATIENT = "patient"
    FAMILY = "family"
    """A relative answers for the patient (R34)."""
    NURSE = "nurse"
    """Asked on the phone."""


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A response with its questionnaire; the next question is `bot.questionnaires.filling.current`."""

    id: str
    scope: str
    followup_id: int | None
    form: Questionnaire
    filling: Filling
    state: SurveyState
    author: Author
    revision: int
    patient_id: str | None
    patient: str
    """Masked."""
    own: bool
    """The account is the patient's own (本人)."""
    department: str
    ward: str
    discharged_on: date | None
    closes_on: date | None
    """The last day on which it may be answered; None: no end."""
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Agreed to, and by whom it will be answered."""

    author: Author


@dataclass(frozen=True, slots=True)
class Give:
    """An answer.  Where it is another question's than the open one, that one is answered."""

    link_id: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    link_id: str


@dataclass(frozen=True, slots=True)
class Back:
    """上一题"""


@dataclass(frozen=True, slots=True)
class Jump:
    """改第2题: ``number`` as `bot.questionnaires.evaluate.progress` counts."""

    number: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Does not want to answer."""


@dataclass(frozen=True, slots=True)
class Submit:
    """Whole answers at once (the page, the nurse's sheet): they replace what was there, and complete it where
    nothing required is missing."""

    filling: Filling
    revision: int
    """Which one was seen: a newer one is not overwritten."""
    final: bool = True


Move = Start | Give | Skip | Back | Jump | Stop | Submit


@dataclass(frozen=True, slots=True)
class Advice:
    """What the patient is told at once where a red flag was raised; an approved text (R42)."""

    flag: str
    level: str
    text: str
    department: str = ""
    """Where an urgent seat may be looked for."""


@dataclass(frozen=True, slots=True)
class SurveyMoved:
    """Outcome: the response as it is now."""

    survey: SurveyView
    advice: tuple[Advice, ...] = ()
    """Of flags raised by this move."""
    revisit: bool = False
    """Completed, and a revisit may be booked (R33, R40)."""


@dataclass(frozen=True, slots=True)
class SurveyClosed:
    """Outcome: it cannot be answered (any more)."""

    why: str
    """unknown | completed | stopped | expired | deceased | readmitted | stale"""


@dataclass(frozen=True, slots=True)
class SurveyRefused:
    """Outcome: the answer cannot stand; nothing was changed."""

    item: Item
    why: str
    """As `bot.questionnaires.evaluate.Refusal`, or ``required``: it cannot be skipped."""
    limit: object = None
