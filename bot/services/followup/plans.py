"""The follow-up plans as data: one YAML file each; a hospital's own files win over those that come with the house."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from bot.domain.discharge import Cohort, WayOut
from bot.domain.followup import Anchor, Audience, Grade, Plan, Span, Step
from bot.settings import BadSettings

FOLDER = "plans"
"""In the data directory."""
_PLAN = {"title", "priority", "enabled", "cohort", "steps"}


class PlanError(BadSettings):
    """A plan that cannot be read, in words for whoever edits it."""


def load_plans(own: Path | None = None) -> dict[str, dict[str, Any]]:
    """Each plan as its file has it, by name; every one of them can be read.  Raises `PlanError`."""
    shipped = files(__package__) / "shipped"
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in shipped.iterdir()}
    if own is not None and own.is_dir():
        texts |= {path.name: path.read_text(encoding="utf-8") for path in own.glob("*.yaml")}
    found = {
        name.removesuffix(".yaml"): deepcopy(_parsed(name, text))
        for name, text in sorted(texts.items())
        if name.endswith(".yaml")
    }
    for name, data in found.items():
        read_plan(name, data)
    return found


def read_plan(name: str, data: Mapping[str, Any]) -> Plan:
    """From the form of its file; raises `PlanError`."""
    try:
        if unknown := set(data) - _PLAN:
            raise PlanError(f"plan {name}: unknown {', '.join(sorted(unknown))}")
        steps = tuple(_step(each) for each in data["steps"])
        if not steps or len({step.name for step in steps}) < len(steps):
            raise PlanError(f"plan {name}: steps have names, each another")
        return Plan(
            name=name,
            title=str(data["title"]),
            priority=int(data["priority"]),
            cohort=_cohort(data.get("cohort") or {}),
            steps=steps,
            enabled=bool(data.get("enabled", True)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanError(f"plan {name}: {type(error).__name__}: {error}") from None


def _step(data: Mapping[str, Any]) -> Step:
    known = {field.name for field in fields(Step)}
    if unknown := set(data) - known:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    earliest, due, overdue = (Span.read(str(data[name])) for name in ("earliest", "due", "overdue"))
    if not _length(earliest) <= _length(due) <= _length(overdue):
        raise ValueError(f"{data['name']}: earliest ≤ due ≤ overdue")
    return Step(
        name=str(data["name"]),
        title=str(data["title"]),
        earliest=earliest,
        due=due,
        overdue=overdue,
        questionnaire=str(data["questionnaire"]),
        anchor=Anchor(data.get("anchor", Anchor.DISCHARGE)),
        audience=Audience(data.get("audience", Audience.PATIENT)),
        owner=Grade(data.get("owner", Grade.ATTENDING)),
        kind=str(data.get("kind", "followup_due")),
        retries=int(data.get("retries", 2)),
    )


def _length(span: Span) -> float:
    """Months are 28 to 31 days; whoever mixes them with days leaves a few between."""
    return span.days + 30.4 * span.months


def _cohort(data: Mapping[str, Any]) -> Cohort:
    lists = {
        name: tuple(str(value) for value in data.get(name) or ())
        for name in ("wards", "departments", "words", "codes")
    }
    known = {field.name for field in fields(Cohort)}
    if unknown := set(data) - known:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    ways = tuple(WayOut(way) for way in data.get("ways") or ())
    return Cohort(**lists, ways=ways, surgery=data.get("surgery"), undiagnosed=data.get("undiagnosed"))


@lru_cache(maxsize=64)
def _parsed(name: str, text: str) -> dict[str, Any]:
    """Read once a process: who changes it gets a copy."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PlanError(f"{name}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise PlanError(f"{name}: expected title, priority, cohort, steps")
    return raw
