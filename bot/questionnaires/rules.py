"""Our own extensions of the whole questionnaire: scales with their bands, and red flags."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bot.questionnaires.model import Band, Condition, Item, Rule, Scale
from bot.questionnaires.values import (
    OWN,
    BadQuestionnaire,
    Json,
    condition,
    decimal,
    extensions,
    parts,
    whole,
)

LEVELS = ("urgent", "soon")


def scales(raw: Json) -> Iterator[Scale]:
    for number, each in extensions(raw, f"{OWN}scale"):
        where = f"extension[{number}]"
        told = parts(each)
        yield Scale(
            name=str(told.get("name", "")),
            title=str(told.get("title", "")),
            items=tuple(str(told.get("items", "")).split()),
            bands=tuple(_band(parts(band), f"{where}.band") for _, band in extensions(each, "band")),
        )


def _band(told: Json, where: str) -> Band:
    low, high = (decimal(told.get(name), where) for name in ("low", "high"))
    return Band(low, high, str(told.get("label", "")))


def rules(raw: Json, items: Mapping[str, Item]) -> Iterator[Rule]:
    for number, each in extensions(raw, f"{OWN}red-flag"):
        where = f"extension[{number}]"
        told = parts(each)
        if told.get("level") not in LEVELS:
            raise BadQuestionnaire(where, f"level 要是 {'、'.join(LEVELS)} 之一")
        at_least, at_most = (_edge(told, name, where) for name in ("atLeast", "atMost"))
        yield Rule(
            name=str(told.get("name", "")), title=str(told.get("title", "")), level=str(told["level"]),
            minutes=whole(told.get("minutes", 0), where), advice=str(told.get("advice", "")),
            when=tuple(_when(each, items, where)), every=bool(told.get("all", True)),
            scale=str(told.get("scale", "")), at_least=at_least, at_most=at_most,
        )  # fmt: skip


def _edge(told: Mapping[str, Any], name: str, where: str) -> Decimal | None:
    return decimal(told[name], where) if name in told else None


def _when(raw: Json, items: Mapping[str, Item], where: str) -> Iterator[Condition]:
    for number, (_, each) in enumerate(extensions(raw, "when")):
        told = parts(each)
        answer = {
            key: value
            for _, part in extensions(each, "answer")
            for key, value in part.items()
            if key.startswith("value")
        }
        question = str(told.get("question", ""))
        yield condition(question, told.get("operator", "="), answer, items, f"{where}.when[{number}]")
