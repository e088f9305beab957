"""An answer to the open question in the patient's own words: never a guess, never where the words ask for something."""

import re
from collections.abc import Sequence

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.dialog.speech import Json
from bot.domain.world import World
from bot.questionnaires import words
from bot.questionnaires.choosing import unheard
from bot.questionnaires.filling import current
from bot.questionnaires.heard import NotUnderstood, Refused, Signal, Which, tidy
from bot.questionnaires.heard import Understood as Answered
from bot.questionnaires.model import CHOICES, NUMBERS, Item, Type, Value
from bot.questionnaires.words import Dates
from handlers import questionnaire_moves as moves
from handlers import questionnaire_orders as orders
from handlers.questionnaire_asking import GOING
from handlers.texts import answers as told
from nlu.understood import Understood

_TASKS = (
    "book", "query_slots", "change", "cancel", "my_appointments", "register_patient", "unsubscribe", "waitlist", "faq",
    "help", "complaint",
)  # fmt: skip
_NO_REQUESTS = ("triage", "pay", "waitlist", "complaint")
"""Intents that a word is enough for (便秘, 费用): in answer to a question it asks for nothing."""
_ALSO = re.compile(
    r"(?:帮|给|替)我.{0,4}(?:挂|约|退|改|查)|(?:想|要|得)(?:去)?(?:再)?(?:挂|约|退|预约)|挂个?号"
)
_WANTS = re.compile(
    r"(?:请|麻烦|能不能|可以)?(?:你们?|您)?(?:再|先)?(?:帮|给|替)(?:我|忙)|(?:^|我)(?:想|要|还要|还想)(?:挂|约|退|改|查|预约|取消|看看号)"
    r"|挂个?号|[吗么?]$|怎么(?:走|去|办|挂|约)|在哪|几点"
)
_SURE = 0.55
_SHORT = 24
"""A longer message tells a story; what it mentions is no request."""
_NODS = ("confirm", "thanks", "greet")
_PAIRED = re.compile(r"\d{2,3}\s*/\s*\d{2,3}|高压.*低压|低压.*高压|上压.*下压|空腹.*[餐饭]后|[餐饭]后.*空腹")


def answer(understood: Understood, item: Item, values: Values, dates: Dates) -> Heard:
    text, chosen = understood.text, moves.chosen(item, values)
    if chosen and orders.no_more(text):
        return Known(moves.give(item, chosen), GOING)
    if _free(item) and (_requests(understood) or _only_nods(understood)):
        return None
    heard = words.understand(item, text, dates)
    if _picks_from_shown(understood, item, values, heard):
        return None
    match heard:
        case Answered(given):
            if chosen and not _alone(item, given):
                given = (*chosen, *(value for value in given if value not in chosen))
            elif chosen:
                given = chosen
            also = bool(_ALSO.search(text)) and not _free(item)
            partly = item.repeats and not chosen and unheard(item, tidy(text))
            move = moves.give(item, given, **({"partly": True} if partly else {}))
            return Known(move, {**GOING, **_along(item, text)}, besides=also)
        case Which(several):
            return Known(None, {**GOING, "doubt": moves.unsure(item, several)})
        case Refused(why):
            return Wrong(told.refused(item, why.why, why.limit))
        case Signal(what):
            return passed(item, what)
        case NotUnderstood() if understood.intent in _NO_REQUESTS and understood.confidence >= _SURE:
            if understood.intent == "complaint":
                return None if "诉" in text or "举报" in text else Wrong(told.displeased(text.strip()))
            complains = understood.intent == "triage" and (item.repeats or bool(understood.slots.symptoms))
            return Wrong(told.symptom(item, text.strip()) if complains else told.unclear(item))
    return None


def passed(item: Item, what: str) -> Heard:
    if not item.required:
        return Known(moves.skip(item), GOING)
    return Wrong(told.unknown(item) if what == "unknown" else told.needed(item))


def _along(item: Item, text: str) -> dict[str, Json]:
    paired = item.type in NUMBERS and _PAIRED.search(tidy(text))
    return {"told": {"after": item.link_id, "text": text}} if paired else {}


def _alone(item: Item, given: Sequence[Value]) -> bool:
    alone = {option.code for option in item.options if option.exclusive}
    return any(getattr(value, "code", None) in alone for value in given)


def _free(item: Item) -> bool:
    return item.type in (Type.STRING, Type.TEXT)


def _requests(understood: Understood) -> bool:
    """帮我挂个号, where anything may be written."""
    if understood.intent not in _TASKS or understood.confidence < _SURE or len(understood.text) > _SHORT:
        return False
    return bool(_WANTS.search(understood.text))


def _only_nods(understood: Understood) -> bool:
    """好的 is nothing to be written down."""
    return understood.intent in _NODS and len(understood.text) <= 4


def _picks_from_shown(understood: Understood, item: Item, values: Values, heard: object) -> bool:
    """「1」, where other choices than the question's own were shown: which of them is not this module's to say."""
    number = understood.slots.choice
    if number is None:
        return False
    if _free(item):
        return len(orders.bare(understood.text)) <= 3
    unsure = moves.among(item, values)
    if not unsure or item.repeats:
        return False
    if item.type in CHOICES:
        return True
    given = heard.values if isinstance(heard, Answered) else ()
    return not (given and given[0] in unsure) and 1 <= number <= len(unsure)


def told_along(world: World, values: Values) -> Json:
    """140/90 answers the question for the high pressure, and the next one too."""
    seen = moves.view(world, values)
    match values.get("told"):
        case {"after": str(link), "text": str(text)} if seen is not None:
            item = current(seen.form, seen.filling)
            before = moves.before(seen, item)
            if item is None or before is None or before.link_id != link or item.type not in NUMBERS:
                return None
            heard = words.understand(item, text)
            if isinstance(heard, Answered) and not seen.filling.answers.get(item.link_id):
                return moves.give(item, heard.values, along=True)
    return None
