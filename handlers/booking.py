"""挂号：科室或医生 → 出诊 → 时段 → 就诊人 → 核对确认。一句话里听到的都不再问，改任何一项，依赖它的项会重新定。"""

import re

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Json, Reply
from bot.domain.commands import Book, Command
from bot.domain.outcomes import Booked, ClinicClosed, Outcome, Refused, Taken, TooEarly, TooLate
from bot.domain.world import World
from handlers import finding, guard, heard, people, times
from handlers.texts import booking as texts
from handlers.texts import refusals
from nlu.understood import Understood

_ALSO = re.compile(
    r"也(给[^,]{0,4})?(想|要)?再?(挂|看|约)|再(给[^,]{0,4})?(挂|约)(一?个|一下)?(?!时间)|另外再?(给[^,]{0,4})?(挂|约)"
)
WISH = ("department", "doctors", "days", "period", "kind")
"""What a clinic depends on."""


def _name(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.slots.person_name) if understood.slots.person_name else None


def _id_number(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.slots.id_number) if understood.slots.id_number else None


def _phone(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.slots.phone) if understood.slots.phone else None


def _read_back(world: World, values: Values) -> Reply:
    clinic_id, slot_id, patient_id = values.get("clinic"), values.get("slot"), values.get("patient")
    clinic = world.clinic(clinic_id) if isinstance(clinic_id, int) else None
    if clinic is None:
        return Reply(texts.TAKEN_CLINIC)
    slot = next((s for s in world.slots(clinic.id) if s.id == slot_id), None)
    patient = next((p for p in world.patients() if p.id == patient_id), None)
    if slot is None or patient is None:
        return Reply(texts.clinic_full(clinic))
    said = texts.read_back(clinic, slot, patient)
    return Reply(f"{texts.EARLIEST}\n{said}" if values.get("anyhow") else said)


def _asks_department(world: World, values: Values) -> bool:
    return not values.get("doctors")


def _asks_which(world: World, values: Values) -> bool:
    return len(heard.ids(values.get("doctors"))) > 1


def _asks_day(world: World, values: Values) -> bool:
    return bool(values.get("choose_day")) and not values.get("days")


class Booking(
    Frame,
    id="booking",
    version=1,
    title="挂号",
    intents=("book",),
    takes=("query_slots", "triage", "register_patient"),
):
    """Facets first: heard in any sentence, never asked for; then the questions, in order."""

    symptoms = Slot(hear=heard.symptoms)
    candidates = Slot(hear=heard.candidates)
    other_doctor = Slot(hear=heard.other_doctor)
    doctors = Slot(hear=heard.doctors)
    days = Slot(hear=heard.days)
    asap = Slot(hear=heard.asap)
    period = Slot(hear=heard.period)
    time = Slot(hear=heard.clock_time)
    kind = Slot(hear=heard.kind)
    role = Slot(hear=people.role)
    name = Slot(hear=_name)
    id_number = Slot(hear=_id_number)
    phone = Slot(hear=_phone)
    choose_day = Slot(hear=heard.day_settled)
    choose_patient = Slot()
    department_page = Slot(after=("candidates",))
    doctor_page = Slot(after=("doctors",))
    day_page = Slot(after=("department", "doctors"))
    page = Slot(after=WISH)
    everything = Slot()
    anyhow = Slot(after=("clinic",))
    """随便, said of the clinics: of the times the first one, too."""
    slot_page = Slot(after=("clinic",))

    department = Slot(
        ask=finding.departments,
        hear=heard.department,
        when=_asks_department,
        title="科室",
        hint="心内科，或者「我肚子疼」",
        answer=finding.likeliest,
        otherwise=finding.no_department,
    )
    which_other = Slot(
        ask=finding.which_other,
        answer=finding.anybody,
        when=finding.asks_other,
        hint="1",
        otherwise=finding.no_other,
    )
    which = Slot(ask=finding.which_doctor, when=_asks_which)
    which_day = Slot(ask=finding.days_on_offer, when=_asks_day, hint="下周二", otherwise=finding.no_day)
    clinic = Slot(
        ask=finding.offer_another,
        after=WISH,
        hear=finding.still_fits,
        auto=finding.only_one,
        answer=finding.any_clinic,
        title="医生和日期",
        hint="1，或者「周三上午」",
        otherwise=finding.none_suits,
    )
    slot = Slot(
        ask=times.offer,
        after=("clinic", "time"),
        hear=times.still_fits,
        auto=times.only_one,
        answer=times.answered,
        title="时段",
        hint="1，或者「两点半」",
    )
    patient = Slot(
        ask=people.offer,
        after=("role",),
        hear=people.somebody_new,
        auto=people.only_one,
        answer=people.answered,
        sub="register",
        seed=people.seed,
        title="就诊人",
        hint="1，或者「给我妈看」",
    )
    allowed = Slot(ask=guard.explained, after=("slot", "patient"), auto=guard.nothing_against)
    sure = Confirm(_read_back, after=("clinic", "slot", "patient"))

    def takes_now(self, world: World) -> tuple[str, ...]:
        """上午改下午, with no appointment to change, is about this one."""
        return self.takes if world.appointments() else (*self.takes, "change")

    def another(self, understood: Understood, values: Values) -> bool:
        """我妈也要看: a second booking, once it is known what the first one is for."""
        chosen = values.get("clinic") or values.get("department") or values.get("doctors")
        return bool(chosen) and bool(_ALSO.search(understood.normalized))

    def commit(self, values: Values, key: str) -> Command | None:
        slot, patient = values.get("slot"), values.get("patient")
        if not isinstance(slot, int) or not isinstance(patient, str):
            return None
        return Book(key, slot, patient)

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case Booked(appointment=seen):
                return Said(Reply(texts.booked(seen, world.now)))
            case Taken(slots=slots):
                if any(s.free for s in slots):
                    return Said(Reply(texts.TAKEN_SLOT), done=False, clear=("slot", "time"))
                return Said(Reply(texts.TAKEN_CLINIC), done=False, clear=("clinic", "time"))
            case Refused(why=TooLate() | TooEarly() | ClinicClosed() as why):
                return Said(Reply(refusals.reason(why, world.phone)), done=False, clear=("clinic", "time"))
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)), done=True)
            case _:
                return Said(Reply(texts.TAKEN_CLINIC), done=False, clear=("clinic",))


def prefilled(values: Values) -> dict[str, Json]:
    """What another frame hands to a booking: the facets and the clinic chosen."""
    known = set(Booking.slots) - {
        "choose_day",
        "other_doctor",
        "page",
        "day_page",
        "department_page",
        "doctor_page",
    }
    return {name: value for name, value in values.items() if name in known and value is not None}
