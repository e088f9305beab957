"""A questionnaire as the chat asks it, with what opens each question, for whoever has to approve it."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from bot.questionnaires.model import (
    ASKED,
    NUMBERS,
    Coded,
    Condition,
    Free,
    Item,
    Questionnaire,
    Rule,
    Type,
    Value,
)

LEVELS = {"urgent": "紧急", "soon": "尽快"}
_OPERATORS = {"=": "是", "!=": "不是", ">": "大于", "<": "小于", ">=": "不小于", "<=": "不大于"}


def preview(form: Questionnaire, advice: Mapping[str, str]) -> Iterator[str]:
    """Its lines; ``advice``: what the patient is told on a red flag, by its name."""
    yield f"{form.title}（版本 {form.version}）"
    yield form.purpose
    count = 0
    for item in form.walk():
        count += item.type in ASKED
        yield ""
        yield from _item(form, item, count)
    yield ""
    for scale in form.scales:
        bands = "；".join(f"{band.low}–{band.high} {band.label}" for band in scale.bands)
        yield f"计分　{scale.title}（{len(scale.items)} 题）{'：' + bands if bands else ''}"
    for rule in form.rules:
        told = advice.get(rule.advice, rule.advice).replace("{phone}", "医院电话")
        yield f"红旗　{LEVELS[rule.level]} {rule.minutes} 分钟　{rule.title}　{_rule(form, rule)}　→ {told}"
    yield f"版权　{form.copyright}"


def _item(form: Questionnaire, item: Item, number: int) -> Iterator[str]:
    if item.when:
        opened = (" 且 " if item.every else " 或 ").join(said(form, condition) for condition in item.when)
        yield f"（{opened} 时才问）"
    if item.type not in ASKED:
        yield item.text
        return
    notes = [
        note
        for note in (_bounds(item), "可多选" if item.repeats else "", "" if item.required else "可跳过")
        if note
    ]
    yield f"{number}. {item.text}{'（' + '，'.join(notes) + '）' if notes else ''}"
    shown = [option.display for option in item.options] or (["是", "否"] if item.type is Type.BOOLEAN else [])
    yield from (f"   {place} {each}" for place, each in enumerate(shown, start=1))


def _bounds(item: Item) -> str:
    if item.type not in (*NUMBERS, Type.DATE) or item.low is None or item.high is None:
        return item.unit
    return f"{item.low}–{item.high}{' ' + item.unit if item.unit else ''}"


def _rule(form: Questionnaire, rule: Rule) -> str:
    told = (" 且 " if rule.every else " 或 ").join(said(form, condition) for condition in rule.when)
    edges = [
        f"{name} {edge} 分"
        for name, edge in (("不少于", rule.at_least), ("不多于", rule.at_most))
        if edge is not None
    ]
    return " 且 ".join(filter(None, (told, *edges)))


def said(form: Questionnaire, condition: Condition) -> str:
    """A condition in words."""
    item = form.item(condition.question)
    asked = condition.question if item is None else item.text.rstrip("？?")
    if condition.operator == "exists":
        return f"「{asked}」{'有' if condition.value else '没有'}回答"
    return f"「{asked}」{_OPERATORS[condition.operator]}「{_value(item, condition.value)}」"


def _value(item: Item | None, value: Value) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case Coded(code):
            option = item.option(code) if item else None
            return option.display if option else code
        case Free(text):
            return text
        case Decimal() | date():
            return str(value)
