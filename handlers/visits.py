"""Which appointment is meant: by its day, doctor, department or patient, as patients name it."""

from collections.abc import Sequence

from bot.dialog.frame import Heard, Known, Values
from bot.dialog.speech import Json, Option, Reply
from bot.domain.views import AppointmentView
from bot.domain.world import World
from handlers import people
from handlers.paging import number, page_of
from handlers.texts import clinics, words
from nlu.understood import Understood


def chosen(world: World, values: Values) -> AppointmentView | None:
    seen = values.get("appointment")
    return world.appointment(seen) if isinstance(seen, int) else None


def some(world: World, values: Values) -> bool:
    return bool(world.appointments())


def only_one(world: World, values: Values) -> Json:
    found = world.appointments()
    return found[0].id if len(found) == 1 else None


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
    """An appointment named well enough to be the only one."""
    slots = understood.slots
    days = slots.from_dates or slots.dates
    if not (slots.department or slots.doctors or days or slots.patient or slots.period):
        return None
    found, everything = meant(understood, world), world.appointments()
    return Known(found[0].id) if len(found) == 1 and len(everything) > 1 else None


def listed(text: str, world: World, values: Values) -> Reply:
    """The upcoming appointments, as choices."""
    options = [
        Option(words.visit(a), a.id, words=(a.doctor.name, a.doctor.department, a.code))
        for a in world.appointments()
    ]
    return Reply(text, page_of(options, number(values.get("page")), "page", clinics.MORE))
