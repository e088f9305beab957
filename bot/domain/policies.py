"""From rows of numbers to one `Policy`: the hospital's, overridden by department, then by doctor."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date

from bot.domain.policy import Policy

SCOPES = ("hospital", "department", "doctor")
NAMES = frozenset(field.name for field in fields(Policy))


@dataclass(frozen=True, slots=True)
class Rule:
    """One number for one scope, from a day on."""

    scope: str
    scope_id: int
    name: str
    value: int | None
    """None: the wider scope's number holds again."""
    effective_from: date


def resolve(
    rules: Iterable[Rule], on: date, *, department_id: int | None = None, doctor_id: int | None = None
) -> Policy:
    """The policy in force on a day; within a scope the latest rule counts, of the scopes the nearest that says
    anything."""
    ids = {"hospital": 0, "department": department_id, "doctor": doctor_id}
    live = [
        rule
        for rule in rules
        if rule.name in NAMES and rule.effective_from <= on and ids.get(rule.scope) == rule.scope_id
    ]
    live.sort(key=lambda rule: (SCOPES.index(rule.scope), rule.effective_from))
    latest = {(rule.scope, rule.name): rule for rule in live}
    said = {name: rule.value for (_, name), rule in latest.items() if rule.value is not None}
    return replace(Policy(), **said)
