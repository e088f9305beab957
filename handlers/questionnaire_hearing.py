"""What a message is for the open question: an answer, something about answering, or neither.

Never a guess between two answers, and never an answer where the words plainly ask for something else.
"""

import re
from collections.abc import Sequence

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.dialog.speech import Json
from bot.domain.survey import SurveyView
from bot.domain.world import World
from bot.questionnaires import words
from bot.questionnaires.evaluate import questions
from bot.questionnaires.filling import current, jump
from bot.questionnaires.heard import NotUnderstood, Refused, Signal, Which, tidy
from bot.questionnaires.heard import Understood as Answered
from bot.questionnaires.model import CHOICES, NUMBERS, Item, Type, Value
from bot.questionnaires.words import Dates
from handlers import questionnaire_moves as moves
from handlers import questionnaire_orders as orders
from handlers.questionnaire_asking import GOING
from handlers.questionnaire_days import days
from handlers.texts import answers as told
from nlu.understood import Understood

_TASKS = (
    "book", "query_slots", "change", "cancel", "my_appointments", "register_patient", "unsubscribe", "waitlist", "faq",
    "help", "complaint",
)  # fmt: skip
_NO_REQUESTS = ("triage", "pay", "waitlist")
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
_YES = re.compile(r"(?:嗯|对|是|是的|确定|不答了?|真的|真不答了?|算了)+(?:了|的|吧)*")
_PAIRED = re.compile(r"\d{2,3}\s*/\s*\d{2,3}|高压.*低压|低压.*高压|上压.*下压|空腹.*[餐饭]后|[餐饭]后.*空腹")


def claim(understood: Understood, world: World, values: Values) -> Heard:
    """See `bot.dialog.frame.Slot`."""
    seen = moves.view(world, values)
    if seen is None:
        return None
    item, dates = moves.asked(seen, values), days(understood, world.now.date())
    order = orders.read(understood)
    if order is None and understood.intent == "back" and moves.before(seen, item) is not None:
        order = orders.Order("back")
    if order is not None:
        found = _ordered(order, seen, item, values, dates)
        if found is not None:
            return found
    if item is None:
        return _number_to_change(understood, seen, dates)
    if moves.giving_up(values):
        return _whether_to_stop(understood, item, values, dates)
    return _answer(understood, item, values, dates)


def keeps(understood: Understood, world: World, values: Values) -> Heard:
    """Words that were answered as a danger, where they answer the question as well."""
    seen = moves.view(world, values)
    item = moves.asked(seen, values) if seen is not None else None
    if item is None or moves.giving_up(values):
        return None
    match words.understand(item, understood.text):
        case Answered(given):
            return Known(moves.give(item, given, danger=True), GOING)
    return None


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


# -- about answering ---------------------------------------------------------------------------


def _ordered(order: orders.Order, seen: SurveyView, item: Item | None, values: Values, dates: Dates) -> Heard:
    match order.kind:
        case "back":
            first = item is not None and moves.before(seen, item) is None
            return Known(moves.tell("first") if first else moves.BACK)
        case "jump":
            return _jump(order, seen, dates)
        case "wrong":
            return _corrected(order, seen, item, dates)
        case "stop":
            return Known(moves.STOP) if moves.giving_up(values) else Known(None, {"doubt": moves.SURE})
        case "keep":
            return _kept(seen, item)
    return Known(moves.tell(order.kind))


def _jump(order: orders.Order, seen: SurveyView, dates: Dates) -> Heard:
    asked = questions(seen.form, seen.filling.answers)
    if not 1 <= order.number <= len(asked):
        return Wrong(told.not_that_many(len(asked)))
    if jump(seen.form, seen.filling, order.number) is None:
        return Wrong(told.no_such(_reached(seen)))
    item = asked[order.number - 1]
    if order.rest:
        match words.understand(item, order.rest, dates):
            case Answered(given):
                return Known(moves.give(item, given), GOING)
            case Refused(why):
                return Wrong(told.refused(item, why.why, why.limit))
    return Known(moves.jump(order.number), GOING)


def _reached(seen: SurveyView) -> int:
    order = questions(seen.form, seen.filling.answers)
    reached = (n for n in range(len(order), 0, -1) if jump(seen.form, seen.filling, n) is not None)
    return next(reached, 0)


def _corrected(order: orders.Order, seen: SurveyView, item: Item | None, dates: Dates) -> Heard:
    """不对，是7分: of the answer before; 说错了 alone goes back to it."""
    before = moves.before(seen, item)
    if before is None:
        return None
    if not order.rest:
        return Known(moves.BACK, GOING)
    match words.understand(before, order.rest, dates):
        case Answered(given):
            return Known(moves.give(before, given), GOING)
    return None


def _kept(seen: SurveyView, item: Item | None) -> Heard:
    if item is None:
        return Known(moves.tell("keep"))
    given = seen.filling.answers.get(item.link_id)
    return Known(moves.give(item, given), GOING) if given else None


def _number_to_change(understood: Understood, seen: SurveyView, dates: Dates) -> Heard:
    """2, where it was asked which answer to change."""
    number = orders.number(orders.bare(understood.text)) if understood.slots.choice is not None else 0
    return _jump(orders.Order("jump", number), seen, dates) if number else None


def _whether_to_stop(understood: Understood, item: Item, values: Values, dates: Dates) -> Heard:
    plain = orders.bare(understood.text)
    if understood.goes_on or "接着" in plain or "继续" in plain:
        return Known(None, {"doubt": None})
    if _YES.fullmatch(plain):
        return Known(moves.STOP)
    if understood.slots.choice is not None:
        return None
    return _answer(understood, item, {**values, "doubt": None}, dates)


# -- an answer ---------------------------------------------------------------------------------


def _answer(understood: Understood, item: Item, values: Values, dates: Dates) -> Heard:
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
            return Known(moves.give(item, given), {**GOING, **_along(item, text)}, besides=also)
        case Which(several):
            return Known(None, {**GOING, "doubt": moves.unsure(item, several)})
        case Refused(why):
            return Wrong(told.refused(item, why.why, why.limit))
        case Signal(what):
            return _passed(item, what)
        case NotUnderstood() if understood.intent in _NO_REQUESTS and understood.confidence >= _SURE:
            complains = understood.intent == "triage" and (item.repeats or bool(understood.slots.symptoms))
            return Wrong(told.symptom(item, text.strip()) if complains else told.unclear(item))
    return None


def _passed(item: Item, what: str) -> Heard:
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
