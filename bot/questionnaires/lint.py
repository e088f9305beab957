"""What a FHIR library accepts in silence and patients would trip over: looked for before a questionnaire is used."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.questionnaires import fhir
from bot.questionnaires.fhir import BadQuestionnaire
from bot.questionnaires.model import ASKED, CHOICES, NUMBERS, Item, Questionnaire, Type

TEXT_MOST = 100
"""Characters of a question: it is read on a phone, or read out."""
OPTIONS_MOST = 10
KNOWN = frozenset({
    "linkId", "type", "text", "prefix", "required", "repeats", "answerOption", "enableWhen", "enableBehavior",
    "maxLength", "initial", "item", "extension", "code", "definition",
})  # fmt: skip
"""Elements of an item that the subset reads, or may leave aside without asking anything else."""


@dataclass(frozen=True, slots=True)
class Finding:
    where: str
    """linkId, or a path."""
    what: str
    blocks: bool = True


def lint(raw: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Everything found; empty: it can be used."""
    items = raw.get("item")
    listed = items if isinstance(items, list) else []
    early = [*_raw_items(listed, "item"), *_twice(listed)]
    try:
        questionnaire = fhir.read(raw)
    except BadQuestionnaire as error:
        return (*early, Finding(error.where, error.what))
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        return (*early, Finding("", f"读不懂：{type(error).__name__}"))
    return (
        *early,
        *_whole(questionnaire),
        *_order(questionnaire),
        *_each(questionnaire),
        *_sums(questionnaire),
    )


def _raw_items(items: Sequence[Any], where: str) -> Iterator[Finding]:
    for number, item in enumerate(items):
        path = f"{where}[{number}]"
        if not isinstance(item, Mapping):
            yield Finding(path, "要是对象")
            continue
        for name in sorted(set(item) - KNOWN):
            yield Finding(f"{path}.{name}", "不在支持的范围里，不会起作用")
        if item.get("enableBehavior") not in (None, "all", "any"):
            yield Finding(f"{path}.enableBehavior", "要是 all 或 any")
        if len(item.get("enableWhen") or []) > 1 and "enableBehavior" not in item:
            yield Finding(f"{path}.enableBehavior", "有几个条件，要写明 all 还是 any")
        yield from _raw_items(_below(item), f"{path}.item")


def _twice(items: Sequence[Any]) -> Iterator[Finding]:
    for link_id, count in Counter(_link_ids(items)).items():
        if count > 1:
            yield Finding(str(link_id), f"linkId 用了 {count} 次")


def _link_ids(items: Sequence[Any]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping):
            yield str(item.get("linkId"))
            yield from _link_ids(_below(item))


def _below(item: Mapping[str, Any]) -> Sequence[Any]:
    below = item.get("item")
    return below if isinstance(below, list) else []


def _whole(questionnaire: Questionnaire) -> Iterator[Finding]:
    if not questionnaire.copyright.strip():
        yield Finding("copyright", "没有写版权和许可")
    if not questionnaire.purpose.strip():
        yield Finding("purpose", "没有写为什么问（R24）")
    if not any(item.type in ASKED for item in questionnaire.walk()):
        yield Finding("item", "一个问题也没有")


def _order(questionnaire: Questionnaire) -> Iterator[Finding]:
    """A condition may look at what was asked before, and at a question that can itself be reached."""
    before: set[str] = set()
    unreachable: set[str] = set()
    for item in questionnaire.walk():
        above = questionnaire.parents[item.link_id]
        for condition in item.when:
            if condition.question == item.link_id:
                yield Finding(item.link_id, "条件看的是它自己")
            elif condition.question not in before:
                yield Finding(item.link_id, f"条件看的 {condition.question} 排在它后面")
        dead = [c for c in item.when if c.question in unreachable and c.operator != "exists"]
        if (
            set(above) & unreachable
            or (dead and (item.every or len(dead) == len(item.when)))
            or _contradicts(item)
        ):
            unreachable.add(item.link_id)
            yield Finding(item.link_id, "永远不会问到")
        before.add(item.link_id)


