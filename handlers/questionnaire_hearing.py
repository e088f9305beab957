"""What a message is for the open question: an answer, something about answering, or neither.

Never a guess between two answers, and never an answer where the words plainly ask for something else.
"""

import re

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.domain.survey import SurveyView
from bot.domain.world import World
from bot.questionnaires import words
from bot.questionnaires.evaluate import questions
from bot.questionnaires.filling import jump
from bot.questionnaires.heard import Refused, signal, tidy
from bot.questionnaires.heard import Understood as Answered
from bot.questionnaires.model import Item
from bot.questionnaires.words import Dates
from handlers import questionnaire_answering as answering
from handlers import questionnaire_moves as moves
from handlers import questionnaire_orders as orders
from handlers.questionnaire_asking import GOING
from handlers.questionnaire_days import days
from handlers.texts import answers as told
from handlers.texts import questionnaire as texts
from nlu.understood import Understood

_YES = re.compile(r"(?:嗯|对|是|是的|确定|不答了?|真的|真不答了?|算了)+(?:了|的|吧)*")


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
        if found is None and order.kind == "keep" and "不改" in understood.text:
            return Wrong(texts.AS_IT_WAS)  # said after a change: of what was answered, not of this question
        if found is not None:
            return found
    if item is None:
        return _number_to_change(understood, seen, dates)
    if moves.giving_up(values):
        return _whether_to_stop(understood, item, values, dates)
    if (kept := _left_alone(understood, seen, item)) is not None:
        return kept
    return answering.answer(understood, item, values, dates)


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


def passes(understood: Understood, world: World, values: Values) -> Heard:
    """忘了, where something else was said last (what to do about a danger): of the open question all the same."""
    seen = moves.view(world, values)
    item = moves.asked(seen, values) if seen is not None else None
    aside = signal(tidy(understood.text))
    return answering.passed(item, aside.what) if item is not None and aside is not None else None


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


def _left_alone(understood: Understood, seen: SurveyView, item: Item) -> Heard:
    """跳过, 下一题 of a question that is looked at again: its answer stays."""
    aside = signal(tidy(understood.text))
    return _kept(seen, item) if aside is not None and aside.what == "skip" else None


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
    return answering.answer(understood, item, {**values, "doubt": None}, dates)
