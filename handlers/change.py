"""改约：先听出改哪一个、改到什么时候，同一位医生的时间在前；新号占好才退旧号（R16），核对后再改。"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values, Wrong
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Change as ChangeCommand
from bot.domain.commands import Command
from bot.domain.outcomes import Changed, DeadlinePassed, Outcome, Refused, Taken
from bot.domain.policy import Policy
from bot.domain.views import AppointmentView
from bot.domain.world import World
from handlers import finding, guard, heard, people, times, visits
from handlers.booking import WISH
from handlers.texts import booking, clinics, refusals
from handlers.texts import visits as texts
from nlu.understood import Understood

_TARGET = re.compile(r"(改|换|挪|调|推迟?|提前|延)(一下)?(到|成|为|去|至|在)|想?(改|换)(约|个)?(在|去)")

_THE_ONE = re.compile(r"的那?个?(号|预约|挂号)")
"""明天的号改一下: tomorrow is when the appointment is."""
_SOMEBODY = re.compile(r"(换|改|转)(成|为|给|让).{0,6}(看|用|去)")
"""改成给我老公看: the number is in somebody's name."""
_HALF = re.compile(r"[早晚]|[上中下]午|点|时|\d")


def _days(understood: Understood, world: World, values: Values) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """The days said, as (days of the appointment meant, new days): 把周二的改到周四.

    Where the words leave it open and no appointment is chosen yet, a day on which there is one means that one.
    """
    slots = understood.slots
    if slots.from_dates or values.get("appointment") or _TARGET.search(understood.normalized):
        return slots.from_dates, slots.dates
    if _THE_ONE.search(understood.normalized):
        return slots.dates, ()
    booked = {a.day for a in world.appointments()}
    old = tuple(d for d in slots.dates if d in booked)[:1]
    return old, tuple(d for d in slots.dates if d not in old)


def _appointment(understood: Understood, world: World, values: Values) -> Heard:
    """Which one: named by the day it is on, its doctor, department or patient."""
    everything = world.appointments()
    if values.get("appointment") is not None or not everything:
        return None
    old, _ = _days(understood, world, values)
    slots = understood.slots
    if slots.patient and _SOMEBODY.search(understood.normalized):
        return Wrong(texts.NOT_TRANSFERABLE)
    if slots.day_over:
        return Wrong(texts.over_already(str(slots.invalid_date), everything))
    if unlike := _missing(understood, everything, old):
        return Wrong(texts.no_such_visit(unlike, everything))
    if len(everything) < 2:
        return None
    found = [
        a
        for a in everything
        if (not old or a.day in old)
        and (not slots.department or a.doctor.department == slots.department)
        and (not slots.doctors or a.doctor.name in slots.doctors)
        and (not slots.patient or people.fits(a.patient, slots.patient))
    ]
    return Known(found[0].id) if len(found) == 1 else None


def _missing(
    understood: Understood, everything: Sequence[AppointmentView], old: tuple[date, ...]
) -> tuple[str, ...]:
    """What none of the appointments has.  A colleague's name in the same department is a wish, and so is a half-day."""
    slots = understood.slots
    same_department = any(a.doctor.department == slots.department for a in everything)
    if same_department or not (old or slots.department):
        slots = replace(slots, doctor=None, doctors=(), doctor_said=None)
    return visits.missing(replace(understood, slots=replace(slots, period=None)), everything, old)


def _new_days(understood: Understood, world: World, values: Values) -> Heard:
    if understood.slots.day_over and not values.get("appointment"):
        return None
    if understood.slots.invalid_date or not understood.slots.dates:
        return heard.days(understood, world, values)
    _, new = _days(understood, world, values)
    return Known([d.isoformat() for d in new]) if new else None


def _new_period(understood: Understood, world: World, values: Values) -> Heard:
    """周二下午的改到周四: a half-day said of the old appointment is not the new one's."""
    before, _, after = understood.normalized.rpartition(_target(understood))
    if before and not _HALF.search(after):
        return None
    return heard.period(understood, world, values)


def _target(understood: Understood) -> str:
    """改到, 换成: what stands before the new time; nothing where the words have no such place."""
    found = _TARGET.search(understood.normalized)
    return found.group() if found else "\0"


def _doctors(understood: Understood, world: World, values: Values) -> Heard:
    """Another doctor, where one is named who is not the appointment's."""
    seen = visits.chosen(world, values)
    result = heard.doctors(understood, world, values)
    if seen is None or not isinstance(result, Known):
        return result if isinstance(result, Known) and result.value is None else None
    others = [i for i in heard.ids(result.value) if i != seen.doctor.id]
    return Known(list[Json](others)) if others else Known(None) if result.value is None else None


def _same_doctor(world: World, values: Values) -> Json:
    """Times of the same doctor come first; 「换个医生」 opens the department."""
    seen = visits.chosen(world, values)
    return [seen.doctor.id] if seen and not values.get("any_doctor") else None


def _any_doctor(understood: Understood, world: World, values: Values) -> Heard:
    result = heard.doctors(understood, world, values)
    return Known(True) if isinstance(result, Known) and result.value is None else None


