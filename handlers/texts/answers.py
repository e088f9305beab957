"""Copy about answering a question: an answer in words, why it cannot stand, how it may be said."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from bot.questionnaires.filling import in_words
from bot.questionnaires.model import CHOICES, NUMBERS, Item, Type, Value

_HAS = re.compile("有没有|过[^，。]*吗")
SHORT = 12
"""Characters of the patient's words that are said back."""


def yes_and_no(item: Item) -> tuple[str, str]:
    """The two answers as the question puts them."""
    return ("有", "没有") if _HAS.search(item.text) else ("是", "不是")


def spoken(item: Item, values: Iterable[Value]) -> str:
    """An answer as the patient chose it."""
    return "、".join(_value(item, value) for value in values)


def _value(item: Item, value: Value) -> str:
    yes, no = yes_and_no(item)
    return in_words(item, value, yes=yes, no=no, unit=unit(item))


def unit(item: Item) -> str:
    """分, where the question asks for points."""
    return item.unit or ("分" if "几分" in item.text else "")


def example(item: Item) -> str:
    """An answer as it may be said."""
    if item.repeats:
        return "回复数字，比如 1，或者「1、3」"
    if item.type in CHOICES and item.options:
        return f"回复数字，比如 1，或者「{item.options[0].display}」"
    match item.type:
        case Type.BOOLEAN:
            return "或者".join(f"「{each}」" for each in yes_and_no(item))
        case Type.DATE:
            return "几月几号，比如 11月20日"
        case Type.INTEGER | Type.DECIMAL | Type.QUANTITY:
            return f"一个数字，比如 {_some_number(item)}"
    return "一两句话就行" if item.required else "一两句话就行；没有就说「跳过」"


def _some_number(item: Item) -> str:
    low, high = item.low, item.high
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        middle = (low + high) / 2
        whole = item.type is Type.INTEGER or high - low > 20
        return f"{middle:.0f}" if whole else f"{middle:.1f}"
    return "5"


def refused(item: Item, why: str, limit: object = None) -> str:
    """Why an answer cannot stand, for every `Refusal` and for what cannot be skipped."""
    edge = _limit(item, limit)
    match why:
        case "option":
            return "这个不在选项里，请从下面选一个。"
        case "low" if item.type is Type.DATE:
            return f"这个日子早了些，要在{edge}或以后。"
        case "high" if item.type is Type.DATE:
            return f"这个日子晚了些，要在{edge}或以前。"
        case "low":
            return f"这个数好像太小了，最小是{edge}。麻烦再看一眼。"
        case "high":
            return f"这个数好像太大了，最大是{edge}。麻烦再看一眼。"
        case "whole":
            return "这里要一个整数，不带小数点。"
        case "long":
            return f"写得有点长了，我最多能记{limit}个字，麻烦您拣要紧的说。"
        case "empty":
            return "我没看到字，麻烦您再写一次。"
        case "many":
            return "这一题只能选一个，请选最接近的那个。"
        case "twice":
            return "同一个选了两遍，每个选一次就行。"
        case "exclusive":
            return "「都没有」和别的不能一起选，请再选一次。"
        case "required":
            return needed(item)
        case "number":
            return no_such(int(limit) if isinstance(limit, int) else 0)
    return f"这样答我记不下来。您可以这样回答：{example(item)}。"


def _limit(item: Item, limit: object) -> str:
    match limit:
        case Decimal():
            return f"{limit.normalize():f}{unit(item)}"
        case date():
            return f"{limit.year}年{limit.month}月{limit.day}日"
    return str(limit)


def needed(item: Item) -> str:
    """It cannot be passed over."""
    if item.type in NUMBERS:
        return "这一题医护人员要看，跳不过去。大概的数就行；实在说不上来，回复「人工」，请人帮您。"
    return "这一题医护人员要看，跳不过去。选一个最接近的就行；不想答了，也可以说「先不答了」。"


def unknown(item: Item) -> str:
    """不知道, where an answer is needed."""
    if item.type in NUMBERS:
        return "没关系，大概多少就行，可以现在量一下、看一眼再告诉我。实在不知道，回复「人工」，请人帮您。"
    return "没关系，凭感觉选一个最接近的就行。"


def unclear(item: Item) -> str:
    return f"对不起，我没听明白。您可以这样回答：{example(item)}。"


def displeased(said: str) -> str:
    """Harsh words that answer nothing."""
    named = f"您说的「{said}」" if len(said) <= SHORT else "您说的"
    return (
        f"{named}我看到了，末了可以写下来，我们转给有关科室；现在就要投诉，回复「投诉」。我们先答完这一题："
    )


def symptom(item: Item, said: str) -> str:
    """A complaint that answers nothing."""
    named = f"您说的「{said}」" if len(said) <= SHORT else "您说的不舒服"
    if item.repeats:
        return f"{named}我看到了。和下面哪个最像？都不像就选最后一个，末了还可以写给医护人员。"
    return f"{named}我看到了，末了可以写给医护人员；要现在看医生，回复「挂号」。我们先答完这一题："


def no_such(reached: int) -> str:
    return f"现在答到第{reached}题，只能改前面答过的。" if reached else "没有这一题。"


def not_that_many(questions: int) -> str:
    return f"一共{questions}题，没有这一题。"
