"""问有没有号：按科室、医生、日子列出还能约的，点一个就接着挂号，别的什么都不用重说。"""

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers import finding, heard
from handlers.booking import Booking, prefilled
from nlu.understood import Understood


def _asks_department(world: World, values: Values) -> bool:
    return not values.get("doctors")


def _asks_which(world: World, values: Values) -> bool:
    return len(heard.ids(values.get("doctors"))) > 1


def _asks_day(world: World, values: Values) -> bool:
    return bool(values.get("choose_day")) and not values.get("days")


def _take_it(understood: Understood, world: World, values: Values) -> Heard:
    """就挂这个, 好: the one that fits; 随便: the first."""
    first = finding.first_offered(world, values) if heard.any_will_do(understood) else None
    if first is not None:
        return Known(first.value, {**first.sets, "anyhow": True})
    found = finding.fitting(world, values)
    wants = understood.intent in ("book", "confirm") and not understood.goes_on
    return Known(found[0].id) if wants and len(found) == 1 else None


class QuerySlots(
    Frame, id="query_slots", version=1, title="查号", intents=("query_slots",), takes=("book", "triage")
):
    """Shows, never books; what was heard goes along into the booking."""

    symptoms = Slot(hear=heard.symptoms)
    candidates = Slot(hear=heard.candidates)
    other_doctor = Slot(hear=heard.other_doctor)
    doctors = Slot(hear=heard.doctors)
    days = Slot(hear=heard.days)
    asap = Slot(hear=heard.asap)
    period = Slot(hear=heard.period)
    time = Slot(hear=heard.clock_time)
    kind = Slot(hear=heard.kind)
    role = Slot(hear=Booking.role.hear)
    choose_day = Slot(hear=heard.day_settled)
    department_page = Slot(after=("candidates",))
    doctor_page = Slot(after=("doctors",))
    day_page = Slot(after=("department", "doctors"))
    page = Slot(after=("department", "doctors", "days", "period", "kind"))
    everything = Slot()
    anyhow = Slot(after=("clinic",))

    department = Slot(
        ask=finding.departments,
        hear=heard.department,
        when=_asks_department,
        title="科室",
        hint="心内科",
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
        ask=finding.offer,
        after=("department", "doctors", "days", "period", "kind"),
        answer=_take_it,
        title="医生和日期",
        hint="1，或者「周三上午」",
        otherwise=finding.none_suits,
    )

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return Said(Reply(""), then=("booking", prefilled(values)))
