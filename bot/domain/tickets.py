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
