"""The rule that would refuse, said before the patient confirms in vain."""

from bot.dialog.frame import Values
from bot.dialog.speech import Json, Option, Reply
from bot.domain.outcomes import (
    AlreadyBooked,
    ClinicClosed,
    LimitReached,
    Refusal,
    TooEarly,
    TooLate,
)
from bot.domain.world import World
from handlers.texts import booking as texts
from handlers.texts import refusals

_OTHER_SLOT = Option(texts.OTHER_SLOT, None, sets={"slot": None, "time": None})
_OTHER_TIME = Option(
    texts.OTHER_TIME,
    None,
    sets={"clinic": None, "days": None, "period": None, "time": None, "choose_day": True},
)
_OTHER_PATIENT = Option(
    texts.OTHER_PATIENT, None, sets={"patient": None, "role": None, "choose_patient": True}
)
OTHER_TIMES = (_OTHER_SLOT, _OTHER_TIME)


def refusal(world: World, values: Values, *, moving: int | None = None) -> Refusal | None:
    slot, patient = values.get("slot"), values.get("patient")
    if not isinstance(slot, int) or not isinstance(patient, str):
        return None
    return world.would_refuse(slot, patient, moving=moving)


def nothing_against(world: World, values: Values) -> Json:
    """True where no rule stands against the booking."""
    return True if refusal(world, values) is None else None


def explained(world: World, values: Values, *, moving: int | None = None) -> Reply:
    """The rule in plain words, with the ways around it."""
    why = refusal(world, values, moving=moving)
    if why is None:
        return Reply("")
    ways = [o for o in ways_on(why) if moving is None or o is not _OTHER_PATIENT]
    return Reply(texts.cannot(why, refusals.reason(why, world.phone)), tuple(ways))


def ways_on(why: Refusal) -> tuple[Option, ...]:
    match why:
        case TooLate():
            return OTHER_TIMES
        case TooEarly() | ClinicClosed():
            return (_OTHER_TIME,)
        case AlreadyBooked():
            return (_OTHER_TIME, _OTHER_PATIENT)
        case LimitReached(scope="patient_day"):
            return (_OTHER_TIME, _OTHER_PATIENT)
        case LimitReached(scope="patient_open" | "cancels_month"):
            return (_OTHER_PATIENT,)
        case _:
            return ()
