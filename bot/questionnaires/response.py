"""Answers ↔ FHIR R4 QuestionnaireResponse JSON, pinned to ``url|version``; the chat and the H5 page give the same."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.questionnaires.evaluate import enabled, missing, pruned
from bot.questionnaires.model import ASKED, Answers, Coded, Free, Item, Questionnaire, Type, Value
from bot.questionnaires.values import NAMES, BadQuestionnaire, value_of

Json = dict[str, Any]


class WrongQuestionnaire(ValueError):
    """A response to another questionnaire, or to another version of it."""


def to_json(questionnaire: Questionnaire, answers: Answers, *, authored: datetime, status: str = "") -> Json:
    """``status``: completed where nothing required is missing, else in-progress, unless told."""
    live = pruned(questionnaire, answers)
    shown = {item.link_id for item in enabled(questionnaire, answers)}
    done = "in-progress" if missing(questionnaire, live) else "completed"
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": questionnaire.canonical,
        "status": status or done,
        "authored": authored.isoformat(timespec="seconds"),
        "item": list(_items(questionnaire.items, live, shown)),
    }


def _items(items: Sequence[Item], answers: Answers, shown: set[str]) -> Iterator[Json]:
    """As FHIR has it: what stands below a group goes into its ``item``, below a question into its answer's."""
    for item in items:
        if item.link_id not in shown or item.type is Type.DISPLAY:
            continue
        below = list(_items(item.items, answers, shown))
        given = [_told(item, value) for value in answers.get(item.link_id, ())]
        if not (below if item.type is Type.GROUP else given):
            continue
        told: Json = {"linkId": item.link_id, "text": item.text}
        if item.type is Type.GROUP:
            told["item"] = below
        else:
            if below:
                given[0]["item"] = below
            told["answer"] = given
        yield told


def _told(item: Item, value: Value) -> Json:
    """One ``value[x]``; words of one's own in an open choice are a string."""
    match value:
        case Decimal() if item.type is Type.INTEGER:
            told: Any = int(value)
        case Decimal() if item.type is Type.QUANTITY:
            told = {"value": float(value), "unit": item.unit}
        case Decimal():
            told = float(value)
        case date():
            told = value.isoformat()
        case Coded(code):
            option = item.option(code)
            assert option is not None  # refusal() saw to that
            told = {"code": code, "display": option.display}
            told |= {"system": option.system} if option.system else {}
        case Free(text):
            return {"valueString": text}
        case _:
            told = value
    return {f"value{NAMES[item.type]}": told}


def from_json(questionnaire: Questionnaire, raw: Mapping[str, Any]) -> dict[str, tuple[Value, ...]]:
    """The answers of a response; raises `WrongQuestionnaire`, `BadQuestionnaire`."""
    if raw.get("questionnaire") != questionnaire.canonical:
        raise WrongQuestionnaire(str(raw.get("questionnaire")))
    found: dict[str, tuple[Value, ...]] = {}
    for item in _flat(raw.get("item") or []):
        link_id = str(item.get("linkId"))
        asked = questionnaire.item(link_id)
        if asked is None or (asked.type not in ASKED and item.get("answer")):
            raise BadQuestionnaire(link_id, "没有这个问题")
        if item.get("answer"):
            found[link_id] = tuple(value_of(each, asked, link_id) for each in item["answer"])
    return found


def _flat(items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        yield item
        yield from _flat(item.get("item") or [])
        for answer in item.get("answer") or []:
            yield from _flat(answer.get("item") or [])
