"""What is wrong with a plan before it is used, in words, field by field: `plans.read_plan` says the last word."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.domain.discharge import Cohort, WayOut
from bot.domain.followup import Anchor, Audience, Grade, Span, Step
from bot.services.followup.plans import PlanError, read_plan

MOST_STEPS = 12
TITLE, NAME, WORD = 40, 48, 64
_TOP = {"title", "priority", "enabled", "cohort", "steps"}
_SPANS = {"earliest": "最早", "due": "应做", "overdue": "最晚"}
_LISTS = ("wards", "departments", "words", "codes")
_CHOICES: Mapping[str, tuple[str, Collection[str], bool]] = {
    "anchor": ("从哪天算", tuple(Anchor), False),
    "audience": ("问谁", tuple(Audience), False),
    "owner": ("该谁做", tuple(Grade), False),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """``where``: title, cohort.ways, steps.0.due; empty: the whole."""

    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan may name."""

    questionnaires: Collection[str]
    """Names of which an active version exists."""
    kinds: Collection[str]


def check(data: Any, known: Known) -> tuple[Fault, ...]:
    """Empty: it may be published."""
    if not isinstance(data, Mapping):
        return (Fault("", "要有 title、priority、cohort、steps 这几项。"),)
    found = tuple(_faults(data, known))
    if found:
        return found
    try:
        read_plan("draft", data)
    except PlanError as error:
        return (Fault("", f"读不懂：{error}"),)
    return ()


def _faults(data: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    yield from _strangers(data, _TOP, "")
    title = data.get("title")
    if not isinstance(title, str) or not 0 < len(title.strip()) <= TITLE:
        yield Fault("title", f"请写名称（不超过 {TITLE} 个字）。")
    if not _whole(data.get("priority"), 0, 999):
        yield Fault("priority", "先后应是 0 到 999 的整数，小的先试。")
    if not isinstance(data.get("enabled", True), bool):
        yield Fault("enabled", "应是 true 或 false。")
    yield from _cohort(data.get("cohort"))
    steps = data.get("steps")
    if not isinstance(steps, list) or not steps:
        yield Fault("steps", "至少要有一次随访。")
        return
    if len(steps) > MOST_STEPS:
        yield Fault("steps", f"最多 {MOST_STEPS} 次随访。")
    names: set[str] = set()
    for number, step in enumerate(steps):
        yield from _step(f"steps.{number}", step, known, names)


def _cohort(cohort: Any) -> Iterator[Fault]:
    if cohort is None:
        return
    if not isinstance(cohort, Mapping):
        yield Fault("cohort", "读不懂给谁用。")
        return
    yield from _strangers(cohort, {field.name for field in fields(Cohort)}, "cohort.")
    for name in _LISTS:
        values = cohort.get(name) or []
        good = isinstance(values, list) and all(isinstance(v, str) and 0 < len(v) <= WORD for v in values)
        if not good:
            yield Fault(f"cohort.{name}", f"每行一个，每个不超过 {WORD} 个字。")
    ways = cohort.get("ways") or []
    if not isinstance(ways, list) or any(way not in list(WayOut) for way in ways):
        yield Fault("cohort.ways", "没有这种离院方式。")
    for name in ("surgery", "undiagnosed"):
        if cohort.get(name) not in (None, True, False):
            yield Fault(f"cohort.{name}", "应是 true、false 或不写。")


def _step(where: str, step: Any, known: Known, names: set[str]) -> Iterator[Fault]:
    if not isinstance(step, Mapping):
        yield Fault(where, "读不懂这一次随访。")
        return
    yield from _strangers(step, {field.name for field in fields(Step)}, f"{where}.")
    name, title = step.get("name"), step.get("title")
    if not isinstance(name, str) or not 0 < len(name) <= NAME:
        yield Fault(f"{where}.name", f"代号不能为空，不超过 {NAME} 个字。")
    elif name in names:
        yield Fault(f"{where}.name", f"代号 {name} 用了两次。")
    names.add(str(name))
    if not isinstance(title, str) or not 0 < len(title.strip()) <= TITLE:
        yield Fault(f"{where}.title", f"请写这一次叫什么（不超过 {TITLE} 个字）。")
    yield from _days(where, step)
    for field, (label, allowed, needed) in _CHOICES.items():
        if (needed or field in step) and step.get(field) not in allowed:
            yield Fault(f"{where}.{field}", f"请选{label}。")
    if step.get("questionnaire") not in known.questionnaires:
        yield Fault(f"{where}.questionnaire", "没有这份在用的问卷，请另选一份。")
    if step.get("kind", "followup_due") not in known.kinds:
        yield Fault(f"{where}.kind", "没有这种邀请消息，请另选。")
    if not _whole(step.get("retries", 2), 0, 9):
        yield Fault(f"{where}.retries", "再打几次应是 0 到 9 的整数。")


def _days(where: str, step: Mapping[str, Any]) -> Iterator[Fault]:
    lengths = []
    for field, label in _SPANS.items():
        try:
            span = Span.read(str(step[field]))
        except (KeyError, ValueError):
            yield Fault(f"{where}.{field}", f"{label}应写成几天、几周或几个月（3d、1w、1m）。")
            continue
        lengths.append(span.days + 30.4 * span.months)
    if len(lengths) == len(_SPANS) and lengths != sorted(lengths):
        yield Fault(f"{where}.due", "要先最早、再应做、最后最晚，日子不能倒过来。")


def _strangers(data: Mapping[str, Any], known: Collection[str], where: str) -> Iterator[Fault]:
    for name in data:
        if name not in known:
            yield Fault(f"{where}{name}", f"不认识「{name}」这一项。")


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
