"""Who asked for an appointment and what came of it (R21): the outcomes, in the hospital's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.outcomes import (
    AlreadyBooked,
    Booked,
    ClinicClosed,
    LimitReached,
    NotYours,
    Outcome,
    Refusal,
    Refused,
    Taken,
    TooEarly,
    TooLate,
)

OPEN = "open"
BOOKED = "booked"
AGAIN = "again"
"""A try that led to nothing, of somebody who got an appointment in the same department on the same day: not counted."""
GAVE_UP = "gave_up"
LEFT = "left"
FULL, NO_CLINIC, SUSPENDED, TAKEN = "full", "no_clinic", "suspended", "taken"
TOO_EARLY, TOO_LATE, LIMIT, DUPLICATE, OTHER = "too_early", "too_late", "limit", "duplicate", "other"
REASONS: Mapping[str, str] = {
    FULL: "号已约满",
    TAKEN: "确认时号被别人先约走",
    NO_CLINIC: "想看的那天没有出诊",
    SUSPENDED: "停诊",
    TOO_EARLY: "还没放号",
    TOO_LATE: "已过预约截止时间",
    LIMIT: "超过预约数量限制",
    DUPLICATE: "已有同科室的预约",
    GAVE_UP: "患者自己不约了",
    LEFT: "没有回复就离开",
    OTHER: "其他",
}
"""Why nobody was booked."""
CHANNELS: Mapping[str, str] = {
    "wechat": "微信",
    "alipay": "支付宝",
    "phone": "电话",
    "window": "窗口",
    "kiosk": "自助机",
    "web": "网上",
    "desk": "窗口或电话",
    "api": "其他系统",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants, as far as they have said."""

    department_id: int | None = None
    doctor_id: int | None = None
    patient_id: str | None = None


def refused_outcome(outcome: Outcome) -> str:
    """How a try to book ended."""
    match outcome:
        case Booked():
            return BOOKED
        case Taken():
            return TAKEN
        case Refused(why=why):
            return reason_of(why)
        case _:
            return OTHER


def reason_of(why: Refusal) -> str:
    """The rule that said no, as a reason."""
    match why:
        case TooEarly():
            return TOO_EARLY
        case TooLate():
            return TOO_LATE
        case LimitReached():
            return LIMIT
        case AlreadyBooked():
            return DUPLICATE
        case ClinicClosed():
            return SUSPENDED
        case NotYours():
            return OTHER
        case _:
            return OTHER


def channel_name(channel: str) -> str:
    """As staff call it; ``api:NAME`` is a system's own name."""
    kind, _, name = channel.partition(":")
    return name or CHANNELS.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Begun:
    """A dialog about an appointment has begun."""

    key: str
    wanted: Wanted
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """More is known of what they want, or something else stands in the way."""

    key: str
    wanted: Wanted
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class Over:
    """The dialog has ended without an appointment."""

    key: str
    wanted: Wanted
    outcome: str


Change = Begun | Moved | Over