def _department(world: World, values: Values) -> Json:
    seen = visits.chosen(world, values)
    return seen.doctor.department if seen else None


def _patient(world: World, values: Values) -> Json:
    seen = visits.chosen(world, values)
    return seen.patient.id if seen else None


def _open(world: World, values: Values) -> bool:
    """Whether there is something to change, in time (R16)."""
    seen = visits.chosen(world, values)
    return seen is not None and visits.live(seen) and world.now <= seen.changeable_until


def _asks_day(world: World, values: Values) -> bool:
    return _open(world, values) and bool(values.get("choose_day")) and not values.get("days")


def _which(world: World, values: Values) -> Reply:
    return visits.listed(texts.WHICH_CHANGE, world, values)


def _new_clinic(world: World, values: Values) -> Reply:
    seen = visits.chosen(world, values)
    offered = finding.offer_another(world, values)
    if seen is None or values.get("days") or values.get("page"):
        return offered
    return Reply(texts.new_times(seen), offered.options) if offered.options else offered


def _none_suits(world: World, values: Values) -> tuple[Option, ...]:
    """都不要: another day, or the department's other doctors."""
    other_day, *_ = finding.none_suits(world, values)
    if values.get("any_doctor"):
        return (other_day,)
    return other_day, Option(clinics.OTHER_DOCTOR, None, sets={"doctors": None, "any_doctor": True})


def _nothing_against(world: World, values: Values) -> Json:
    seen = visits.chosen(world, values)
    return True if seen and guard.refusal(world, values, moving=seen.id) is None else None


def _explained(world: World, values: Values) -> Reply:
    seen = visits.chosen(world, values)
    if seen is not None and seen.slot_id == values.get("slot"):
        return Reply(texts.SAME_TIME, guard.OTHER_TIMES)
    return guard.explained(world, values, moving=seen.id if seen else None)


def _read_back(world: World, values: Values) -> Reply:
    seen, clinic_id = visits.chosen(world, values), values.get("clinic")
    clinic = world.clinic(clinic_id) if isinstance(clinic_id, int) else None
    slot = next((s for s in world.slots(clinic.id) if s.id == values.get("slot")), None) if clinic else None
    if seen is None or clinic is None or slot is None:
        return Reply(booking.TAKEN_CLINIC + texts.KEPT)
    return Reply(texts.read_back_change(seen, clinic, slot))


class Change(Frame, id="change", version=1, title="改约", intents=("change",), takes=("book", "query_slots")):
    """Two days in one sentence have two roles; everything about the old appointment is known from it."""

    page = Slot(after=WISH)
    appointment = Slot(
        ask=_which, hear=_appointment, auto=visits.only_one, when=visits.some, title="改哪一个", hint="1"
    )
    days = Slot(hear=_new_days, after=("appointment",))
    asap = Slot(hear=heard.asap)
    period = Slot(hear=_new_period)
    time = Slot(hear=heard.clock_time)
    kind = Slot(hear=heard.kind)
    any_doctor = Slot(hear=_any_doctor)
    doctors = Slot(hear=_doctors, auto=_same_doctor, after=("appointment", "any_doctor"))
    department = Slot(auto=_department, after=("appointment",))
    patient = Slot(auto=_patient, after=("appointment",))
    choose_day = Slot(hear=heard.day_settled)
    day_page = Slot(after=("doctors",))
    slot_page = Slot(after=("clinic",))
    anyhow = Slot(after=("clinic",))
    which_day = Slot(ask=finding.days_on_offer, when=_asks_day, hint="下周二")
    clinic = Slot(
        ask=_new_clinic,
        after=(*WISH, "appointment"),
        hear=finding.still_fits,
        auto=finding.only_one,
        answer=finding.any_clinic,
        when=_open,
        title="日期",
        hint="1，或者「周四上午」",
        otherwise=_none_suits,
    )
    slot = Slot(
        ask=times.offer,
        after=("clinic", "time"),
        hear=times.still_fits,
        auto=times.only_one,
        answer=times.answered,
        when=_open,
        title="时段",
        hint="1，或者「两点半」",
    )
    allowed = Slot(ask=_explained, after=("slot",), auto=_nothing_against, when=_open)
    sure = Confirm(_read_back, after=("appointment", "clinic", "slot"), when=_open)

    def commit(self, values: Values, key: str) -> Command | None:
        appointment, slot = values.get("appointment"), values.get("slot")
        if isinstance(appointment, int) and isinstance(slot, int):
            return ChangeCommand(key, appointment, slot)
        return None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case Changed(appointment=seen, before=before):
                return Said(Reply(texts.changed(seen, before)))
            case Taken(slots=slots):
                again = "slot" if any(s.free for s in slots) else "clinic"
                return Said(Reply(texts.TAKEN), done=False, clear=(again, "time"))
            case Refused(why=why):
                return Said(Reply(f"{refusals.reason(why, world.phone)}\n{texts.KEPT}"))
            case _:
                return visits.why_not(world, values, _too_late)


def _too_late(seen: AppointmentView, policy: Policy) -> DeadlinePassed:
    return DeadlinePassed("change", seen.changeable_until, policy.change_deadline_minutes)
