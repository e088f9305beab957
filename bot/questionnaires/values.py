"""The small parts of FHIR JSON: ``value[x]``, numbers, dates, extensions; each mistake told with its place."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.questionnaires.model import NUMBERS, Coded, Condition, Free, Item, Type, Value

HL7 = "http://hl7.org/fhir/StructureDefinition/"
OWN = "https://suizhen.example/fhir/"
"""Extensions of our own: option-words, dimension, scale, red-flag."""
OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
NAMES = {
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


def value_of(raw: Json, item: Item, where: str) -> Value:
    """A ``value[x]`` of the item's type; raises `BadQuestionnaire`."""
    kind = item.type
    name = f"value{NAMES.get(kind, '')}"
    if kind is Type.OPEN_CHOICE and isinstance(raw.get("valueString"), str):
        return Free(raw["valueString"])
    if name not in raw:
        raise BadQuestionnaire(where, f"要是 {name}")
    value = raw[name]
    match kind:
        case Type.BOOLEAN if isinstance(value, bool):
            return value
        case Type.INTEGER | Type.DECIMAL:
            return decimal(value, where)
        case Type.QUANTITY if isinstance(value, Mapping):
            if value.get("unit", item.unit) != item.unit:
                raise BadQuestionnaire(where, f"单位是 {value['unit']}，题目的是 {item.unit}")
            return decimal(value.get("value"), where)
        case Type.DATE:
            return day(value, where)
        case Type.STRING | Type.TEXT if isinstance(value, str):
            return Free(value)
        case Type.CHOICE | Type.OPEN_CHOICE if isinstance(value, Mapping) and value.get("code"):
            return Coded(str(value["code"]))
    raise BadQuestionnaire(where, f"{name} 不对")


def condition(question: str, operator: Any, answer: Json, items: Mapping[str, Item], where: str) -> Condition:
    """``answer`` is one ``value[x]``."""
    asked = items.get(question)
    if asked is None or asked.type not in NAMES:
        raise BadQuestionnaire(f"{where}.question", f"没有 linkId 是 {question} 的问题")
    if operator not in OPERATORS:
        raise BadQuestionnaire(f"{where}.operator", f"要是 {' '.join(OPERATORS)} 之一")
    if len(answer) != 1:
        raise BadQuestionnaire(where, "要有一个 answer[x]")
    if operator[0] in "<>" and asked.type not in (*NUMBERS, Type.DATE):
        raise BadQuestionnaire(where, f"{question} 的答案不能比大小")
    if operator == "exists":
        asked = Item(question, Type.BOOLEAN, "")
    value = value_of(answer, asked, where)
    if isinstance(value, Coded) and asked.options and asked.option(value.code) is None:
        raise BadQuestionnaire(where, f"{question} 没有选项 {value.code}")
    return Condition(question, operator, value)


def words(raw: Json, name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadQuestionnaire(f"{where}.{name}".lstrip("."), "没有写")
    return value.strip()


def truth(raw: Json, name: str, where: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise BadQuestionnaire(f"{where}.{name}", "要是 true 或 false")
    return value


def whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadQuestionnaire(where, f"不是整数：{value}")
    return value


def decimal(value: Any, where: str) -> Decimal:
    try:
        number = Decimal("NaN") if isinstance(value, bool | None) else Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadQuestionnaire(where, f"不是数：{value}")
    return number


def day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadQuestionnaire(where, f"不是日期：{value}") from None


def extensions(raw: Json, url: str) -> Iterator[tuple[int, Json]]:
    for number, each in enumerate(raw.get("extension") or []):
        if each.get("url") == url:
            yield number, each


def extension(raw: Json, url: str) -> Json:
    """The first of that name; empty: there is none."""
    return next((each for _, each in extensions(raw, url)), {})


def parts(raw: Json) -> dict[str, Any]:
    """The simple parts of a complex extension, by name."""
    return {
        each["url"]: value
        for each in raw.get("extension") or []
        for key, value in each.items()
        if key.startswith("value")
    }
