"""FHIR R4 Questionnaire JSON → `Questionnaire`; refuses what the subset does not have, with the place it stands at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.questionnaires.model import (
    ASKED,
    Band,
    Coded,
    Condition,
    Free,
    Item,
    Option,
    Questionnaire,
    Rule,
    Scale,
    Type,
    Value,
)

HL7 = "http://hl7.org/fhir/StructureDefinition/"
OWN = "https://suizhen.example/fhir/"
"""Extensions of our own: option-words, option-exclusive, dimension, scale, red-flag."""
OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
STATUSES = ("draft", "active", "retired")
LEVELS = ("urgent", "soon")
_VALUES = {
    Type.BOOLEAN: "Boolean", Type.INTEGER: "Integer", Type.DECIMAL: "Decimal", Type.QUANTITY: "Quantity",
    Type.DATE: "Date", Type.STRING: "String", Type.TEXT: "String", Type.CHOICE: "Coding", Type.OPEN_CHOICE: "Coding",
}  # fmt: skip
"""The ``value[x]`` of each type's answers."""

Json = Mapping[str, Any]


class BadQuestionnaire(ValueError):
    """``where`` is the path of the element, as in FHIRPath: item[2].enableWhen[0]."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


def read(raw: Json) -> Questionnaire:
    """The questionnaire; raises `BadQuestionnaire`."""
    if raw.get("resourceType") != "Questionnaire":
        raise BadQuestionnaire("resourceType", "不是 Questionnaire")
    if raw.get("status") not in STATUSES:
        raise BadQuestionnaire("status", f"要是 {'、'.join(STATUSES)} 之一")
    items = tuple(_items(raw.get("item"), "item"))
    types = {item.link_id: item for item in _flat(items)}
    done = Questionnaire(
        url=_words(raw, "url", ""),
        version=_words(raw, "version", ""),
        name=_words(raw, "name", ""),
        title=_words(raw, "title", ""),
        status=raw["status"],
        purpose=str(raw.get("purpose") or ""),
        copyright=str(raw.get("copyright") or ""),
        items=tuple(_resolved(item, types) for item in items),
        scales=tuple(_scale(each, where) for where, each in _extensions(raw, "scale", "")),
        rules=tuple(_rule(each, where, types) for where, each in _extensions(raw, "red-flag", "")),
        parents=dict(_parents(items, ())),
    )
    if not done.items:
        raise BadQuestionnaire("item", "没有问题")
    return done


def _items(raw: Any, where: str) -> Iterator[Item]:
    if raw is not None and not isinstance(raw, list):
        raise BadQuestionnaire(where, "要是列表")
    for number, each in enumerate(raw or []):
        yield _item(each, f"{where}[{number}]")


def _item(raw: Json, where: str) -> Item:
    try:
        kind = Type(raw.get("type", ""))
    except ValueError:
        raise BadQuestionnaire(f"{where}.type", f"没有这种类型：{raw.get('type')}") from None
    options = tuple(
        _option(each, f"{where}.answerOption[{n}]") for n, each in enumerate(raw.get("answerOption") or [])
    )
    low, high = (_bound(raw, name, kind, where) for name in ("minValue", "maxValue"))
    return Item(
        link_id=_words(raw, "linkId", where),
        type=kind,
        text=str(raw.get("text") or ""),
        prefix=str(raw.get("prefix") or ""),
        required=bool(raw.get("required", False)),
        repeats=bool(raw.get("repeats", False)),
        options=options,
        when=tuple(
            _raw_condition(each, f"{where}.enableWhen[{n}]")
            for n, each in enumerate(raw.get("enableWhen") or [])
        ),
        every=raw.get("enableBehavior", "all") == "all",
        low=low,
        high=high,
        longest=int(raw.get("maxLength") or 0),
        unit=str(_extension(raw, f"{HL7}questionnaire-unit", {}).get("valueCoding", {}).get("display", "")),
        initial=tuple(
            value_of(each, kind, f"{where}.initial[{n}]") for n, each in enumerate(raw.get("initial") or [])
        ),
        dimension=str(_extension(raw, f"{OWN}dimension", {}).get("valueString", "")),
        items=tuple(_items(raw.get("item"), f"{where}.item")),
    )


def _option(raw: Json, where: str) -> Option:
    coding = raw.get("valueCoding")
    if not isinstance(coding, Mapping) or not coding.get("code") or not coding.get("display"):
        raise BadQuestionnaire(where, "要有 valueCoding 的 code 和 display")
    score = _extension(raw, f"{HL7}ordinalValue", _extension(coding, f"{HL7}ordinalValue", {})).get(
        "valueDecimal"
    )
    words = [
        ext.get("valueString", "")
        for ext in raw.get("extension", [])
        if ext.get("url") == f"{OWN}option-words"
    ]
    exclusive = _extension(raw, f"{OWN}option-exclusive", {}).get("valueBoolean", False)
    return Option(
        str(coding["code"]), str(coding["display"]), None if score is None else _decimal(score, where),
        tuple(word for line in words for word in line.split()), bool(exclusive),
    )  # fmt: skip


def _raw_condition(raw: Json, where: str) -> Condition:
    """The value stays as it was written until the question's type is known."""
    operator = raw.get("operator")
    if operator not in OPERATORS:
        raise BadQuestionnaire(f"{where}.operator", f"要是 {' '.join(OPERATORS)} 之一")
    given = [(key.removeprefix("answer"), value) for key, value in raw.items() if key.startswith("answer")]
    if len(given) != 1:
        raise BadQuestionnaire(where, "要有一个 answer[x]")
    return Condition(_words(raw, "question", where), operator, _Raw(where, *given[0]))  # type: ignore[arg-type]


