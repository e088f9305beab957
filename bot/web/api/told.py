"""A rule that said no, as a problem: its kind for the program, its words for the person in front of it."""

import msgspec

from bot.domain.outcomes import (
    AlreadyBooked,
    ClinicClosed,
    DeadlinePassed,
    IdentityConflict,
    InvalidField,
    LimitReached,
    NotLive,
    NotYours,
    Refusal,
    Taken,
    TooEarly,
    TooLate,
)
from bot.web.api.problems import Problem
from bot.web.api.shapes import people, places
from bot.web.api.shapes.common import FieldError
from bot.web.console import booking_words

BOOKING = (
    "seat-taken", "already-booked", "clinic-closed", "too-early", "too-late", "limit-reached", "unknown-reference",
)  # fmt: skip
MOVING = (*BOOKING, "stale", "wrong-state", "deadline-passed")


def refused(why: Refusal) -> Problem:
    words = booking_words.reason(why)
    match why:
        case TooEarly():
            return Problem("too-early", words)
        case TooLate():
            return Problem("too-late", words)
        case DeadlinePassed():
            return Problem("deadline-passed", words)
        case LimitReached():
            return Problem("limit-reached", words)
        case AlreadyBooked(appointment=seen):
            return Problem("already-booked", words, more={"appointment": _plain(people.appointment(seen))})
        case NotLive(appointment=seen):
            return Problem("wrong-state", words, more={"appointment": _plain(people.appointment(seen))})
        case ClinicClosed():
            return Problem("clinic-closed", words)
        case NotYours():
            return Problem("unknown-reference", "没有这位就诊人的档案；登记过去世的，也不能预约。")
        case IdentityConflict():
            return Problem("invalid-person", words)
        case InvalidField(field=field):
            return Problem("invalid-person", errors=(FieldError(path=field, reason=words),))


def taken(outcome: Taken) -> Problem:
    """With what is left (R5)."""
    alternatives = {
        "slots": [_plain(places.slot(each)) for each in outcome.slots[:20]],
        "clinics": [_plain(places.clinic(each)) for each in outcome.clinics[:20]],
    }
    return Problem("seat-taken", more=alternatives)


def _plain(answer: object) -> object:
    return msgspec.to_builtins(answer)
