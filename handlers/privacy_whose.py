"""Whose information a right is about, and what every right says in the same words: it is another's, it is asked for."""

from bot.dialog.frame import Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.outcomes import Outcome, Refused
from bot.domain.rights import PrivacyAsked, RightsView, VisitsFirst, Whose
from bot.domain.views import PatientView, Relation
from bot.domain.world import World
from handlers import people
from handlers.texts import privacy as texts
from handlers.texts import refusals, words
from nlu.understood import Understood


def patient_of(world: World, values: Values) -> PatientView | None:
    return next((p for p in world.patients() if p.id == values.get("patient")), None)


def rights_of(world: World, values: Values) -> RightsView | None:
    chosen = values.get("patient")
    return world.rights(chosen) if isinstance(chosen, str) else None


def name_of(world: World, values: Values) -> str:
    patient = patient_of(world, values)
    return patient.masked_name if patient is not None else ""


def registered(world: World, values: Values) -> bool:
    return bool(world.patients())


def allowed(world: World, values: Values) -> bool:
    """What the chat may begin for this patient: not for an adult who answers for themselves."""
    rights = rights_of(world, values)
    return rights is not None and rights.whose is not Whose.ADULT


def _whose(world: World, values: Values) -> Reply:
    return Reply(texts.WHOSE, tuple(Option(words.patient(p), p.id) for p in world.patients()))


def _answers_whose(understood: Understood, world: World, values: Values) -> Heard:
    found = people.by_name(understood.text, world.patients())
    return Known(found[0].id) if len(found) == 1 else None


def _mine(world: World, values: Values) -> Json:
    """「我的」 is one's own, where one is registered; else the only one there is.  「我妈的」 is hers, or asked for:
    never one's own."""
    everyone, role = world.patients(), values.get("role")
    if isinstance(role, str):
        found = [p.id for p in everyone if people.fits(p, role)]
        return found[0] if len(found) == 1 else None
    own = [p.id for p in everyone if p.relation is Relation.SELF]
    return own[0] if own else everyone[0].id if len(everyone) == 1 else None


ROLE = Slot(hear=people.role)
PATIENT = Slot(
    ask=_whose, answer=_answers_whose, after=("role",), auto=_mine, when=registered, title="就诊人", hint="1"
)


def failed(outcome: Outcome | None, world: World, values: Values) -> Said:
    """Nothing was done: whose it is, or nobody's."""
    if isinstance(outcome, VisitsFirst):
        return Said(
            Reply(texts.visits_first(outcome.visits), (Option("我的预约", opens("my_appointments")),)),
            holds=True,
        )
    patient = patient_of(world, values)
    if patient is None:
        return Said(Reply(refusals.GONE if world.patients() else texts.NOBODY))
    if not allowed(world, values):
        return Said(
            Reply(texts.adult(patient.masked_name, world.phone), _ways_for_adult(patient)), holds=True
        )
    why = outcome.why if isinstance(outcome, Refused) else None
    return Said(Reply(refusals.reason(why, world.phone) if why is not None else refusals.GONE))


def _ways_for_adult(patient: PatientView) -> tuple[Option, ...]:
    known: dict[str, Json] = {"patient": patient.id}
    return (
        Option("移除", opens("unlink", dict(known)), words=("从名单里移除",)),
        Option(texts.WITHDRAW, opens("privacy_withdraw", dict(known))),
    )


def asked(outcome: PrivacyAsked) -> Said:
    return Said(Reply(texts.asked(outcome.kind, outcome.masked_name, outcome.due_on)))
