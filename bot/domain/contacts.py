"""回访电话: how a call ended (R38), what that leads to, and when it is dialled again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.clock import HOSPITAL_TZ, local


class Outcome(StrEnum):
    """How one try to reach somebody ended."""

    REACHED = "reached"
    FAMILY = "family"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    POWERED_OFF = "powered_off"
    HUNG_UP = "hung_up"
    CALL_LATER = "call_later"
    LANGUAGE = "language"
    OTHER = "other"
    OUT_OF_SERVICE = "out_of_service"
    NO_SUCH_NUMBER = "no_such_number"
    WRONG_NUMBER = "wrong_number"
    NO_NUMBER = "no_number"
    REFUSED = "refused"
    DECEASED = "deceased"
    READMITTED = "readmitted"
    COMPLETED = "completed"
    """The questionnaire was answered to its end: written by whoever keeps the answers, never chosen."""


class Leads(StrEnum):
    """What a call leads to."""

    REACHED = "reached"
    """Somebody was spoken to; now the questionnaire."""
    REDIAL = "redial"
    NUMBER_DEAD = "number_dead"
    """This number is of no use: another one of theirs, else they are lost."""
    REFUSED = "refused"
    DECEASED = "deceased"
    READMITTED = "readmitted"
    DONE = "done"


class Gap(StrEnum):
    """When a call is made again; always within the hours in which staff call."""

    SOON = "soon"
    """Half an hour."""
    OTHER_HALF = "other_half"
    """The other half of the day: who did not answer in the morning may in the afternoon."""
    NEXT_WORKDAY = "next_workday"
    """The next workday, the other half of it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an outcome says."""

    title: str
    leads: Leads
    gap: Gap = Gap.OTHER_HALF
    counts: bool = True
    """Towards the calls after which somebody is lost.  Not, where they asked to be called later."""
    noted: bool = False
    """Has to be explained."""

    @property
    def spoken(self) -> bool:
        """Somebody was reached who could be spoken to (R31)."""
        return self.leads in (Leads.REACHED, Leads.REFUSED, Leads.DECEASED, Leads.READMITTED)


_O, _L, _G = Outcome, Leads, Gap
OUTCOMES: Mapping[Outcome, Meaning] = {
    _O.REACHED: Meaning("本人已接", _L.REACHED),
    _O.FAMILY: Meaning("家属已接", _L.REACHED),
    _O.NO_ANSWER: Meaning("无人接听", _L.REDIAL),
    _O.BUSY: Meaning("占线", _L.REDIAL, _G.SOON),
    _O.POWERED_OFF: Meaning("关机", _L.REDIAL),
    _O.HUNG_UP: Meaning("拒接", _L.REDIAL, _G.NEXT_WORKDAY),
    _O.CALL_LATER: Meaning("稍后再打", _L.REDIAL, counts=False),
    _O.LANGUAGE: Meaning("语言不通", _L.REDIAL, _G.NEXT_WORKDAY),
    _O.OTHER: Meaning("其他", _L.REDIAL, _G.NEXT_WORKDAY, noted=True),
    _O.OUT_OF_SERVICE: Meaning("停机", _L.NUMBER_DEAD),
    _O.NO_SUCH_NUMBER: Meaning("空号", _L.NUMBER_DEAD),
    _O.WRONG_NUMBER: Meaning("号码错误", _L.NUMBER_DEAD),
    _O.NO_NUMBER: Meaning("电话不详", _L.NUMBER_DEAD),
    _O.REFUSED: Meaning("拒绝随访", _L.REFUSED),
    _O.DECEASED: Meaning("已去世", _L.DECEASED),
    _O.READMITTED: Meaning("再次入院", _L.READMITTED),
    _O.COMPLETED: Meaning("完成问卷", _L.DONE),
}
CHOSEN = tuple(outcome for outcome in Outcome if outcome is not Outcome.COMPLETED)
"""What a caller may record."""
DEAD_NUMBERS = tuple(each for each, meaning in OUTCOMES.items() if meaning.leads is Leads.NUMBER_DEAD)
REPORTED = "reported"
"""Why a step stopped that no file says anything of: it was heard on the phone."""

WHOSE: Mapping[str, str] = {
    "record": "病历所留", "registered": "本人登记", "guardian": "监护人", "relative": "家属",
}  # fmt: skip
"""Where a number is from."""

_MORNING, _AFTERNOON = (time(8, 30), time(11, 30)), (time(14), time(17, 30))
_IN_THE_MORNING, _IN_THE_AFTERNOON = time(9, 30), time(15)
_NOON, _DAY = time(12), timedelta(days=1)
Workday = Callable[[date], bool]


def redial_at(gap: Gap, called: datetime, workday: Workday) -> datetime:
    """When to dial again after ``called``."""
    if gap is Gap.SOON:
        return calling_hours(called + timedelta(minutes=30), workday)
    here = local(called)
    early = here.time() < _NOON
    if early and gap is Gap.OTHER_HALF:
        return calling_hours(_at(here.date(), _IN_THE_AFTERNOON), workday)
    day = _workday_after(here.date(), workday)
    return _at(day, _IN_THE_AFTERNOON if early else _IN_THE_MORNING)


def calling_hours(moment: datetime, workday: Workday) -> datetime:
    """``moment``, or the next one at which staff call."""
    here = local(moment)
    if not workday(here.date()):
        return _at(_workday_after(here.date(), workday), _MORNING[0])
    for begins, ends in (_MORNING, _AFTERNOON):
        if here.time() < begins:
            return _at(here.date(), begins)
        if here.time() < ends:
            return moment
    return _at(_workday_after(here.date(), workday), _MORNING[0])


def lost_after(calls: int, retries: int) -> bool:
    """``retries``: calls after the first (R38)."""
    return calls > retries


def _workday_after(day: date, workday: Workday) -> date:
    day += _DAY
    while not workday(day):
        day += _DAY
    return day


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, HOSPITAL_TZ)
