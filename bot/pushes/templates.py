"""What each kind of push says over each road: one YAML file a kind, read once; a hospital's own files win."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from bot.pushes.limits import BadField, cut, fit
from bot.pushes.shapes import Assistant, Card, Shape, Sms, Words
from bot.settings import BadSettings

ROADS = ("assistant", "template", "subscribe", "custom", "sms")
SMS_PARAM = 30
"""Characters of one SMS variable: the vendors refuse more."""
_FACT = re.compile(r"\{(\w+)\}")


class TemplateError(BadSettings):
    """A file that cannot be read, in words for whoever edits it: it stops the start with one line."""


@dataclass(frozen=True, slots=True)
class CardTemplate:
    """``fields``: (thing1, 就诊科室, {department})."""

    title: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class AssistantTemplate:
    status: int
    info: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """Everything one kind says."""

    kind: str
    custom: str = ""
    sms: str = ""
    cards: Mapping[str, CardTemplate] = field(default_factory=dict)
    """template and subscribe"""
    assistant: AssistantTemplate | None = None

    def roads(self) -> tuple[str, ...]:
        """The roads it has words for."""
        has = {"custom": bool(self.custom), "sms": bool(self.sms), "assistant": self.assistant is not None}
        return tuple(road for road in ROADS if has.get(road, road in self.cards))

    def texts(self, road: str) -> tuple[str, ...]:
        """Its raw sentences on a road, with their ``{facts}``."""
        match road:
            case "custom":
                return (self.custom,)
            case "sms":
                return (self.sms,)
            case "assistant":
                return () if self.assistant is None else tuple(says for _, says in self.assistant.info)
            case _:
                return tuple(says for _, _, says in self.cards[road].fields)


class Templates:
    """Every kind's templates."""

    def __init__(self, found: Mapping[str, Template]) -> None:
        self._found = dict(found)

    @classmethod
    def load(cls, own: Path | None = None) -> "Templates":
        """The house's, then those in the folder ``own``; raises `TemplateError`."""
        shipped = files(__package__) / "templates"
        texts = {entry.name: entry.read_text(encoding="utf-8") for entry in shipped.iterdir()}
        if own is not None and own.is_dir():
            texts |= {path.name: path.read_text(encoding="utf-8") for path in sorted(own.glob("*.yaml"))}
        found = (parse(name.removesuffix(".yaml"), text) for name, text in sorted(texts.items())
                 if name.endswith(".yaml"))  # fmt: skip
        return cls({template.kind: template for template in found})

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self._found)

    def get(self, kind: str) -> Template | None:
        return self._found.get(kind)

    def roads(self, kind: str) -> tuple[str, ...]:
        """The roads for which a kind has words."""
        template = self._found.get(kind)
        return () if template is None else template.roads()

    def has(self, kind: str, road: str) -> bool:
        """Whether there is anything to say over ``road``; a ladder passes over the others."""
        return road in self.roads(kind)

    def render(self, kind: str, road: str, fields: Mapping[str, str]) -> Shape:
        """The push as ``road`` takes it; raises `BadField` for what would be refused (47003)."""
        template = self._found.get(kind)
        if template is None or road not in template.roads():
            raise BadField(f"{kind} has nothing to say over {road}")
        match road:
            case "custom":
                return Words(say(template.custom, fields))
            case "sms":
                return _sms(template.sms, fields)
            case "assistant":
                assert template.assistant is not None  # roads() says so
                info = {name: say(says, fields) for name, says in template.assistant.info}
                return Assistant(template.assistant.status, info)
            case _:
                return _card(template.cards[road], fields)


def say(text: str, fields: Mapping[str, str]) -> str:
    """``text`` with its facts.  A line none of whose facts is known is left out."""
    lines = []
    for line in text.splitlines():
        names = _FACT.findall(line)
        if names and not any(fields.get(name) for name in names):
            continue
        lines.append(_FACT.sub(lambda match: fields.get(match[1], ""), line).rstrip())
    return "\n".join(lines).strip()


def facts(text: str) -> tuple[str, ...]:
    """The names a text speaks of, in order."""
    return tuple(dict.fromkeys(_FACT.findall(text)))


def _card(card: CardTemplate, fields: Mapping[str, str]) -> Card:
    """The platform wants every field: one without a fact gets a dash where words may stand."""
    rows = [(name, label, fit(name, say(says, fields) or "—")) for name, label, says in card.fields]
    return Card(card.title, tuple(rows))


def _sms(text: str, fields: Mapping[str, str]) -> Sms:
    short = {name: cut(fields.get(name, "") or "无", SMS_PARAM) for name in facts(text)}
    return Sms(tuple(short.items()), say(" ".join(text.split("\n")), short))


@lru_cache(maxsize=256)
def parse(kind: str, text: str) -> Template:
    """One file; raises `TemplateError`."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise TemplateError(f"{kind}.yaml: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise TemplateError(f"{kind}.yaml: expected custom, sms, template, subscribe, assistant")
    if unknown := set(raw) - set(ROADS):
        raise TemplateError(f"{kind}.yaml: no such road: {'、'.join(sorted(unknown))}")
    try:
        cards = {road: _card_of(raw[road]) for road in ("template", "subscribe") if road in raw}
        assistant = _assistant_of(raw["assistant"]) if "assistant" in raw else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TemplateError(f"{kind}.yaml: {type(error).__name__} {error}") from None
    return Template(
        kind, str(raw.get("custom") or "").strip(), str(raw.get("sms") or "").strip(), cards, assistant
    )


def _card_of(raw: Any) -> CardTemplate:
    fields = tuple((str(name), str(spec["label"]), str(spec["says"])) for name, spec in raw["fields"].items())
    return CardTemplate(str(raw["title"]), fields)


def _assistant_of(raw: Any) -> AssistantTemplate:
    return AssistantTemplate(
        int(raw["status"]), tuple((str(k), str(v)) for k, v in raw["business_info"].items())
    )
