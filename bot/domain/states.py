"""Which state may follow which, for everything that has a life: the only place that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class SeatState(StrEnum):
    """A 号. ``returned`` is an edge, not a resting place: it becomes waitlist or cooling at once."""

    FREE = "free"
    HELD = "held"
    BOOKED = "booked"
    USED = "used"
    WAITLIST = "waitlist"
    COOLING = "cooling"
    LOCKED = "locked"


class AppointmentState(StrEnum):
    """A 挂号."""

    HELD = "held"
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no_show"
    SUSPENDED = "suspended"
    REBOOKED = "rebooked"
    REFUNDED = "refunded"
    DECLINED = "declined"


class ClinicState(StrEnum):
    """A 出诊."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class OutboxState(StrEnum):
    """A message on its way out. ``sent`` is the platform's acceptance, not the patient's eyes."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    VOID = "void"
    PAUSED = "paused"
    """Its campaign stands still."""
    STAFF = "staff"
    """The ladder ended in a phone task: people have it now."""


class PushState(StrEnum):
    """A planned push.  What became of a queued one is told by its outbox row."""

    PLANNED = "planned"
    PAUSED = "paused"
    """Its campaign stands still, or has not been approved yet."""
    QUEUED = "queued"
    SKIPPED = "skipped"
    VOID = "void"


class PhoneTaskState(StrEnum):
    """A call that staff have to make."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    CANCELLED = "cancelled"


