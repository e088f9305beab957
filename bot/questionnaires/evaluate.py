"""Which questions are open, which comes next, and whether an answer can stand: pure functions of the answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.questionnaires.model import (
    ASKED,
    NUMBERS,
    Answers,
    Coded,
    Condition,
    Free,
    Item,
    Questionnaire,
    Type,
    Value,
)

LONGEST = {Type.STRING: 200, Type.TEXT: 1000, Type.OPEN_CHOICE: 200}
"""Characters where the item says nothing."""
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer cannot stand; said in ``handlers/texts``."""

    why: str
    """kind | option | low | high | whole | long | empty | many | twice | exclusive"""
    limit: Decimal | date | int | None = None


def enabled(questionnaire: Questionnaire, answers: Answers) -> tuple[Item, ...]:
    """Every item that is to be shown, in order.

    An item below one that is not enabled is not either; what stands below a question waits for its answer (a response
    has no other place for it); and a question that is not enabled has no answer, whatever was answered before.
    """
    found: dict[str, Item] = {}
    for item in _open(questionnaire.items, _Live(answers, found)):
        found[item.link_id] = item
    return tuple(found.values())


class _Live(Mapping[str, tuple[Value, ...]]):
    """Answers of the questions that are enabled so far.

    Conditions look backwards only (the linter sees to that), so one pass in reading order decides everything.
    """

    def __init__(self, answers: Answers, found: Mapping[str, Item]) -> None:
        self._answers, self._found = answers, found

    def __getitem__(self, link_id: str) -> tuple[Value, ...]:
        if link_id not in self._found:
            raise KeyError(link_id)
        return self._answers[link_id]

    def __iter__(self) -> Iterator[str]:
        return (link_id for link_id in self._answers if link_id in self._found)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _open(items: tuple[Item, ...], answers: Answers) -> Iterator[Item]:
    for item in items:
        if _shown(item, answers):
            yield item
            if item.type not in ASKED or answers.get(item.link_id):
                yield from _open(item.items, answers)


def _shown(item: Item, answers: Answers) -> bool:
    if not item.when:
        return True
    held = (holds(condition, answers) for condition in item.when)
    return all(held) if item.every else any(held)


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether any answer to its question meets it.

    ``!=`` is met when none is equal.  R4 leaves open what no answer means; here it means no: a question that was never
    asked opens nothing.
    """
    given = answers.get(condition.question, ())
    match condition.operator:
        case "exists":
            return bool(given) is condition.value
        case "!=":
            return bool(given) and all(value != condition.value for value in given)
        case "=":
            return condition.value in given
        case operator:
            return any(_compared(value, operator, condition.value) for value in given)


def _compared(left: Value, operator: str, right: Value) -> bool:
    if not (isinstance(left, Decimal) and isinstance(right, Decimal)):
        if not (isinstance(left, date) and isinstance(right, date)):
            return False
        return _by_sign((left > right) - (left < right), operator)
    return _by_sign((left > right) - (left < right), operator)


def _by_sign(sign: int, operator: str) -> bool:
    return {">": sign > 0, "<": sign < 0, ">=": sign >= 0, "<=": sign <= 0}[operator]


def questions(questionnaire: Questionnaire, answers: Answers) -> tuple[Item, ...]:
    """The enabled items that want an answer."""
    return tuple(item for item in enabled(questionnaire, answers) if item.type in ASKED)


def upcoming(
    questionnaire: Questionnaire, answers: Answers, skipped: frozenset[str] = frozenset()
) -> Item | None:
    """The next question: the first without an answer that was not skipped; None: all is said."""
    for item in questions(questionnaire, answers):
        if not answers.get(item.link_id) and (item.required or item.link_id not in skipped):
            return item
    return None


def progress(questionnaire: Questionnaire, answers: Answers, link_id: str) -> tuple[int, int]:
    """(3, 10): the how manieth question this is, of how many as things stand."""
    order = [item.link_id for item in questions(questionnaire, answers)]
    return (order.index(link_id) + 1 if link_id in order else len(order)), len(order)


def pruned(questionnaire: Questionnaire, answers: Answers) -> dict[str, tuple[Value, ...]]:
    """Only what was asked: an answer to a question that an earlier correction has closed is left out."""
    live = {item.link_id for item in questions(questionnaire, answers)}
    return {link_id: given for link_id, given in answers.items() if link_id in live and given}


def missing(questionnaire: Questionnaire, answers: Answers) -> tuple[Item, ...]:
    """Required questions without an answer."""
    return tuple(i for i in questions(questionnaire, answers) if i.required and not answers.get(i.link_id))


def refusal(item: Item, given: tuple[Value, ...]) -> Refusal | None:
    """Why ``given`` is no answer to ``item``; None: it is one."""
    if not given:
        return Refusal("empty")
    if len(given) > 1 and not item.repeats:
        return Refusal("many")
    if len(set(given)) < len(given):
        return Refusal("twice")
    if len(given) > 1 and any(_exclusive(item, value) for value in given):
        return Refusal("exclusive")
    return next((why for value in given if (why := _refused(item, value)) is not None), None)


def _exclusive(item: Item, value: Value) -> bool:
    option = item.option(value.code) if isinstance(value, Coded) else None
    return option is not None and option.exclusive


def _refused(item: Item, value: Value) -> Refusal | None:
    match value:
        case bool():
            return None if item.type is Type.BOOLEAN else Refusal("kind")
        case Decimal():
            return _out_of_bounds(item, value) if item.type in NUMBERS else Refusal("kind")
        case date():
            return _day(item, value) if item.type is Type.DATE else Refusal("kind")
        case Coded(code):
            known = item.type in (Type.CHOICE, Type.OPEN_CHOICE) and item.option(code) is not None
            return None if known else Refusal("option")
        case Free(text):
            return _words(item, text)


def _out_of_bounds(item: Item, value: Decimal) -> Refusal | None:
    if not value.is_finite():
        return Refusal("kind")
    if item.type is Type.INTEGER and value != value.to_integral_value():
        return Refusal("whole")
    if isinstance(item.low, Decimal) and value < item.low:
        return Refusal("low", item.low)
    if isinstance(item.high, Decimal) and value > item.high:
        return Refusal("high", item.high)
    return None


def _day(item: Item, value: date) -> Refusal | None:
    low = item.low if isinstance(item.low, date) else EARLIEST
    if value < low:
        return Refusal("low", low)
    if isinstance(item.high, date) and value > item.high:
        return Refusal("high", item.high)
    return None


def _words(item: Item, text: str) -> Refusal | None:
    if item.type not in LONGEST:
        return Refusal("kind")
    if not text.strip():
        return Refusal("empty")
    longest = item.longest or LONGEST[item.type]
    return Refusal("long", longest) if len(text) > longest else None
