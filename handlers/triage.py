"""不知道挂哪个科：按症状给出几个科室让患者自己选，接着挂号；不看病、不下诊断（R42）。"""

from bot.dialog.frame import Frame, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers import finding, heard
from handlers.booking import Booking, prefilled
from handlers.texts import clinics as texts


def _departments(world: World, values: Values) -> Reply:
    if heard.names(values.get("candidates")) or values.get("everything"):
        return finding.departments(world, values)
    return Reply(texts.WHERE_DOES_IT_HURT)


class Triage(
    Frame, id="triage", version=1, title="选科室", intents=("triage",), takes=("book", "query_slots")
):
    """Symptoms → candidates → the patient's choice → booking."""

    symptoms = Slot(hear=heard.symptoms)
    candidates = Slot(hear=heard.candidates)
    doctors = Slot(hear=heard.doctors)
    days = Slot(hear=heard.days)
    asap = Slot(hear=heard.asap)
    period = Slot(hear=heard.period)
    time = Slot(hear=heard.clock_time)
    kind = Slot(hear=heard.kind)
    role = Slot(hear=Booking.role.hear)
    department_page = Slot(after=("candidates",))
    everything = Slot()
    department = Slot(
        ask=_departments,
        hear=heard.department,
        after=("candidates",),
        title="科室",
        hint="胃疼两天了，或者「消化内科」",
        answer=finding.likeliest,
        otherwise=finding.no_department,
    )

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return Said(Reply(""), then=("booking", prefilled(values)))
