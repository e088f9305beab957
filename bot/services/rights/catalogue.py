"""The catalogue of what is stored: whose it is, why, how long and by which law.  Data: ``retention.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

NEVER = ("audit", "audit_chain", "consents", "privacy_requests")
"""No rule may delete a row of these: they are the proof of what was done."""
SIX_MONTHS = 180
"""Days that logs are kept at least (网络安全法 第二十一条)."""


class BadCatalogue(ValueError):
    """The file says what no release may do."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One table, as patients and auditors may ask about it."""

    table: str
    about: str
    """patient | account | staff | nobody"""
    holding: str = ""
    columns: tuple[str, ...] = ()
    why: str = ""
    keep: str = ""
    law: str = ""
    erasing: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data in plain words."""

    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What the nightly job takes away, and when."""

    name: str
    table: str
    act: str
    """delete | blank | erase"""
    since: str
    """The column its time is counted from."""
    days: int = 0
    years: int = 0
    setting: str = ""
    columns: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless_null: str = ""
    after: Mapping[str, str] = field(default_factory=dict)
    """The row this one belongs to, which has to be over as long: ``table``, ``by``, ``closed``."""
    law: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    tables: Mapping[str, Stored]
    kinds: Mapping[str, Kind]
    rules: Mapping[str, Rule]
    laws: Mapping[str, str]

    def law(self, of: Stored | Rule) -> str:
        return self.laws.get(of.law, "")


@cache
def catalogue() -> Catalogue:
    """The shipped one, checked when it is first read."""
    raw = yaml.safe_load(files(__package__).joinpath("retention.yaml").read_text(encoding="utf-8"))
    return read(raw)


def read(raw: Mapping[str, Any]) -> Catalogue:
    tables = {name: Stored(name, **_tuples(told)) for name, told in raw["tables"].items()}
    rules = {name: _rule(name, told) for name, told in raw["rules"].items()}
    kinds = {name: Kind(**told) for name, told in raw["holdings"].items()}
    found = Catalogue(tables, kinds, rules, raw["laws"])
    for rule in rules.values():
        _check(found, rule)
    return found


def _rule(name: str, told: Mapping[str, Any]) -> Rule:
    fields = _tuples(told)
    only = {column: tuple(values) for column, values in fields.pop("only", {}).items()}
    return Rule(name, since=fields.pop("from"), only=only, **fields)


def _tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}


def _check(found: Catalogue, rule: Rule) -> None:
    if rule.act == "delete" and rule.table in NEVER:
        raise BadCatalogue(f"{rule.name}: {rule.table} is never deleted")
    if rule.table.startswith("audit"):
        raise BadCatalogue(f"{rule.name}: the audit log only grows")
    if rule.law == "logs" and rule.days < SIX_MONTHS:
        raise BadCatalogue(f"{rule.name}: logs are kept six months at least")
    if sum(map(bool, (rule.days, rule.years, rule.setting))) != 1:
        raise BadCatalogue(f"{rule.name}: days, years or a setting")
    if rule.law not in found.laws or rule.table not in found.tables:
        raise BadCatalogue(f"{rule.name}: an unknown law or table")
