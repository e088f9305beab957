"""What each kind of push says over each road: one YAML file a kind, read once; a hospital's own files win."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import yaml

from bot.pushes.limits import BadField, cut, fit
from bot.pushes.shapes import Assistant, Card, Shape, Sms, Words
from bot.settings import BadSettings

log = logging.getLogger(__name__)

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


class Written(Protocol):
    """An edition that is in force, as the console keeps it."""

    @property
    def body(self) -> Mapping[str, Any]: ...


Editions = Callable[[], Mapping[str, Written]]
"""Those in force, by kind: the same object until one is published or retired."""


class Templates:
    """Every kind's templates; ``editions`` take the place of the files' and are asked each time."""

    def __init__(self, found: Mapping[str, Template], editions: Editions = dict) -> None:
        self._files, self._editions = dict(found), editions
        self._merged: tuple[Mapping[str, Written], dict[str, Template]] = ({}, self._files)

    @classmethod
    def load(cls, own: Path | None = None, editions: Editions = dict) -> "Templates":
        """The house's, then those in the folder ``own``; raises `TemplateError`."""
        shipped = files(__package__) / "templates"
        texts = {entry.name: entry.read_text(encoding="utf-8") for entry in shipped.iterdir()}
        if own is not None and own.is_dir():
            texts |= {path.name: path.read_text(encoding="utf-8") for path in sorted(own.glob("*.yaml"))}
        found = (parse(name.removesuffix(".yaml"), text) for name, text in sorted(texts.items())
                 if name.endswith(".yaml"))  # fmt: skip
        return cls({template.kind: template for template in found}, editions)

    @property
    def files(self) -> Mapping[str, Template]:
        """What holds where no edition does."""
        return self._files

    @property
    def _found(self) -> dict[str, Template]:
        written, (known, merged) = self._editions(), self._merged
        if written is not known and written != known:
            merged = self._files | _running(written, self._files)
            self._merged = (written, merged)  # in one step: readers in other threads see the old or the new
        return merged

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
    return read(kind, raw)


def read(kind: str, raw: Any) -> Template:
    """What a file or an edition holds; raises `TemplateError`."""
    if not isinstance(raw, Mapping):
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


def written(template: Template) -> dict[str, Any]:
    """A template in the form of its file: what an edition keeps."""
    raw: dict[str, Any] = {
        road: text for road, text in (("custom", template.custom), ("sms", template.sms)) if text
    }
    for road, card in template.cards.items():
        fields = {name: {"label": label, "says": says} for name, label, says in card.fields}
        raw[road] = {"title": card.title, "fields": fields}
    if template.assistant is not None:
        raw["assistant"] = {
            "status": template.assistant.status, "business_info": dict(template.assistant.info),
        }  # fmt: skip
    return raw


def _running(written: Mapping[str, Written], files: Mapping[str, Template]) -> dict[str, Template]:
    found = {}
    for kind, edition in written.items():
        try:
            if kind in files:
                found[kind] = read(kind, edition.body)
        except TemplateError as error:  # checked before it was published: an older program's, perhaps
            log.error("template.refused kind=%s error=%s: the file's words hold", kind, error)
    return found


def _card_of(raw: Any) -> CardTemplate:
    fields = tuple((str(name), str(spec["label"]), str(spec["says"])) for name, spec in raw["fields"].items())
    return CardTemplate(str(raw["title"]), fields)


def _assistant_of(raw: Any) -> AssistantTemplate:
    return AssistantTemplate(
        int(raw["status"]), tuple((str(k), str(v)) for k, v in raw["business_info"].items())
    )
