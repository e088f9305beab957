"""Answers as a patient of a certain luck gives them: mostly well, now and then not, always what the question takes."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_CEILING, Decimal
from random import Random

from bot.questionnaires.filling import Filling, current, give, skip
from bot.questionnaires.model import NUMBERS, Coded, Free, Item, Questionnaire, Type, Value

_WORDS = ("都挺好的，谢谢", "饭菜有点凉", "护士很耐心", "出院等得太久")


def one_by_one(
    form: Questionnaire, filling: Filling, rng: Random
) -> Iterator[tuple[Item, tuple[Value, ...]]]:
    """Each open question with its answer; () passes it over.  ``filling`` is followed along."""
    while (item := current(form, filling)) is not None:
        values = () if not item.required and rng.random() < _passed_over(item) else _values(item, rng)
        after = give(form, filling, item.link_id, values) if values else skip(form, filling, item.link_id)
        if not isinstance(after, Filling):
            raise AssertionError(f"{form.canonical} {item.link_id}: {values} was refused: {after}")
        filling = after
        yield item, values


def whole(form: Questionnaire, rng: Random) -> Filling:
    """The sheet as it is handed in."""
    filling = Filling()
    for item, values in one_by_one(form, filling, rng):
        after = give(form, filling, item.link_id, values) if values else skip(form, filling, item.link_id)
        assert isinstance(after, Filling)
        filling = after
    return filling


def _passed_over(item: Item) -> float:
    """Few write something of their own."""
    return 0.75 if item.type in (Type.TEXT, Type.STRING) else 0.2


def _values(item: Item, rng: Random) -> tuple[Value, ...]:
    match item.type:
        case Type.BOOLEAN:
            return (rng.random() < 0.05,)
        case Type.DATE:
            return (item.low if isinstance(item.low, date) else date(2026, 1, 1),)
        case Type.CHOICE | Type.OPEN_CHOICE:
            exclusive = [option for option in item.options if option.exclusive]
            well = exclusive or list(item.options[:1])
            options = well if rng.random() < 0.8 else list(item.options)
            return (Coded(rng.choice(options).code),)
        case kind if kind in NUMBERS:
            low = item.low if isinstance(item.low, Decimal) else Decimal(0)
            high = item.high if isinstance(item.high, Decimal) else low + 10
            return ((low + (high - low) * rng.randrange(5) / 10).to_integral_value(ROUND_CEILING),)
        case _:
            return (Free(rng.choice(_WORDS)),)
