"""A small questionnaire with one of everything."""

from copy import deepcopy
from typing import Any

from bot.questionnaires.fhir import EXCLUSIVE
from bot.questionnaires.values import HL7, OWN


def option(
    code: str, display: str, score: int | None = None, words: str = "", exclusive: bool = False
) -> dict[str, Any]:
    made: dict[str, Any] = {"valueCoding": {"code": code, "display": display}, "extension": []}
    if score is not None:
        made["extension"].append({"url": f"{HL7}ordinalValue", "valueDecimal": score})
    if words:
        made["extension"].append({"url": f"{OWN}option-words", "valueString": words})
    if exclusive:
        made["extension"].append({"url": EXCLUSIVE, "valueBoolean": True})
    return made


HOW = [option("good", "好", 0), option("fair", "一般", 1, "还行 还行吧"), option("bad", "不好", 2)]

SAMPLE: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "https://suizhen.example/fhir/Questionnaire/sample",
    "version": "1.0",
    "name": "Sample",
    "title": "试验问卷",
    "status": "active",
    "purpose": "了解您恢复得怎么样",
    "copyright": "随诊项目自编",
    "item": [
        {"linkId": "hello", "type": "display", "text": "下面问几个问题。"},
        {"linkId": "how", "type": "choice", "text": "您觉得恢复得怎么样？", "required": True, "answerOption": HOW},
        {"linkId": "sleep", "type": "choice", "text": "睡得怎么样？", "answerOption": HOW},
        {
            "linkId": "fever", "type": "boolean", "text": "发过烧吗？", "required": True,
            "item": [
                {
                    "linkId": "degrees", "type": "decimal", "text": "最高多少度？", "required": True,
                    "enableWhen": [{"question": "fever", "operator": "=", "answerBoolean": True}],
                    "extension": [
                        {"url": f"{HL7}minValue", "valueDecimal": 35}, {"url": f"{HL7}maxValue", "valueDecimal": 43},
                    ],
                },
            ],
        },
        {
            "linkId": "signs", "type": "choice", "repeats": True, "text": "切口有没有这些？",
            "answerOption": [option("red", "红肿"), option("pus", "流脓"), option("none", "都没有", exclusive=True)],
        },
        {
            "linkId": "more", "type": "group", "text": "再问两个",
            "enableWhen": [
                {"question": "how", "operator": "=", "answerCoding": {"code": "bad"}},
                {"question": "degrees", "operator": ">=", "answerDecimal": 38.5},
            ],
            "enableBehavior": "any",
            "item": [
                {"linkId": "since", "type": "date", "text": "从哪天起？"},
                {"linkId": "words", "type": "text", "text": "想跟医生说什么？", "maxLength": 50},
                {"linkId": "steps", "type": "integer", "text": "一天走多少步？"},
            ],
        },
        {
            "linkId": "weight", "type": "quantity", "text": "体重多少？",
            "extension": [{"url": f"{HL7}questionnaire-unit", "valueCoding": {"code": "kg", "display": "公斤"}}],
        },
        {"linkId": "where", "type": "open-choice", "text": "现在在哪？", "answerOption": [option("home", "家里"), option("care", "养老院")]},
    ],
    "extension": [
        {
            "url": f"{OWN}scale",
            "extension": [
                {"url": "name", "valueString": "state"}, {"url": "title", "valueString": "状态"},
                {"url": "items", "valueString": "how sleep"},
                {"url": "band", "extension": [
                    {"url": "low", "valueDecimal": 0}, {"url": "high", "valueDecimal": 1}, {"url": "label", "valueString": "好"},
                ]},
                {"url": "band", "extension": [
                    {"url": "low", "valueDecimal": 2}, {"url": "high", "valueDecimal": 4}, {"url": "label", "valueString": "差"},
                ]},
            ],
        },
        {
            "url": f"{OWN}red-flag",
            "extension": [
                {"url": "name", "valueString": "fever"}, {"url": "title", "valueString": "高烧"}, {"url": "level", "valueCode": "urgent"},
                {"url": "minutes", "valueInteger": 30}, {"url": "advice", "valueString": "come_in"},
                {"url": "when", "extension": [
                    {"url": "question", "valueString": "degrees"}, {"url": "operator", "valueString": ">="},
                    {"url": "answer", "valueDecimal": 39},
                ]},
            ],
        },
        {
            "url": f"{OWN}red-flag",
            "extension": [
                {"url": "name", "valueString": "poor"}, {"url": "title", "valueString": "很差"}, {"url": "level", "valueCode": "soon"},
                {"url": "minutes", "valueInteger": 240}, {"url": "advice", "valueString": "call"},
                {"url": "scale", "valueString": "state"}, {"url": "atLeast", "valueDecimal": 4},
            ],
        },
    ],
}  # fmt: skip


def sample(**changes: Any) -> dict[str, Any]:
    """A copy, with other elements at the top."""
    return {**deepcopy(SAMPLE), **changes}
