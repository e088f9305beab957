"""What is wrong with a plan before it is used, field by field: `plans.read_plan` says the last word."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.domain.discharge import Cohort, WayOut
from bot.domain.followup import Anchor, Audience, Grade, Span, Step
from bot.services.followup.plans import PlanError, read_plan

MOST_STEPS = 12
TITLE, NAME, WORD = 40, 48, 64
_TOP = {"title", "priority", "enabled", "cohort", "steps"}
_SPANS = ("earliest", "due", "overdue")
_LISTS = ("wards", "departments", "words", "codes")
_CHOICES: Mapping[str, Collection[str]] = {
    "anchor": tuple(Anchor),
    "audience": tuple(Audience),
    "owner": tuple(Grade),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """``where``: title, cohort.ways, steps.0.due; empty: the whole."""

    where: str
    why: str
    """A code; `bot.web.console.plan_words` says it."""
    of: str = ""
    """The name, field or error it speaks of."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan may name."""

    questionnaires: Collection[str]
    """Names of which an active version exists."""
    kinds: Collection[str]


def check(data: Any, known: Known) -> tuple[Fault, ...]:
    """Empty: it may be published."""
    if not isinstance(data, Mapping):
        return (Fault("", "shape"),)
    found = tuple(_faults(data, known))
    if found:
        return found
    try:
        read_plan("draft", data)
    except PlanError as error:
        return (Fault("", "unreadable", str(error)),)
    return ()


def _faults(data: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    yield from _strangers(data, _TOP, "")
    title = data.get("title")
    if not isinstance(title, str) or not 0 < len(title.strip()) <= TITLE:
        yield Fault("title", "title")
    if not _whole(data.get("priority"), 0, 999):
        yield Fault("priority", "priority")
    if not isinstance(data.get("enabled", True), bool):
        yield Fault("enabled", "truth")
    yield from _cohort(data.get("cohort"))
    steps = data.get("steps")
    if not isinstance(steps, list) or not steps:
        yield Fault("steps", "no_steps")
        return
    if len(steps) > MOST_STEPS:
        yield Fault("steps", "many_steps")
    names: set[str] = set()
    for number, step in enumerate(steps):
        yield from _step(f"steps.{number}", step, known, names)


def _cohort(cohort: Any) -> Iterator[Fault]:
    if cohort is None:
        return
    if not isinstance(cohort, Mapping):
        yield Fault("cohort", "cohort")
        return
    yield from _strangers(cohort, {field.name for field in fields(Cohort)}, "cohort.")
    for name in _LISTS:
        values = cohort.get(name) or []
        good = isinstance(values, list) and all(isinstance(v, str) and 0 < len(v) <= WORD for v in values)
        if not good:
            yield Fault(f"cohort.{name}", "list")
    ways = cohort.get("ways") or []
    if not isinstance(ways, list) or any(way not in list(WayOut) for way in ways):
        yield Fault("cohort.ways", "ways")
    for name in ("surgery", "undiagnosed"):
        if cohort.get(name) not in (None, True, False):
            yield Fault(f"cohort.{name}", "truth")


def _step(where: str, step: Any, known: Known, names: set[str]) -> Iterator[Fault]:
    if not isinstance(step, Mapping):
        yield Fault(where, "step")
        return
    yield from _strangers(step, {field.name for field in fields(Step)}, f"{where}.")
    name, title = step.get("name"), step.get("title")
    if not isinstance(name, str) or not 0 < len(name) <= NAME:
        yield Fault(f"{where}.name", "name")
    elif name in names:
        yield Fault(f"{where}.name", "twice", name)
    names.add(str(name))
    if not isinstance(title, str) or not 0 < len(title.strip()) <= TITLE:
        yield Fault(f"{where}.title", "step_title")
    yield from _days(where, step)
    for field, allowed in _CHOICES.items():
        if field in step and step[field] not in allowed:
            yield Fault(f"{where}.{field}", "choice", field)
    if step.get("questionnaire") not in known.questionnaires:
        yield Fault(f"{where}.questionnaire", "questionnaire")
    if step.get("kind", "followup_due") not in known.kinds:
        yield Fault(f"{where}.kind", "kind")
    if not _whole(step.get("retries", 2), 0, 9):
        yield Fault(f"{where}.retries", "retries")


def _days(where: str, step: Mapping[str, Any]) -> Iterator[Fault]:
    lengths = []
    for field in _SPANS:
        try:
            span = Span.read(str(step[field]))
        except (KeyError, ValueError):
            yield Fault(f"{where}.{field}", "span", field)
            continue
        lengths.append(span.days + 30.4 * span.months)
    if len(lengths) == len(_SPANS) and lengths != sorted(lengths):
        yield Fault(f"{where}.due", "order")


def _strangers(data: Mapping[str, Any], known: Collection[str], where: str) -> Iterator[Fault]:
    for name in data:
        if name not in known:
            yield Fault(f"{where}{name}", "unknown", str(name))


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
