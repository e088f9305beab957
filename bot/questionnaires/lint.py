"""What a FHIR library accepts in silence and patients would trip over: looked for before a questionnaire is used."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.questionnaires import fhir, lint_items, lint_sums, reach
from bot.questionnaires.evaluate import refusal
from bot.questionnaires.fhir import EXCLUSIVE, SCORE
from bot.questionnaires.model import ASKED, Item, Questionnaire
from bot.questionnaires.values import HL7, OWN, BadQuestionnaire

KNOWN = frozenset({
    "linkId", "type", "text", "prefix", "required", "repeats", "answerOption", "enableWhen", "enableBehavior",
    "maxLength", "initial", "item", "extension", "code", "definition", "id",
})  # fmt: skip
"""Elements of an item that the subset reads, or may leave aside without asking anything else."""
READ = frozenset({
    f"{HL7}minValue", f"{HL7}maxValue", f"{HL7}questionnaire-unit", f"{HL7}questionnaire-unitOption",
    f"{OWN}dimension", f"{OWN}option-words", EXCLUSIVE, SCORE,
})  # fmt: skip
"""Extensions of items and options that do something here."""
CHANGES = ("hidden", "Expression", "minOccurs", "maxOccurs", "constraint")
"""Ends of extensions' names that ask something else when they are left aside."""
_NAME = re.compile(r"[A-Z][A-Za-z0-9_]{0,254}")


@dataclass(frozen=True, slots=True)
class Finding:
    where: str
    """linkId, or a path."""
    what: str
    blocks: bool = True


def lint(raw: Mapping[str, Any], advice: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything found; empty: it can be used.  ``advice``: the keys of the approved texts, where they are known."""
    try:
        items = raw.get("item")
        listed = items if isinstance(items, list) else []
        early = [*_raw_items(listed, "item"), *_twice(listed), *_modifiers(raw, "")]
    except (AttributeError, TypeError) as error:
        return (Finding("", f"读不懂：{type(error).__name__}"),)
    try:
        questionnaire = fhir.read(raw)
    except BadQuestionnaire as error:
        return (*early, Finding(error.where, error.what))
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        return (*early, Finding("", f"读不懂：{type(error).__name__}"))
    if any(finding.what.startswith("linkId 用了") for finding in early):
        return tuple(early)  # what hangs on linkIds cannot be told
    return (*early, *_meant(questionnaire, advice))


def _meant(questionnaire: Questionnaire, advice: Collection[str] | None) -> Iterator[Finding]:
    yield from _whole(questionnaire)
    for link_id, what in reach.findings(questionnaire):
        yield Finding(link_id, what)
    for item in questionnaire.walk():
        for what, blocks in (*lint_items.findings(item), *_prefilled(item)):
            yield Finding(item.link_id, what, blocks)
    for name, what, blocks in lint_sums.findings(questionnaire, advice):
        yield Finding(name, what, blocks)


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
        if item.get("initial") and item.get("answerOption"):
            yield Finding(f"{path}.initial", "有选项的题，预选写在选项的 initialSelected（que-11）")
        for number_, owner in enumerate((item, *(item.get("answerOption") or []))):
            yield from _unknown(owner, f"{path}.answerOption[{number_ - 1}]" if number_ else path)
        yield from _raw_items(_below(item), f"{path}.item")


def _unknown(owner: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for each in owner.get("extension") or []:
        url = str(each.get("url"))
        if url not in READ:
            yield Finding(f"{where}.extension", f"不认识的扩展，不会起作用：{url}", url.endswith(CHANGES))


def _modifiers(raw: Any, where: str) -> Iterator[Finding]:
    """FHIR forbids to leave a modifierExtension aside."""
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            if name == "modifierExtension":
                yield Finding(f"{where}.{name}".lstrip("."), "modifierExtension 不能忽略，这里也不支持")
            yield from _modifiers(value, f"{where}.{name}".lstrip("."))
    elif isinstance(raw, list):
        for number, value in enumerate(raw):
            yield from _modifiers(value, f"{where}[{number}]")


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
    if not _NAME.fullmatch(questionnaire.name):
        yield Finding("name", "要以大写英文字母开头，只用字母、数字和下划线（que-0）", blocks=False)
    if "|" in questionnaire.url or "|" in questionnaire.version:
        yield Finding("url", "url 和 version 里不能有 |")
    if not any(item.type in ASKED for item in questionnaire.walk()):
        yield Finding("item", "一个问题也没有")


def _prefilled(item: Item) -> Iterator[tuple[str, bool]]:
    if item.initial and item.type in ASKED and (why := refusal(item, item.initial)):
        yield f"预填的答案自己都通不过（{why.why}）", True
