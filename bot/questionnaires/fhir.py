"""FHIR R4 Questionnaire JSON → `Questionnaire`; refuses what the subset does not have, with the place it stands at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.questionnaires.model import Coded, Condition, Item, Option, Questionnaire, Type, Value
from bot.questionnaires.rules import rules, scales
from bot.questionnaires.values import (
    HL7,
    OWN,
    BadQuestionnaire,
    Json,
    condition,
    day,
    decimal,
    extension,
    extensions,
    truth,
    value_of,
    whole,
    words,
)

STATUSES = ("draft", "active", "retired")
EXCLUSIVE = f"{HL7}questionnaire-optionExclusive"
SCORE = f"{HL7}ordinalValue"


def read(raw: Json) -> Questionnaire:
    """The questionnaire; raises `BadQuestionnaire`."""
    if raw.get("resourceType") != "Questionnaire":
        raise BadQuestionnaire("resourceType", "不是 Questionnaire")
    if raw.get("status") not in STATUSES:
        raise BadQuestionnaire("status", f"要是 {'、'.join(STATUSES)} 之一")
    bare = tuple(_items(raw.get("item"), "item"))
    if not bare:
        raise BadQuestionnaire("item", "没有问题")
    by_id = {item.link_id: item for item in _flat(bare)}
    return Questionnaire(
        url=words(raw, "url", ""),
        version=words(raw, "version", ""),
        name=words(raw, "name", ""),
        title=words(raw, "title", ""),
        status=raw["status"],
        purpose=str(raw.get("purpose") or ""),
        copyright=str(raw.get("copyright") or ""),
        items=tuple(_linked(bare, raw["item"], "item", by_id)),
        scales=tuple(scales(raw)),
        rules=tuple(rules(raw, by_id)),
        parents=dict(_parents(bare, ())),
    )


def _items(raw: Any, where: str) -> Iterator[Item]:
    if raw is not None and not isinstance(raw, list):
        raise BadQuestionnaire(where, "要是列表")
    for number, each in enumerate(raw or []):
        yield _item(each, f"{where}[{number}]")


def _item(raw: Json, where: str) -> Item:
    """Without its conditions: those may name questions that have not been read yet."""
    try:
        kind = Type(raw.get("type", ""))
    except ValueError:
        raise BadQuestionnaire(f"{where}.type", f"没有这种类型：{raw.get('type')}") from None
    listed = raw.get("answerOption") or []
    options = tuple(_option(each, f"{where}.answerOption[{n}]") for n, each in enumerate(listed))
    low, high = (_bound(raw, name, kind, where) for name in ("minValue", "maxValue"))
    bare = Item(
        link_id=words(raw, "linkId", where),
        type=kind,
        text=str(raw.get("text") or "").strip(),
        prefix=str(raw.get("prefix") or ""),
        required=truth(raw, "required", where),
        repeats=truth(raw, "repeats", where),
        options=options,
        low=low,
        high=high,
        longest=whole(raw.get("maxLength", 0), f"{where}.maxLength"),
        unit=_unit(raw),
        dimension=str(extension(raw, f"{OWN}dimension").get("valueString", "")),
        items=tuple(_items(raw.get("item"), f"{where}.item")),
    )
    return replace(bare, initial=tuple(_initial(raw, bare, where)))


def _initial(raw: Json, item: Item, where: str) -> Iterator[Value]:
    """FHIR que-11: where there are options, the one that is ``initialSelected``; else ``initial``."""
    for option, told in zip(item.options, raw.get("answerOption") or [], strict=True):
        if truth(told, "initialSelected", where):
            yield Coded(option.code)
    for number, each in enumerate(raw.get("initial") or []):
        yield value_of(each, item, f"{where}.initial[{number}]")


def _option(raw: Json, where: str) -> Option:
    coding = raw.get("valueCoding")
    if not isinstance(coding, Mapping) or not coding.get("code") or not coding.get("display"):
        raise BadQuestionnaire(where, "要有 valueCoding 的 code 和 display")
    score = (extension(raw, SCORE) or extension(coding, SCORE)).get("valueDecimal")
    said = [each.get("valueString", "") for _, each in extensions(raw, f"{OWN}option-words")]
    return Option(
        code=str(coding["code"]),
        display=str(coding["display"]).strip(),
        system=str(coding.get("system") or ""),
        score=None if score is None else decimal(score, where),
        words=tuple(word for line in said for word in line.split()),
        exclusive=truth(extension(raw, EXCLUSIVE), "valueBoolean", where),
    )


def _unit(raw: Json) -> str:
    """``questionnaire-unit``, or the only ``questionnaire-unitOption``: a patient is never asked for the unit."""
    units = [
        each.get("valueCoding", {}).get("display", "")
        for name in ("questionnaire-unit", "questionnaire-unitOption")
        for _, each in extensions(raw, HL7 + name)
    ]
    return str(units[0]) if len(units) == 1 else ""


def _bound(raw: Json, name: str, kind: Type, where: str) -> Decimal | date | None:
    told = extension(raw, HL7 + name)
    if kind is Type.DATE and "valueDate" in told:
        return day(told["valueDate"], where)
    number = told.get("valueInteger", told.get("valueDecimal"))
    return None if number is None else decimal(number, where)


def _linked(items: Sequence[Item], raw: Any, where: str, by_id: Mapping[str, Item]) -> Iterator[Item]:
    for number, (item, told) in enumerate(zip(items, raw or [], strict=True)):
        path = f"{where}[{number}]"
        yield replace(
            item,
            when=tuple(_conditions(told, path, by_id)),
            every=told.get("enableBehavior", "all") == "all",
            items=tuple(_linked(item.items, told.get("item"), f"{path}.item", by_id)),
        )


def _conditions(raw: Json, where: str, by_id: Mapping[str, Item]) -> Iterator[Condition]:
    for number, each in enumerate(raw.get("enableWhen") or []):
        path = f"{where}.enableWhen[{number}]"
        answer = {
            key.replace("answer", "value", 1): told for key, told in each.items() if key.startswith("answer")
        }
        yield condition(words(each, "question", path), each.get("operator"), answer, by_id, path)


def _parents(items: Sequence[Item], above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for item in items:
        yield item.link_id, above
        yield from _parents(item.items, (*above, item.link_id))


def _flat(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _flat(item.items)
