"""Which appointment is meant: by its day, doctor, department or patient, as patients name it."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.dialog.frame import Heard, Known, Said, Values, Wrong, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.outcomes import DeadlinePassed
from bot.domain.policy import Policy
from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView, Period
from bot.domain.world import Matter, World
from handlers import people
from handlers.paging import number, page_of
from handlers.texts import clinics, refusals, words
from handlers.texts import visits as texts
from nlu.understood import Understood


def chosen(world: World, values: Values) -> AppointmentView | None:
    seen = values.get("appointment")
    return world.appointment(seen) if isinstance(seen, int) else None


def live(seen: AppointmentView | None) -> bool:
    """Still booked: not cancelled in the meantime."""
    return seen is not None and seen.state is AppointmentState.BOOKED


def some(world: World, values: Values) -> bool:
    return bool(world.appointments())


def only_one(world: World, values: Values) -> Json:
    found = world.appointments()
    return found[0].id if len(found) == 1 and unsettled(world) is None else None


def meant(understood: Understood, world: World) -> Sequence[AppointmentView]:
    """The appointments that everything said fits; all of them where nothing was said."""
    slots = understood.slots
    found = list(world.appointments())
    for matches in (
        [a for a in found if slots.department and a.doctor.department == slots.department],
        [a for a in found if a.doctor.name in slots.doctors],
        [a for a in found if slots.patient and people.fits(a.patient, slots.patient)],
        [a for a in found if a.day in (slots.from_dates or slots.dates)],
        [a for a in found if slots.period and a.period.value == slots.period],
    ):
        narrowed = [a for a in found if a in matches]
        found = narrowed or found
    return found


def heard(understood: Understood, world: World, values: Values) -> Heard:
    """An appointment named well enough to be the only one; where none is like that, the patient is told."""
    slots, everything = understood.slots, world.appointments()
    if not everything:
        return None
    if slots.day_over:
        return Wrong(texts.over_already(str(slots.invalid_date), everything))
    days = slots.from_dates or slots.dates
    if not (slots.department or slots.doctors or slots.doctor_said or days or slots.patient or slots.period):
        return None
    if unlike := missing(understood, everything, days):
        return Wrong(texts.no_such_visit(unlike, everything))
    found = meant(understood, world)
    return Known(found[0].id) if len(found) == 1 and len(everything) > 1 else None


def missing(
    understood: Understood, everything: Sequence[AppointmentView], days: Sequence[date]
) -> tuple[str, ...]:
    """What was said of an appointment that none of them has, in words: 11月24日（周二）, 眼科, 李晓梅医生."""
    slots = understood.slots
    unlike: list[str] = []
    if slots.patient and not any(people.fits(a.patient, slots.patient) for a in everything):
        unlike.append(slots.patient)
    if days and not any(a.day in days for a in everything):
        unlike.append("、".join(words.day(d) for d in days[:2]))
    elif days and slots.period and not any(_at(a, days, slots.period) for a in everything):
        unlike.append(words.half(days[0], Period(slots.period)))
    if slots.department and not any(a.doctor.department == slots.department for a in everything):
        unlike.append(slots.department)
    named = slots.doctors or ((slots.doctor_said,) if slots.doctor_said else ())
    if named and not any(a.doctor.name in named for a in everything):
        unlike.append(f"{slots.doctor}医生" if slots.doctor else str(slots.doctor_said or named[0]))
    return tuple(unlike)


def _at(seen: AppointmentView, days: Sequence[date], period: str) -> bool:
    return seen.day in days and seen.period.value == period


def unsettled(world: World) -> Matter | None:
    """A suspended visit that still waits for the patient's answer."""
    return next((m for m in world.matters() if not (m.done or m.waits)), None)


def nothing(world: World, sentence: str) -> Said:
    """What there is to say without an appointment: a suspended one that waits comes first."""
    waits = unsettled(world)
    return Said(Reply(sentence)) if waits is None else Said(Reply(""), then=(waits.frame, dict(waits.values)))


def why_not(
    world: World, values: Values, too_late: Callable[[AppointmentView, Policy], DeadlinePassed]
) -> Said:
    """Nothing to change or cancel, or too late."""
    seen = chosen(world, values)
    if seen is None:
        return Said(Reply(refusals.GONE)) if world.appointments() else nothing(world, texts.NONE)
    if not live(seen):
        return Said(Reply(texts.over_now(seen)))
    policy = world.policy(seen.doctor.department_id, seen.doctor.id)
    return Said(Reply(refusals.deadline(too_late(seen, policy), world.phone)))


def listed(text: str, world: World, values: Values) -> Reply:
    """The upcoming appointments, as choices."""
    options = [
        Option(words.visit(a), a.id, words=(a.doctor.name, a.doctor.department, a.code))
        for a in world.appointments()
    ]
    waits = unsettled(world)
    if waits is not None:
        options.append(Option(texts.SUSPENDED, opens(waits.frame, dict(waits.values)), words=("停诊",)))
    return Reply(text, page_of(options, number(values.get("page")), "page", clinics.MORE))