class CampaignState(StrEnum):
    """A broadcast."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    """Confirmed, and waits for a second person's approval."""
    RUNNING = "running"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class AlertState(StrEnum):
    """Something staff have to know."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class HandoffState(StrEnum):
    """A patient asking for a human."""

    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


LIVE_APPOINTMENTS = (AppointmentState.HELD, AppointmentState.BOOKED, AppointmentState.CHECKED_IN)
"""States in which an appointment occupies its seat."""

SEAT: Mapping[SeatState, frozenset[SeatState]] = {
    SeatState.FREE: frozenset({SeatState.HELD, SeatState.BOOKED, SeatState.LOCKED}),
    SeatState.HELD: frozenset(
        {SeatState.BOOKED, SeatState.WAITLIST, SeatState.COOLING, SeatState.LOCKED, SeatState.FREE}
    ),
    SeatState.BOOKED: frozenset({SeatState.USED, SeatState.WAITLIST, SeatState.COOLING, SeatState.LOCKED}),
    SeatState.USED: frozenset(),
    SeatState.WAITLIST: frozenset({SeatState.HELD, SeatState.COOLING, SeatState.LOCKED}),
    SeatState.COOLING: frozenset({SeatState.FREE, SeatState.LOCKED}),
    SeatState.LOCKED: frozenset({SeatState.FREE, SeatState.BOOKED}),  # booked: a suspension was withdrawn
}

APPOINTMENT: Mapping[AppointmentState, frozenset[AppointmentState]] = {
    AppointmentState.HELD: frozenset(
        {
            AppointmentState.BOOKED,
            AppointmentState.CANCELLED,
            AppointmentState.EXPIRED,
            AppointmentState.SUSPENDED,
        }
    ),
    AppointmentState.BOOKED: frozenset(
        {
            AppointmentState.CHECKED_IN,
            AppointmentState.CANCELLED,
            AppointmentState.NO_SHOW,
            AppointmentState.SUSPENDED,
        }
    ),
    AppointmentState.CHECKED_IN: frozenset(
        {
            AppointmentState.DONE,
            AppointmentState.SUSPENDED,
            AppointmentState.BOOKED,  # somebody else was meant
        }
    ),
    AppointmentState.DONE: frozenset(),
    AppointmentState.CANCELLED: frozenset(),
    AppointmentState.EXPIRED: frozenset(),
    AppointmentState.NO_SHOW: frozenset({AppointmentState.BOOKED}),  # marked by mistake
    AppointmentState.SUSPENDED: frozenset(
        {
            AppointmentState.REBOOKED,
            AppointmentState.REFUNDED,
            AppointmentState.DECLINED,
            AppointmentState.BOOKED,  # the suspension was withdrawn
        }
    ),
    AppointmentState.REBOOKED: frozenset(),
    AppointmentState.REFUNDED: frozenset(),
    AppointmentState.DECLINED: frozenset(),
}

CLINIC: Mapping[ClinicState, frozenset[ClinicState]] = {
    ClinicState.OPEN: frozenset({ClinicState.SUSPENDED, ClinicState.CLOSED}),
    ClinicState.SUSPENDED: frozenset({ClinicState.OPEN, ClinicState.CLOSED}),
    ClinicState.CLOSED: frozenset(),
}

OUTBOX: Mapping[OutboxState, frozenset[OutboxState]] = {
    OutboxState.PENDING: frozenset(
        {OutboxState.SENDING, OutboxState.VOID, OutboxState.DEAD, OutboxState.PAUSED}
    ),
    OutboxState.SENDING: frozenset(set(OutboxState) - {OutboxState.SENDING}),
    # a receipt said that it did not arrive: the next rung, unless its broadcast stands still or was withdrawn
    OutboxState.SENT: frozenset({OutboxState.PENDING, OutboxState.PAUSED, OutboxState.VOID}),
    # sent again by staff, with the same exception
    OutboxState.DEAD: frozenset({OutboxState.PENDING, OutboxState.PAUSED, OutboxState.VOID}),
    OutboxState.VOID: frozenset(),
    OutboxState.PAUSED: frozenset({OutboxState.PENDING, OutboxState.VOID}),
    OutboxState.STAFF: frozenset(),
}

PUSH: Mapping[PushState, frozenset[PushState]] = {
    PushState.PLANNED: frozenset({PushState.QUEUED, PushState.SKIPPED, PushState.VOID, PushState.PAUSED}),
    PushState.PAUSED: frozenset({PushState.PLANNED, PushState.VOID}),
    PushState.QUEUED: frozenset({PushState.VOID}),
    PushState.SKIPPED: frozenset(),
    PushState.VOID: frozenset(),
}

PHONE_TASK: Mapping[PhoneTaskState, frozenset[PhoneTaskState]] = {
    PhoneTaskState.OPEN: frozenset({PhoneTaskState.TAKEN, PhoneTaskState.DONE, PhoneTaskState.CANCELLED}),
    PhoneTaskState.TAKEN: frozenset({PhoneTaskState.OPEN, PhoneTaskState.DONE, PhoneTaskState.CANCELLED}),
    PhoneTaskState.DONE: frozenset(),
    PhoneTaskState.CANCELLED: frozenset(),
}

CAMPAIGN: Mapping[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.AWAITING, CampaignState.RUNNING, CampaignState.WITHDRAWN}),
    CampaignState.AWAITING: frozenset({CampaignState.RUNNING, CampaignState.WITHDRAWN}),
    CampaignState.RUNNING: frozenset({CampaignState.PAUSED, CampaignState.WITHDRAWN, CampaignState.DONE}),
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING, CampaignState.WITHDRAWN}),
    CampaignState.WITHDRAWN: frozenset(),
    CampaignState.DONE: frozenset(),
}

ALERT: Mapping[AlertState, frozenset[AlertState]] = {
    AlertState.OPEN: frozenset({AlertState.ACKNOWLEDGED, AlertState.CLOSED}),
    AlertState.ACKNOWLEDGED: frozenset({AlertState.CLOSED}),
    AlertState.CLOSED: frozenset(),
}

HANDOFF: Mapping[HandoffState, frozenset[HandoffState]] = {
    HandoffState.WAITING: frozenset({HandoffState.TAKEN, HandoffState.CLOSED}),
    HandoffState.TAKEN: frozenset({HandoffState.WAITING, HandoffState.CLOSED}),
    HandoffState.CLOSED: frozenset(),
}


@dataclass
class IllegalTransition(Exception):
    """A programming error: someone tried an edge that the tables do not have."""

    before: StrEnum
    after: StrEnum

    def __str__(self) -> str:
        return f"{type(self.before).__name__}: {self.before} cannot become {self.after}"


S = TypeVar("S", bound=StrEnum)


def step(table: Mapping[S, frozenset[S]], before: S, after: S) -> S:
    """``after``, if the table allows it; else `IllegalTransition`."""
    if after not in table[before]:
        raise IllegalTransition(before, after)
    return after
