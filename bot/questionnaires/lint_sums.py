"""What can be wrong with scales and red flags."""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import pairwise

from bot.questionnaires.model import ASKED, CHOICES, Band, Item, Questionnaire, Rule, Scale, Type

Found = Iterator[tuple[str, str, bool]]


def findings(questionnaire: Questionnaire, advice: Collection[str] | None) -> Found:
    """(name of the scale or rule, what, whether it blocks)"""
    names = Counter(
        [scale.name for scale in questionnaire.scales] + [rule.name for rule in questionnaire.rules]
    )
    for name, count in names.items():
        if not name or count > 1:
            yield name, "计分或红旗的名字没有写，或用了几次", True
    for scale in questionnaire.scales:
        yield from _scale(questionnaire, scale)
    for rule in questionnaire.rules:
        yield from _rule(questionnaire, rule, advice)


def _scale(questionnaire: Questionnaire, scale: Scale) -> Found:
    if not scale.items:
        yield scale.name, "没有计分的题", True
    if len(set(scale.items)) < len(scale.items):
        yield scale.name, "有的题计了两次分", True
    asked = [questionnaire.item(link_id) for link_id in scale.items]
    for link_id, item in zip(scale.items, asked, strict=True):
        if item is None or item.type not in ASKED:
            yield scale.name, f"计分的 {link_id} 不是问题", True
        elif item.type in CHOICES and any(option.score is None for option in item.options):
            yield scale.name, f"{link_id} 的选项没有分", True
        elif item.type in (Type.STRING, Type.TEXT, Type.DATE):
            yield scale.name, f"{link_id} 这种题不能计分", True
    edges = sorted((band.low, band.high) for band in scale.bands)
    if any(high < low for low, high in edges) or any(b[0] <= a[1] for a, b in pairwise(edges)):
        yield scale.name, "分数段颠倒或重叠", True
    elif scale.bands and (gap := _gap(scale.bands, [item for item in asked if item is not None])):
        yield scale.name, f"分数段没有盖住 {gap} 分", True


def _gap(bands: tuple[Band, ...], items: list[Item]) -> str:
    """The first whole sum that no band has."""
    reaches = [_reach(item) for item in items]
    if any(reach is None for reach in reaches):
        return ""
    low = sum(reach[0] for reach in reaches if reach)
    high = sum(reach[1] for reach in reaches if reach)
    sums = (Decimal(n) for n in range(int(low), min(int(high), 1000) + 1))
    return next((str(n) for n in sums if not any(b.low <= n <= b.high for b in bands)), "")


def _reach(item: Item) -> tuple[Decimal, Decimal] | None:
    """The least and the most points of an item; None: that cannot be told."""
    points = [option.score for option in item.options if option.score is not None]
    if points and not item.repeats:
        return min(points), max(points)
    if item.type is Type.BOOLEAN:
        return Decimal(0), Decimal(1)
    if isinstance(item.low, Decimal) and isinstance(item.high, Decimal):
        return item.low, item.high
    return None


def _rule(questionnaire: Questionnaire, rule: Rule, advice: Collection[str] | None) -> Found:
    edges = (rule.at_least, rule.at_most)
    if not rule.title:
        yield rule.name, "红旗没有标题，护士看不懂", True
    if not rule.when and not rule.scale:
        yield rule.name, "红旗没有条件", True
    if rule.scale and (rule.scale not in {s.name for s in questionnaire.scales} or edges == (None, None)):
        yield rule.name, f"红旗看的分 {rule.scale} 不存在，或没有写从几分起、到几分止", True
    if not rule.scale and edges != (None, None):
        yield rule.name, "写了分数，没有写看哪个分", True
    if rule.service and rule.level == "urgent":
        yield rule.name, "对服务的意见和廉洁的事不报警，只生成工单，级别请写 soon", False
    if rule.minutes <= 0 or not rule.advice:
        yield rule.name, "红旗要写明几分钟内处理、对患者说什么", True
    elif advice is not None and rule.advice not in advice:
        yield rule.name, f"没有审定的话「{rule.advice}」", True
