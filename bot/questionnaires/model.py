"""A questionnaire as the house uses it (docs/questionnaires.md): frozen, every reference checked when it was read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Type(StrEnum):
    """FHIR R4 ``item.type``; those of the subset."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    QUANTITY = "quantity"
    DATE = "date"
    STRING = "string"
    TEXT = "text"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"


NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.QUANTITY)
CHOICES = (Type.CHOICE, Type.OPEN_CHOICE)
ASKED = tuple(each for each in Type if each not in (Type.GROUP, Type.DISPLAY))


@dataclass(frozen=True, slots=True)
class Coded:
    """The answer that is one of the options."""

    code: str


@dataclass(frozen=True, slots=True)
class Free:
    """The answer to an open choice in words of one's own, or to a string."""

    text: str


Value = bool | Decimal | date | Coded | Free
"""integer, decimal and quantity are `Decimal` (a quantity in the item's own unit)."""
Answers = Mapping[str, tuple[Value, ...]]
"""By linkId, in the order given; several only where the item repeats."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice.  ``words``: other ways in which patients say it (还行吧)."""

    code: str
    display: str
    score: Decimal | None = None
    """ordinalValue"""
    words: tuple[str, ...] = ()
    system: str = ""
    exclusive: bool = False
    """Of a repeating item: chosen alone or not at all (以上都没有)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """``enableWhen``, or a rule's: ``operator`` is exists = != > < >= <=."""

    question: str
    operator: str
    value: Value


INTEGRITY = "integrity"
SERVICE = frozenset({"complaint", INTEGRITY})
"""The approved texts of rules that are about the service: those complained about must not be who is alarmed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A red flag: when the answers say this, a nurse is told within ``minutes``."""

    name: str
    title: str
    """What the nurse reads."""
    level: str
    """urgent | soon"""
    minutes: int
    advice: str
    """Key of an approved text (R42)."""
    when: tuple[Condition, ...] = ()
    every: bool = True
    """All of ``when``, or any."""
    scale: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    """… or a scale's sum from this on, or up to this."""

    @property
    def service(self) -> bool:
        """About the service, not about a danger: no nurse of the ward is told, it becomes a ticket."""
        return self.advice in SERVICE


@dataclass(frozen=True, slots=True)
class Band:
    """What a sum means: ``low`` to ``high``, both included."""

    low: Decimal
    high: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A sum over items, by their options' scores or their numbers; None while one of them is unanswered."""

    name: str
    title: str
    items: tuple[str, ...]
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One question, group or text."""

    link_id: str
    type: Type
    text: str
    prefix: str = ""
    required: bool = False
    repeats: bool = False
    options: tuple[Option, ...] = ()
    when: tuple[Condition, ...] = ()
    every: bool = True
    """``enableBehavior`` all, or any."""
    low: Decimal | date | None = None
    high: Decimal | date | None = None
    longest: int = 0
    """``maxLength``; 0: the type's own."""
    unit: str = ""
    initial: tuple[Value, ...] = ()
    """Offered first, marked on a page; no answer until the patient has given it."""
    dimension: str = ""
    """What it tells of (R25): 环境, 人员, 疗效 …"""
    items: tuple["Item", ...] = ()

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """``url|version`` names it for ever: every response says by which it was given."""

    url: str
    version: str
    name: str
    title: str
    status: str
    purpose: str
    """Said first: who asks, and why (R24)."""
    copyright: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...] = ()
    rules: tuple[Rule, ...] = ()
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """linkId → the groups and questions it stands in, outermost first."""

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}"

    def walk(self) -> Iterator[Item]:
        """Every item, in reading order."""
        yield from _walk(self.items)

    def item(self, link_id: str) -> Item | None:
        return next((item for item in self.walk() if item.link_id == link_id), None)


def _walk(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _walk(item.items)
