"""不知道挂哪个科：按症状给出几个科室让患者自己选，接着挂号；不看病、不下诊断（R42）。"""

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Json, Option, Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers import finding, heard
from handlers.booking import Booking, prefilled
from handlers.texts import clinics
from handlers.texts import triage as texts
from nlu.triage import Answer, questions
from nlu.understood import Understood


def _departments(world: World, values: Values) -> Reply:
    if heard.names(values.get("candidates")) or values.get("everything"):
        return finding.departments(world, values)
    return Reply(clinics.WHERE_DOES_IT_HURT)


def _question(understood: Understood, world: World, values: Values) -> Heard:
    """The one question worth asking; one that is open is kept while it is being answered."""
    if _answered(understood, world, values) is not None:
        return None
    if understood.clarify and not values.get("detail"):
        return Known(understood.clarify)
    return Known(None) if understood.candidates and values.get("question") else None


def _asks_detail(world: World, values: Values) -> bool:
    return (
        isinstance(values.get("question"), str) and not values.get("department") and not values.get("doctors")
    )


def _detail(world: World, values: Values) -> Reply:
    asked = questions()[str(values["question"])]
    answers = [Option(a.label, a.label, a.words, _narrowed(a, world, values)) for a in asked.answers]
    return Reply(texts.detail(asked.ask), (*answers, Option(texts.UNSURE, texts.UNSURE, texts.UNSURE_WORDS)))


def _narrowed(answer: Answer, world: World, values: Values) -> dict[str, Json]:
    """What an answer leaves of the candidates, and the answer for later complaints."""
    asked = questions()[str(values["question"])]
    left = asked.narrowed(answer, heard.names(values.get("candidates")), _known(world))
    kept = [f"{asked.id}:{answer.label}"] if asked.lasting else []
    return {
        "candidates": list[Json](left),
        "answers": list[Json]([*heard.names(values.get("answers")), *kept]),
    }


def _known(world: World) -> frozenset[str]:
    return frozenset(d.name for d in world.departments())


def _candidates(understood: Understood, world: World, values: Values) -> Heard:
    """A further complaint's departments, in the light of what was answered about the person."""
    found = heard.candidates(understood, world, values)
    if (
        not isinstance(found, Known)
        or not found.value
        or understood.slots.department
        or understood.slots.patient
    ):
        return found  # 孩子也咳嗽: of somebody else
    left = heard.names(found.value)
    for said in heard.names(values.get("answers")):
        question, _, label = said.partition(":")
        left = tuple(questions()[question].remembered(label, left, _known(world)))
    return Known(list[Json](left))


def _answered(understood: Understood, world: World, values: Values) -> Heard:
    """The answer in the patient's own words."""
    asked = questions().get(str(values.get("question")))
    answer = asked.answered(understood.normalized) if asked and not values.get("detail") else None
    return Known(answer.label, _narrowed(answer, world, values)) if answer else None


class Triage(
    Frame, id="triage", version=1, title="选科室", intents=("triage",), takes=("book", "query_slots")
):
    """Symptoms → candidates → one question where it tells them apart → the patient's choice → booking."""

    symptoms = Slot(hear=heard.symptoms)
    candidates = Slot(hear=_candidates)
    answers = Slot()
    doctors = Slot(hear=heard.doctors)
    days = Slot(hear=heard.days)
    asap = Slot(hear=heard.asap)
    period = Slot(hear=heard.period)
    time = Slot(hear=heard.clock_time)
    kind = Slot(hear=heard.kind)
    role = Slot(hear=Booking.role.hear)
    question = Slot(hear=_question)
    department_page = Slot(after=("candidates",))
    everything = Slot()
    detail = Slot(ask=_detail, after=("question",), when=_asks_detail, answer=_answered, hint=texts.UNSURE)
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
