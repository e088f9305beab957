"""What the answers add up to, and which red flags they raise."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.questionnaires.evaluate import holds, pruned
from bot.questionnaires.model import Answers, Coded, Questionnaire, Rule, Scale, Value


@dataclass(frozen=True, slots=True)
class Score:
    """``sum`` is None while an item of the scale is unanswered: half a sum would be a lie."""

    scale: Scale
    sum: Decimal | None
    label: str = ""


def scores(questionnaire: Questionnaire, answers: Answers) -> tuple[Score, ...]:
    """Of every scale, by the answers that count."""
    live = pruned(questionnaire, answers)
    return tuple(_score(questionnaire, scale, live) for scale in questionnaire.scales)


def _score(questionnaire: Questionnaire, scale: Scale, answers: Answers) -> Score:
    total = Decimal(0)
    for link_id in scale.items:
        points = [_points(questionnaire, link_id, value) for value in answers.get(link_id, ())]
        if not points or None in points:
            return Score(scale, None)
        total += sum((point for point in points if point is not None), Decimal(0))
    label = next((band.label for band in scale.bands if band.low <= total <= band.high), "")
    return Score(scale, total, label)


def _points(questionnaire: Questionnaire, link_id: str, value: Value) -> Decimal | None:
    """An option's score, or the number itself; a boolean counts one."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    item = questionnaire.item(link_id)
    option = item.option(value.code) if item is not None and isinstance(value, Coded) else None
    return option.score if option is not None else None


def flags(questionnaire: Questionnaire, answers: Answers) -> tuple[Rule, ...]:
    """The rules that hold now.  Asked after every answer: danger does not wait for the last question."""
    return tuple(_raised(questionnaire, pruned(questionnaire, answers)))


def _raised(questionnaire: Questionnaire, answers: Answers) -> Iterator[Rule]:
    sums = {score.scale.name: score.sum for score in scores(questionnaire, answers)}
    for rule in questionnaire.rules:
        held = [holds(condition, answers) for condition in rule.when]
        total = sums.get(rule.scale)
        if rule.scale:
            held.append(total is not None and _within(total, rule))
        if held and (all(held) if rule.every else any(held)):
            yield rule


def _within(total: Decimal, rule: Rule) -> bool:
    low, high = rule.at_least, rule.at_most
    return (low is None or total >= low) and (high is None or total <= high)
