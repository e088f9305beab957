"""Cells of a questionnaire's table → FHIR JSON: types, options, conditions, red flags, bands."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bot.questionnaires.values import HL7, NAMES, OWN

TYPES: Mapping[str, tuple[str, bool]] = {
    "说明": ("display", False), "组": ("group", False), "单选": ("choice", False), "多选": ("choice", True),
    "单选可自填": ("open-choice", False), "多选可自填": ("open-choice", True), "是非": ("boolean", False),
    "整数": ("integer", False), "小数": ("decimal", False), "数量": ("quantity", False), "日期": ("date", False),
    "短文字": ("string", False), "文字": ("text", False), "长文字": ("text", False),
}  # fmt: skip
"""题型 → FHIR type, and whether several answers are taken."""
LEVELS = {"紧急": "urgent", "尽快": "soon"}
ALONE = "（单独）"
"""Behind an option of a 多选: chosen alone or not at all."""
_OPERATORS = {"≥": ">=", "≤": "<=", "≠": "!=", "＝": "=", "＞": ">", "＜": "<", "==": "="}
_CONDITION = re.compile(r"(.*?)\s*(>=|<=|!=|≥|≤|≠|==|=|＝|>|<|＞|＜)\s*(.+)")
_ANSWERED = re.compile(r"(.+?)\s*(有|没有)回答")
_FLAG = re.compile(rf"(.+?)\s+({'|'.join(LEVELS)})\s+(\d+)\s*(?:分钟)?\s+([A-Za-z_]\w*)(?:\s+(.+))?")
_BAND = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|~|到|至)\s*(\d+(?:\.\d+)?)\s*[:：]?\s*(.+)")

Json = dict[str, Any]


class BadCell(ValueError):
    """Why a cell cannot be read; the message is for whoever wrote the table."""


def split(cell: str) -> list[str]:
    """Options, flags and bands stand apart by | or ； or a line break."""
    return [part.strip() for part in re.split(r"[|｜;；\n]", cell) if part.strip()]


def truth(cell: str) -> bool:
    if cell in ("", "否", "不", "n", "no", "0"):
        return False
    if cell in ("是", "必答", "y", "yes", "1", "√"):
        return True
    raise BadCell(f"「{cell}」要是 是 或 否")


def number(cell: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", cell).strip()
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", plain):
        raise BadCell(f"「{cell}」不是数")
    return Decimal(plain)


def plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def options(cell: str, words: str, points: str) -> list[Json]:
    """``a=好 | b=一般``; without codes they are o1, o2 …"""
    made: list[Json] = []
    for place, each in enumerate(split(cell), start=1):
        code, found, display = each.partition("=")
        shown = (display if found else each).strip()
        coding = {
            "code": code.strip() if found else f"o{place}",
            "display": shown.removesuffix(ALONE).strip(),
        }
        alone = (
            [{"url": f"{HL7}questionnaire-optionExclusive", "valueBoolean": True}]
            if shown.endswith(ALONE)
            else []
        )
        made.append({"extension": alone, "valueCoding": coding})
    told = split(points)
    if told and len(told) != len(made):
        raise BadCell(f"分数有 {len(told)} 个，选项有 {len(made)} 个")
    for each in split(words):
        display, _, said = each.replace("：", ":").partition(":")
        option = _option(made, display.strip())
        option["extension"].append({"url": f"{OWN}option-words", "valueString": said.strip()})
    for option, each in zip(made, told, strict=False):
        score = {"url": f"{HL7}ordinalValue", "valueDecimal": plain_number(number(each))}
        option["extension"].append(score)
    return [{key: value for key, value in option.items() if value} for option in made]


def _option(made: list[Json], said: str) -> Json:
    for option in made:
        if said in (option["valueCoding"]["display"], option["valueCoding"]["code"]):
            return option
    raise BadCell(f"没有选项「{said}」")


def when(cell: str, questions: Mapping[str, Json]) -> tuple[list[Json], str]:
    """``发烧=是 且 体温>=38.5``, with blanks around 且 or 或: the conditions, and all or any."""
    joined = set(re.findall(r"\s([且或])\s", cell))
    if len(joined) > 1:
        raise BadCell("「且」和「或」不能一起用")
    conditions = []
    for part in re.split(r"\s+[且或]\s+", cell):
        if answered := _ANSWERED.fullmatch(part.strip()):
            _known(answered[1], questions)
            conditions.append(
                {"question": answered[1], "operator": "exists", "answerBoolean": answered[2] == "有"}
            )
            continue
        question, operator, name, value = condition(part, "", questions)
        conditions.append({"question": question, "operator": operator, f"answer{name}": value})
    return conditions, "any" if "或" in joined else "all"


def condition(text: str, here: str, questions: Mapping[str, Json]) -> tuple[str, str, str, Any]:
    """Question, operator, the ``value[x]``'s name, value; without a question it is ``here``'s."""
    found = _CONDITION.fullmatch(text.strip())
    if not found:
        raise BadCell(f"「{text}」看不懂，写成 编号=答案、编号>=数 或 编号 有回答")
    question = found[1].strip() or here
    asked = _known(question, questions)
    name, value = _value(asked, found[3].strip())
    return question, _OPERATORS.get(found[2], found[2]), name, value


def _known(question: str, questions: Mapping[str, Json]) -> Json:
    if question not in questions:
        raise BadCell(f"前面没有编号是「{question}」的题")
    return questions[question]


def _value(asked: Json, said: str) -> tuple[str, Any]:
    name = next((name for kind, name in NAMES.items() if kind == asked["type"]), "")
    match name:
        case "Boolean":
            return name, truth(said)
        case "Integer" | "Decimal":
            return name, plain_number(number(said))
        case "Quantity":
            return name, {"value": plain_number(number(said))}
        case "Coding" if not asked.get("answerOption"):
            return name, {"code": said}  # its own row has been told already
        case "Coding":
            return name, {"code": _option(asked["answerOption"], said)["valueCoding"]["code"]}
        case "Date":
            try:
                return name, date.fromisoformat(said).isoformat()
            except ValueError:
                raise BadCell(f"「{said}」不是日期，写成 2026-11-24") from None
        case "String":
            return name, said
    raise BadCell("说明和组没有答案，不能作条件")


def flags(cell: str, here: Json, questions: Mapping[str, Json]) -> list[Json]:
    """``>=39 紧急 60 come_today 高烧``"""
    made = []
    for place, each in enumerate(split(cell), start=1):
        found = _FLAG.fullmatch(each)
        if not found:
            raise BadCell(
                f"「{each}」看不懂，写成 >=39 紧急 60 come_today 高烧（条件 级别 分钟 对患者说的话 标题）"
            )
        question, operator, name, value = condition(found[1], here["linkId"], questions)
        when = [
            {"url": "question", "valueString": question},
            {"url": "operator", "valueString": operator},
            {"url": "answer", f"value{name}": value},
        ]
        parts: list[Json] = [
            {"url": "name", "valueString": f"{here['linkId']}-{place}"},
            {"url": "title", "valueString": found[5] or f"{here['text']}{found[1]}"},
            {"url": "level", "valueCode": LEVELS[found[2]]},
            {"url": "minutes", "valueInteger": int(found[3])},
            {"url": "advice", "valueString": found[4]},
            {"url": "when", "extension": when},
        ]
        made.append({"url": f"{OWN}red-flag", "extension": parts})
    return made


def bands(cell: str) -> list[Json]:
    """``0-4 轻 | 5-9 中``"""
    made = []
    for each in split(cell):
        found = _BAND.fullmatch(each)
        if not found:
            raise BadCell(f"「{each}」看不懂，写成 0-4 轻度")
        parts = [
            {"url": "low", "valueDecimal": plain_number(number(found[1]))},
            {"url": "high", "valueDecimal": plain_number(number(found[2]))},
            {"url": "label", "valueString": found[3]},
        ]
        made.append({"url": "band", "extension": parts})
    return made
