"""What a questionnaire's answers come to in the register's columns (R28): short, in the patient's own choices."""

from collections.abc import Iterator

from bot.questionnaires.evaluate import pruned
from bot.questionnaires.filling import Filling, by_number, spoken
from bot.questionnaires.model import CHOICES, Item, Questionnaire, Value
from bot.questionnaires.score import Score, scores

RECOVERY = ("康复", "症状", "用药", "饮食", "锻炼", "自我保健", "医嘱执行", "心理", "生活质量")
"""Dimensions (R25) of 康复与慢病服药."""
OPINION = "意见"
SATISFACTION = "satisfaction"
"""The scale by which a questionnaire says that it asks for 满意度."""
_LONGEST = 24
"""Characters of a question that stand before its answer."""


def is_satisfaction(form: Questionnaire) -> bool:
    """It asks about the hospital, not about the patient's health: it belongs to the statistics."""
    return any(scale.name == SATISFACTION for scale in form.scales)


def recovery(form: Questionnaire, filling: Filling) -> str:
    """康复与慢病服药: 「康复：好；用药：有时漏掉，吃药以后有没有不舒服：否；PHQ-9 总分 6 轻度」."""
    if is_satisfaction(form):
        return ""
    counted = {link_id for scale in form.scales for link_id in scale.items}
    said: dict[str, list[str]] = {}
    for item, values in _answered(form, filling):
        if item.dimension in RECOVERY and item.link_id not in counted:
            said.setdefault(item.dimension, []).append(_told(item, values))
    parts = [f"{dimension}：{'，'.join(told)}" for dimension, told in said.items()]
    sums = [_sum(score) for score in scores(form, filling.answers) if score.sum is not None]
    return "；".join([*parts, *sums])


def opinions(form: Questionnaire, filling: Filling) -> tuple[str, ...]:
    """What they said in words of their own."""
    return tuple(
        spoken(item, values) for item, values in _answered(form, filling) if item.dimension == OPINION
    )


def _answered(form: Questionnaire, filling: Filling) -> Iterator[tuple[Item, tuple[Value, ...]]]:
    for _, item, values in by_number(form, pruned(form, filling.answers)):
        if values:
            yield item, values


def _told(item: Item, values: tuple[Value, ...]) -> str:
    """A choice says itself; a number or a yes needs its question."""
    said = spoken(item, values)
    return said if item.type in CHOICES else f"{_short(item.text)}：{said}"


def _short(text: str) -> str:
    for end in "？?。（(":
        text = text.partition(end)[0]
    return text[:_LONGEST]


def _sum(score: Score) -> str:
    return " ".join(filter(None, (score.scale.title, f"{score.sum:f}", score.label)))