def _contradicts(item: Item) -> bool:
    """Two different values of one question at the same time."""
    wanted = [c for c in item.when if c.operator == "="]
    return item.every and any(a.question == b.question and a.value != b.value for a in wanted for b in wanted)


def _each(questionnaire: Questionnaire) -> Iterator[Finding]:
    for item in questionnaire.walk():
        for what, blocks in (*_shape(item), *_choices(item), *_bounds(item)):
            yield Finding(item.link_id, what, blocks)


def _shape(item: Item) -> Iterator[tuple[str, bool]]:
    if not item.text.strip():
        yield "没有文字", True
    if len(item.text) > TEXT_MOST:
        yield f"问题超过 {TEXT_MOST} 个字，手机上读着累", False
    if item.type is Type.GROUP and not item.items:
        yield "空的组", True
    if item.type is Type.DISPLAY and (item.items or item.required):
        yield "说明文字下面不能有问题，也不能必答", True
    if item.type is Type.GROUP and (item.required or item.repeats or item.initial):
        yield "组不能必答、重复或预填", True
    if item.repeats and item.type not in CHOICES:
        yield "只有选择题可以多选", True


def _choices(item: Item) -> Iterator[tuple[str, bool]]:
    if item.type not in CHOICES:
        if item.options:
            yield "不是选择题，却有选项", True
        return
    if len(item.options) < 2:
        yield "选择题至少要有两个选项", True
    if len(item.options) > OPTIONS_MOST:
        yield f"选项超过 {OPTIONS_MOST} 个", False
    for name, told in (
        ("code", [o.code for o in item.options]),
        ("display", [o.display for o in item.options]),
    ):
        if len(set(told)) < len(told):
            yield f"选项的 {name} 重复", True
    scored = [option.score is not None for option in item.options]
    if any(scored) and not all(scored):
        yield "有的选项有分，有的没有", True


def _bounds(item: Item) -> Iterator[tuple[str, bool]]:
    low, high = item.low, item.high
    if (low is not None or high is not None) and item.type not in (*NUMBERS, Type.DATE):
        yield "这种题没有大小，不能有 minValue、maxValue", True
    if low is not None and high is not None and type(low) is type(high) and low > high:  # type: ignore[operator]
        yield "最小值比最大值大", True
    if item.type is Type.QUANTITY and not item.unit:
        yield "没有单位", True
    if item.type in NUMBERS and (low is None or high is None):
        yield "没有上下限，打错的数看不出来", False


def _sums(questionnaire: Questionnaire) -> Iterator[Finding]:
    scales = {scale.name for scale in questionnaire.scales}
    for scale in questionnaire.scales:
        for link_id in scale.items:
            item = questionnaire.item(link_id)
            if item is None or item.type not in ASKED:
                yield Finding(scale.name, f"计分的 {link_id} 不是问题")
            elif item.type in CHOICES and any(option.score is None for option in item.options):
                yield Finding(scale.name, f"{link_id} 的选项没有分")
        if not scale.items:
            yield Finding(scale.name, "没有计分的题")
        edges = sorted((band.low, band.high) for band in scale.bands)
        if any(high < low for low, high in edges) or any(b[0] <= a[1] for a, b in pairwise(edges)):
            yield Finding(scale.name, "分数段颠倒或重叠")
    for rule in questionnaire.rules:
        if not rule.when and not rule.scale:
            yield Finding(rule.name, "红旗没有条件")
        if rule.scale and (rule.scale not in scales or rule.at_least is None):
            yield Finding(rule.name, f"红旗看的分 {rule.scale} 不存在，或没有写从几分起")
        if rule.minutes <= 0 or not rule.advice:
            yield Finding(rule.name, "红旗要写明几分钟内处理、对患者说什么")
