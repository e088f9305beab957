"""随访: the life of one step of a follow-up plan, and the days on which it is due (R26)."""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.discharge import Cohort, Stay


class FollowupState(StrEnum):
    """One step of one plan for one discharge."""

    PLANNED = "planned"
    DUE = "due"
    CONTACTING = "contacting"
    ANSWERED = "answered"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    LOST = "lost"
    """失访, with its reason (R38)."""
    REFUSED = "refused"
    DECEASED = "deceased"
    READMITTED = "readmitted"
    OVERDUE = "overdue"


_S = FollowupState
_STOPS = frozenset({_S.DECEASED, _S.READMITTED})
_UNTOUCHED_TO = _STOPS | {_S.CONTACTING, _S.ANSWERED, _S.REFUSED, _S.CLOSED}
FOLLOWUP: Mapping[FollowupState, frozenset[FollowupState]] = {
    # Closed: the discharge was corrected, and another plan holds.
    _S.PLANNED: _UNTOUCHED_TO | {_S.DUE, _S.OVERDUE},
    _S.DUE: _UNTOUCHED_TO | {_S.PLANNED, _S.OVERDUE, _S.LOST},
    _S.OVERDUE: _UNTOUCHED_TO | {_S.PLANNED, _S.DUE, _S.LOST},
    _S.CONTACTING: _STOPS | {_S.ANSWERED, _S.LOST, _S.REFUSED, _S.OVERDUE},
    _S.ANSWERED: frozenset({_S.REVIEWED, _S.CLOSED}),  # a sample is reviewed (R48)
    _S.REVIEWED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset({_S.PLANNED}),  # corrected back
    _S.LOST: _STOPS | {_S.CONTACTING, _S.ANSWERED},  # redialled (R38)
    _S.REFUSED: frozenset(),
    # Back to planned: the report was a mistake.
    _S.DECEASED: frozenset({_S.PLANNED, _S.READMITTED, _S.CLOSED}),
    _S.READMITTED: frozenset({_S.PLANNED, _S.DECEASED, _S.CLOSED}),
}
UNTOUCHED = (_S.PLANNED, _S.DUE, _S.OVERDUE)
"""Nobody has been reached about it yet: its days may still move."""
OPEN = (*UNTOUCHED, _S.CONTACTING)
REPLANNED = "replanned"
"""Why a step was closed that no plan holds any more; it counts in no rate."""


class Anchor(StrEnum):
    """What a step's days are counted from."""

    DISCHARGE = "discharge"
    SURGERY = "surgery"
    """Without a date of surgery: the discharge."""
    ANSWER = "answer"
    """The last answer; until there is one, the step has no day."""


class Audience(StrEnum):
    """Whom the hospital asks (R34)."""

    PATIENT = "patient"
    FAMILY = "family"


class Grade(StrEnum):
    """Who owns a step (R39)."""

    SENIOR = "senior"
    """副主任医师以上"""
    ATTENDING = "attending"
    """主管医师"""
    NURSE = "nurse"


@dataclass(frozen=True, slots=True)
class Span:
    """3d, 1w, 1m; a month later is the same day of the month, or the month's last."""

    days: int = 0
    months: int = 0

    @classmethod
    def read(cls, text: str) -> "Span":
        found = re.fullmatch(r"([0-9]{1,3})([dwm])", text)
        if found is None:
            raise ValueError(f"{text}: write 3d, 1w or 1m")
        number, unit = int(found[1]), found[2]
        return cls(months=number) if unit == "m" else cls(days=number * (7 if unit == "w" else 1))

    def after(self, day: date) -> date:
        years, month = divmod(day.month - 1 + self.months, 12)
        year, month = day.year + years, month + 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(day.day, last)) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Step:
    """One contact of a plan."""

    name: str
    title: str
    earliest: Span
    due: Span
    overdue: Span
    """The last day on which it is on time."""
    questionnaire: str
    anchor: Anchor = Anchor.DISCHARGE
    audience: Audience = Audience.PATIENT
    owner: Grade = Grade.ATTENDING
    kind: str = "followup_due"
    """The push that invites; its ladder is this step's."""
    retries: int = 2
    """Calls after the first, before somebody counts as lost (R38)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When somebody is asked what; the first plan (by ``priority``) whose cohort has a stay holds for it."""

    name: str
    title: str
    priority: int
    cohort: Cohort
    steps: tuple[Step, ...]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Anchors:
    """The days a stay gives; ``answer``: of the last answered step."""

    discharge: date
    surgery: date | None = None
    answer: date | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """From when a step may be asked, when it should, and until when it is on time."""

    earliest: date
    due: date
    overdue: date


def choose(plans: Iterable[Plan], stay: Stay) -> Plan | None:
    """One plan a discharge: nobody is asked the same by two."""
    mine = [plan for plan in plans if plan.enabled and plan.cohort.has(stay)]
    return min(mine, key=lambda plan: (plan.priority, plan.name), default=None)


def calendar_of(plan: Plan, anchors: Anchors) -> Mapping[str, Days | None]:
    """The days of each step, by its name.  A step that was over before they left the ward is left out, and none
    begins before the day after."""
    home = anchors.discharge + timedelta(days=1)
    found: dict[str, Days | None] = {}
    for step in plan.steps:
        days = days_of(step, anchors)
        if days is None:
            found[step.name] = None
        elif days.overdue >= home:
            found[step.name] = Days(max(days.earliest, home), max(days.due, home), days.overdue)
    return found


def days_of(step: Step, anchors: Anchors) -> Days | None:
    """None: what it is counted from has not happened yet."""
    start = {
        Anchor.DISCHARGE: anchors.discharge,
        Anchor.SURGERY: anchors.surgery or anchors.discharge,
        Anchor.ANSWER: anchors.answer,
    }[step.anchor]
    if start is None:
        return None
    return Days(step.earliest.after(start), step.due.after(start), step.overdue.after(start))
