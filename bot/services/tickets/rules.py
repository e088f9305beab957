"""Categories, deadlines and departments as data: the shipped file, changed by the hospital's own ``tickets.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.tickets import OTHER, TicketKind
from bot.overlay import merged, parsed
from bot.pushes.workdays import is_workday
from bot.settings import BadSettings

FILE = "tickets.yaml"
_DAY = timedelta(days=1)


class BadRules(BadSettings):
    """What is wrong with the file, for whoever edits it: it stops the start with one line."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """意见, 投诉 or 表扬."""

    title: str
    workdays: int
    escalates: bool


@dataclass(frozen=True, slots=True)
class Category:
    """What a ticket is about."""

    name: str
    department: str
    """Who has to act, where nothing else is known."""
    unit: bool
    """Whether it is the business of the clinical department that it is about."""
    workdays: Mapping[TicketKind, int]
    """In place of the kind's."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Who is told of an overdue ticket, so many workdays after its deadline."""

    after: int
    to: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All of them."""

    closes: time
    silence: timedelta
    kinds: Mapping[TicketKind, KindRule]
    categories: Mapping[str, Category]
    escalation: tuple[Tier, ...]

    def category(self, name: str) -> Category:
        """By name; what the hospital has taken off its list is 其他."""
        return self.categories.get(name) or self.categories[OTHER]

    @property
    def departments(self) -> frozenset[str]:
        return frozenset(each.department for each in self.categories.values())

    def department(self, category: str, concerned: str) -> str:
        """Who has to act on it, where it is about the department ``concerned``."""
        found = self.category(category)
        return concerned if found.unit and concerned else found.department

    def due(self, kind: TicketKind, category: str, opened: datetime) -> datetime:
        """R37: until when it has to be answered: before offices close, so many workdays after it was received."""
        days = self.category(category).workdays.get(kind, self.kinds[kind].workdays)
        return self.later(opened, days)

    def later(self, moment: datetime, workdays: int) -> datetime:
        """Closing time of the n-th workday after the one on which offices take notice of ``moment``."""
        return self._closing(self._received(moment), workdays)

    def told_at(self, due: datetime, tier: int) -> datetime:
        """When tier ``tier`` (from 1) hears of a ticket that was due at ``due``."""
        after = self.escalation[tier - 1].after
        return self._closing(local(due).date(), after) if after else due

    def _closing(self, day: date, workdays: int) -> datetime:
        for _ in range(workdays):
            day = _workday_from(day + _DAY)
        return datetime.combine(day, self.closes, HOSPITAL_TZ)

    def _received(self, moment: datetime) -> date:
        here = local(moment)
        late = here.time() >= self.closes
        return _workday_from(here.date() + (_DAY if late else timedelta()))

    @classmethod
    def load(cls, own: Path | None = None) -> "Rules":
        """The shipped file, changed by the hospital's own; raises `BadRules`."""
        raw = _shipped()
        name = "categories.yaml"
        if own is not None and own.is_file():
            name = str(own)
            raw = merged(raw, _parsed(own.read_text(encoding="utf-8"), name))
        try:
            return _read(raw)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadRules(f"{name}: {type(error).__name__}: {error}") from error


def _workday_from(day: date) -> date:
    while not is_workday(day):
        day += _DAY
    return day


def _read(raw: Mapping[str, Any]) -> Rules:
    kinds = {TicketKind(name): KindRule(**data) for name, data in raw["kinds"].items()}
    categories = {name: _category(name, data) for name, data in raw["categories"].items()}
    tiers = tuple(Tier(**each) for each in raw["escalation"])
    if set(kinds) != set(TicketKind) or OTHER not in categories:
        raise ValueError(f"kinds are {'、'.join(TicketKind)}, and {OTHER} is a category")
    if [tier.after for tier in tiers] != sorted(tier.after for tier in tiers):
        raise ValueError("escalation: the tiers stand in the order of their days")
    days = [rule.workdays for rule in kinds.values()]
    days += [n for each in categories.values() for n in each.workdays.values()]
    if any(not 1 <= n <= 60 for n in days):
        raise ValueError("workdays: 1 to 60")
    silence = timedelta(days=int(raw["silence_days"]))
    return Rules(time.fromisoformat(str(raw["closes"])), silence, kinds, categories, tiers)


def _category(name: str, data: Mapping[str, Any]) -> Category:
    if unknown := set(data) - {"department", "unit", "workdays"}:
        raise ValueError(f"{name}: unknown {'、'.join(sorted(unknown))}")
    days = {TicketKind(kind): int(n) for kind, n in (data.get("workdays") or {}).items()}
    return Category(name, str(data["department"]), bool(data.get("unit", False)), days)


def _parsed(text: str, where: str) -> dict[str, Any]:
    return parsed(text, where, expected="kinds, categories, escalation", wrong=BadRules)


@cache
def _shipped() -> Mapping[str, Any]:
    """Read once a process; nobody changes it."""
    return _parsed(
        files(__package__).joinpath("categories.yaml").read_text(encoding="utf-8"), "categories.yaml"
    )