class _Raw:
    """An ``answer[x]`` whose question has not been read yet."""

    def __init__(self, where: str, kind: str, value: Any) -> None:
        self.where, self.kind, self.value = where, kind, value


def _resolved(item: Item, types: Mapping[str, Item]) -> Item:
    when = tuple(_condition(each, types) for each in item.when)
    return replace(item, when=when, items=tuple(_resolved(child, types) for child in item.items))


def _condition(raw: Condition, types: Mapping[str, Item]) -> Condition:
    told: Any = raw.value
    asked = types.get(raw.question)
    if asked is None or asked.type not in ASKED:
        raise BadQuestionnaire(f"{told.where}.question", f"没有 linkId 是 {raw.question} 的问题")
    kind = Type.BOOLEAN if raw.operator == "exists" else asked.type
    value = value_of({f"value{told.kind}": told.value}, kind, told.where)
    if isinstance(value, Coded) and asked.options and asked.option(value.code) is None:
        raise BadQuestionnaire(told.where, f"{raw.question} 没有选项 {value.code}")
    return Condition(raw.question, raw.operator, value)


def value_of(raw: Json, kind: Type, where: str) -> Value:
    """A ``value[x]`` of the right kind; raises `BadQuestionnaire`."""
    name = f"value{_VALUES.get(kind, '')}"
    if kind is Type.OPEN_CHOICE and "valueString" in raw:
        return Free(str(raw["valueString"]))
    if name not in raw:
        raise BadQuestionnaire(where, f"要是 {name}")
    value = raw[name]
    match kind:
        case Type.BOOLEAN if isinstance(value, bool):
            return value
        case Type.INTEGER | Type.DECIMAL:
            return _decimal(value, where)
        case Type.QUANTITY if isinstance(value, Mapping):
            return _decimal(value.get("value"), where)
        case Type.DATE:
            return _date(value, where)
        case Type.STRING | Type.TEXT if isinstance(value, str):
            return Free(value)
        case Type.CHOICE | Type.OPEN_CHOICE if isinstance(value, Mapping) and value.get("code"):
            return Coded(str(value["code"]))
    raise BadQuestionnaire(where, f"{name} 不对")


def _scale(raw: Json, where: str) -> Scale:
    parts = _parts(raw)
    bands = [_parts(each) for each in raw.get("extension", []) if each.get("url") == "band"]
    return Scale(
        name=str(parts.get("name", "")),
        title=str(parts.get("title", "")),
        items=tuple(str(parts.get("items", "")).split()),
        bands=tuple(_band(each, where) for each in bands),
    )


def _band(parts: Json, where: str) -> Band:
    low, high = (_decimal(parts.get(name), where) for name in ("low", "high"))
    return Band(low, high, str(parts.get("label", "")))


def _rule(raw: Json, where: str, types: Mapping[str, Item]) -> Rule:
    parts = _parts(raw)
    if parts.get("level") not in LEVELS:
        raise BadQuestionnaire(where, f"level 要是 {'、'.join(LEVELS)} 之一")
    when = []
    for number, each in enumerate(e for e in raw.get("extension", []) if e.get("url") == "when"):
        told = _parts(each)
        question, operator = str(told.get("question", "")), str(told.get("operator", "="))
        asked = types.get(question)
        if asked is None or operator not in OPERATORS:
            raise BadQuestionnaire(f"{where}.when[{number}]", f"没有问题 {question}，或者没有比较 {operator}")
        [(key, value)] = [
            (k, v) for e in each["extension"] if e["url"] == "answer" for k, v in e.items() if k != "url"
        ]
        condition = Condition(question, operator, _Raw(where, key.removeprefix("value"), value))  # type: ignore[arg-type]
        when.append(_condition(condition, types))
    at_least = parts.get("atLeast")
    return Rule(
        name=str(parts.get("name", "")), level=str(parts["level"]), minutes=int(parts.get("minutes", 0)),
        advice=str(parts.get("advice", "")), when=tuple(when), every=bool(parts.get("all", True)),
        scale=str(parts.get("scale", "")), at_least=None if at_least is None else _decimal(at_least, where),
    )  # fmt: skip


def _parts(raw: Json) -> dict[str, Any]:
    """The simple parts of a complex extension, by name."""
    return {
        each["url"]: value
        for each in raw.get("extension", [])
        for key, value in each.items()
        if key.startswith("value")
    }


def _extensions(raw: Json, name: str, where: str) -> Iterator[tuple[str, Json]]:
    for number, each in enumerate(raw.get("extension", [])):
        if each.get("url") == OWN + name:
            yield f"{where}extension[{number}]", each


def _extension(raw: Json, url: str, default: Json) -> Json:
    return next((each for each in raw.get("extension", []) if each.get("url") == url), default)


def _bound(raw: Json, name: str, kind: Type, where: str) -> Decimal | date | None:
    told = _extension(raw, HL7 + name, {})
    if kind is Type.DATE and "valueDate" in told:
        return _date(told["valueDate"], where)
    number = told.get("valueInteger", told.get("valueDecimal"))
    return None if number is None else _decimal(number, where)


def _parents(items: Sequence[Item], above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for item in items:
        yield item.link_id, above
        yield from _parents(item.items, (*above, item.link_id))


def _flat(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _flat(item.items)


def _words(raw: Json, name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadQuestionnaire(f"{where}.{name}".lstrip("."), "没有写")
    return value.strip()


def _decimal(value: Any, where: str) -> Decimal:
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        return Decimal(str(value))
    except InvalidOperation:
        raise BadQuestionnaire(where, f"不是数：{value}") from None


def _date(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadQuestionnaire(where, f"不是日期：{value}") from None
