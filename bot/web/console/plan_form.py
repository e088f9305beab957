"""The form of a plan: from its data to fields and back; what is filled in stays, however wrong it is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from bot.services.followup.checking import MOST_STEPS, Fault
from bot.web.console.plan_words import said

LISTS = ("wards", "departments", "words", "codes")
FLAGS = ("surgery", "undiagnosed")
UNITS = {"d": "天", "w": "周", "m": "个月"}
SPANS = ("earliest", "due", "overdue")
_CHOICES = ("anchor", "audience", "owner", "kind", "questionnaire")
_SAID = {"True": "yes", "False": "no"}
_FLAG = {"": None, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Fields:
    """The form as it is drawn: plain text everywhere."""

    top: Mapping[str, str]
    ways: tuple[str, ...]
    steps: tuple[Mapping[str, str], ...]


def shown(data: Mapping[str, Any]) -> Fields:
    cohort = data.get("cohort") or {}
    top = {"title": str(data.get("title") or ""), "priority": str(data.get("priority", ""))}
    top |= {name: "\n".join(str(each) for each in cohort.get(name) or ()) for name in LISTS}
    top |= {name: _SAID.get(str(cohort.get(name)), "") for name in FLAGS}
    return Fields(
        top, tuple(cohort.get("ways") or ()), tuple(_shown(step) for step in data.get("steps") or ())
    )


def read(form: MultiDict[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """``before``: the draft, for what the form does not have."""
    cohort: dict[str, Any] = {name: values for name in LISTS if (values := _lines(form.get(name, "")))}
    if ways := form.getlist("ways"):
        cohort["ways"] = [way[:16] for way in ways[:20]]
    cohort |= {name: flag for name in FLAGS if (flag := _FLAG.get(form.get(name, ""))) is not None}
    steps = [_step(form, f"s{number}-") for number in _numbers(form)]
    return {
        "title": _text(form, "title", 200),
        "priority": _number(form, "priority"),
        "enabled": before.get("enabled", True),
        "cohort": cohort,
        "steps": _named(steps),
    }


def add(data: dict[str, Any]) -> None:
    """Another step, as the last one was."""
    steps = data["steps"]
    if len(steps) < MOST_STEPS:
        last = steps[-1] if steps else {"earliest": "3d", "due": "1w", "overdue": "10d", "retries": 2}
        steps.append({**last, "name": "", "title": ""})
        _named(steps)


def told(faults: Iterable[Fault]) -> dict[str, str]:
    """By the field's name: steps.0.due is s0-due, cohort.ways is ways."""
    found: dict[str, str] = {}
    for fault in faults:
        where = re.sub(r"^steps\.(\d+)\.", r"s\1-", fault.where).removeprefix("cohort.")
        found[where] = found.get(where, "") + said(fault.why, fault.of)
    return found


def _shown(step: Mapping[str, Any]) -> dict[str, str]:
    usual = {
        "anchor": "discharge",
        "audience": "patient",
        "owner": "attending",
        "kind": "followup_due",
        "retries": 2,
    }
    whole = {**usual, **step}
    fields = {name: str(whole.get(name, "")) for name in ("name", "title", "retries", *_CHOICES)}
    for name in SPANS:
        found = re.fullmatch(r"(.*?)([dwm])", str(whole.get(name, "")))
        fields |= {
            name: found[1] if found else str(whole.get(name, "")),
            f"{name}-unit": found[2] if found else "d",
        }
    return fields


def _step(form: MultiDict[str, str], prefix: str) -> dict[str, Any]:
    step: dict[str, Any] = {name: _text(form, prefix + name, 200) for name in ("name", "title")}
    step |= {name: _text(form, prefix + name, 64) for name in _CHOICES}
    step |= {name: _text(form, prefix + name, 6) + _text(form, f"{prefix}{name}-unit", 1) for name in SPANS}
    return step | {"retries": _number(form, f"{prefix}retries")}


def _numbers(form: MultiDict[str, str]) -> list[int]:
    """In the order of the form."""
    said = [each for each in form.getlist("step") if each.isascii() and each.isdigit() and len(each) < 4]
    return [int(each) for each in dict.fromkeys(said)][: MOST_STEPS + 1]


def _named(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A new step gets a name nobody has; nobody reads it."""
    taken = {step["name"] for step in steps}
    free = (name for name in (f"step{number}" for number in range(1, 100)) if name not in taken)
    for step in steps:
        step["name"] = step["name"] or next(free)
    return steps


def _number(form: MultiDict[str, str], name: str) -> int | str:
    said = _text(form, name, 6)
    return int(said) if said.isascii() and said.isdigit() else said


def _text(form: MultiDict[str, str], name: str, longest: int) -> str:
    return form.get(name, "").replace("\0", "").strip()[:longest]


def _lines(text: str) -> list[str]:
    parts = re.split(r"[\n、，,；;]", text.replace("\0", "")[:4000])
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
