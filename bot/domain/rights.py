"""What the law lets a patient ask about their data (个人信息保护法, chapter four), and what is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Ask(StrEnum):
    """What somebody wants of their data."""

    LOOK = "look"
    COPY = "copy"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    DELETE = "delete"


class AskState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    DONE = "done"
    PARTLY = "partly"
    """Done, but something is kept because a law says so."""
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class Whose(StrEnum):
    """Whose data it is, as the account stands to them: decides what a chat alone may do."""

    OWN = "own"
    CHILD = "child"
    ADULT = "adult"
    """A relative who answers for themselves: the chat only ends the link."""


WORKDAYS = 15
"""Within so many workdays a request is answered (个人信息保护法 第五十条; GB/T 35273: thirty days)."""
BASE_CONSENTS = ("privacy", "health_data")
"""Without either of them nothing can be booked for somebody."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of data that is stored, in plain words."""

    name: str
    title: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class RightsView:
    """What a chat may do about one patient's data, and what stands in the way."""

    patient_id: str
    whose: Whose
    consents: tuple[str, ...]
    """Kinds this account has agreed to for them and not taken back."""
    visits: int
    """Appointments still to come: they have to be cancelled before anything is deleted."""
    open: Mapping[Ask, int]
    """Requests that wait for an answer, by kind: their numbers."""
    done_in: datetime | None = None
    """When the open request for deletion has to be carried out."""
    has_page: bool = False
    """Whether a copy can be looked at behind a link."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is stored about one patient, and about the account's chat."""

    masked_name: str
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class CopyReady:
    """A page with everything, behind a link that ends soon."""

    url: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CopyLimit:
    """Too many copies for one day."""

    limit: int


@dataclass(frozen=True, slots=True)
class PrivacyAsked:
    """A request that a person answers."""

    kind: Ask
    number: int
    due_on: date
    masked_name: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """It does not hold any more; what rested on it has stopped."""

    consent: str
    masked_name: str
    unlinked: bool
    """The patient is off the account's list: to book again is to be asked again."""


@dataclass(frozen=True, slots=True)
class PrivacyTakenBack:
    kind: Ask


@dataclass(frozen=True, slots=True)
class VisitsFirst:
    """Deletion has to wait: appointments are still to come."""

    visits: int
