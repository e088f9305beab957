"""What follows an answer that raised a red flag: its approved text (R42), and where a seat may be looked for."""

from dataclasses import dataclass

from bot.dialog.frame import opens
from bot.dialog.speech import Json, Option
from bot.domain.survey import Advice, SurveyMoved, SurveyView
from bot.domain.world import World
from handlers.texts import questionnaire as texts

URGENT = "urgent"
CRISIS, EMERGENCY, MOOD = "crisis", "emergency", "mood"
"""Approved texts that want another tone (`bot/questionnaires/advice.yaml`)."""
_IN_WORDS = {"words-自伤": CRISIS}
"""Danger signs found in the patient's own words; every other one is an emergency."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is said of it, and how the dialog goes on."""

    text: str = ""
    department: str = ""
    """Where a seat is offered: never beside 120, nor to somebody in despair."""
    alone: bool = False
    """Nothing is asked until the patient says so."""
    gently: bool = False


def heard(outcome: SurveyMoved) -> Heard:
    """Of several texts the most urgent alone: 「打120」 and 「护士会打电话给您」 at once is no help."""
    if not outcome.advice:
        return Heard()
    first = outcome.advice[0]
    if first.level != URGENT:
        kinds = {_kind(each, outcome.survey) for each in outcome.advice}
        return Heard("\n".join(dict.fromkeys(each.text for each in outcome.advice)), gently=MOOD in kinds)
    kind = _kind(first, outcome.survey)
    if kind in (CRISIS, MOOD):
        return Heard(first.text, gently=True)
    return Heard(first.text, "" if kind == EMERGENCY else first.department, alone=True)


def _kind(advice: Advice, seen: SurveyView) -> str:
    rule = next((rule for rule in seen.form.rules if rule.name == advice.flag), None)
    return rule.advice if rule is not None else _IN_WORDS.get(advice.flag, EMERGENCY)


def seats(advice: Heard, seen: SurveyView, world: World) -> tuple[Option, ...]:
    """The next seats of the department that should see it."""
    if not advice.department or world.department(advice.department) is None:
        return ()
    known: dict[str, Json] = {**_booking(seen, advice.department), "asap": True}
    return (Option(f"{texts.SEAT}（{advice.department}）", opens("booking", known)),)


def revisits(outcome: SurveyMoved, world: World) -> tuple[Option, ...]:
    """R33, R40"""
    seen = outcome.survey
    if not outcome.revisit or world.department(seen.department) is None:
        return ()
    return (Option(texts.REVISIT, opens("booking", _booking(seen, seen.department)), texts.REVISIT_WORDS),)


def _booking(seen: SurveyView, department: str) -> dict[str, Json]:
    return {"department": department, **({"patient": seen.patient_id} if seen.patient_id is not None else {})}
