"""意见、投诉、表扬: the life of a ticket (R37)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TicketKind(StrEnum):
    SUGGESTION = "suggestion"
    """意见"""
    COMPLAINT = "complaint"
    """投诉"""
    PRAISE = "praise"
    """表扬"""


OTHER = "其他"
"""The category of what fits no other."""


class TicketSource(StrEnum):
    CHAT = "chat"
    QUESTIONNAIRE = "questionnaire"
    STAFF = "staff"


class TicketState(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    ACTED = "acted"
    """What was done is written down, and told to the patient where there is a way."""
    CONFIRMED = "confirmed"
    """The patient is content."""
    REOPENED = "reopened"
    """The patient is not."""
    CLOSED = "closed"


_S = TicketState
TICKET: Mapping[TicketState, frozenset[TicketState]] = {
    _S.OPEN: frozenset({_S.ASSIGNED, _S.ACTED, _S.CLOSED}),
    _S.ASSIGNED: frozenset({_S.ASSIGNED, _S.ACTED}),
    _S.ACTED: frozenset({_S.CONFIRMED, _S.REOPENED, _S.CLOSED, _S.ASSIGNED}),
    _S.CONFIRMED: frozenset({_S.CLOSED, _S.REOPENED}),
    _S.REOPENED: frozenset({_S.ASSIGNED, _S.ACTED}),
    _S.CLOSED: frozenset({_S.REOPENED}),
}


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as the patient who opened it sees it."""

    id: int
    number: str
    kind: TicketKind
    state: TicketState
    version: int
    category: str
    department: str
    text: str
    answer: str
    anonymous: bool
    """Whoever deals with it does not learn whose it is."""
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None


WITH_STAFF = (TicketState.OPEN, TicketState.ASSIGNED, TicketState.REOPENED)
"""States in which somebody in the hospital has to do something."""
ANSWERED = (TicketState.ACTED, TicketState.CONFIRMED, TicketState.CLOSED)


class CloseReason(StrEnum):
    """Why staff close a ticket; the first three need no answer, the last one has been told by other ways."""

    DUPLICATE = "duplicate"
    """The same matter has a ticket already."""
    WITHDRAWN = "withdrawn"
    """The patient takes it back."""
    EMPTY = "empty"
    """Nothing that could be dealt with."""
    TOLD = "told"
    """The patient has heard the answer, by phone or in person."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A member of staff has done something; what the ticket's version is now."""

    ticket_id: int
    version: int
    state: TicketState


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else has changed it meanwhile: look again first."""

    version: int


@dataclass(frozen=True, slots=True)
class HasOwner:
    """首问负责: it is somebody's already."""

    owner: str


@dataclass(frozen=True, slots=True)
class Cannot:
    """A rule says no."""

    why: str
    """unknown | state | unconfirmed | category | department | no_answer | too_long | too_big | too_many |
    not_a_picture | reason | no_reason"""


Acted = Moved | Conflict | HasOwner | Cannot
