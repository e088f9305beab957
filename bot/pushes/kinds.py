"""The kinds of pushes as data: when each goes, how urgent it is, over which roads, and who may do without it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.domain.clock import HOSPITAL_TZ, local
from bot.overlay import merged, parsed
from bot.settings import BadSettings

ROADS = ("assistant", "template", "subscribe", "custom", "sms", "phone")
SURVEY = 3
"""The priority whose unknown outcomes are never sent again."""


class KindsError(BadSettings):
    """What is wrong with the data, in words for whoever edits it: it stops the start with one line."""


class Dialog(StrEnum):
    """What a push does to a dialog that is open."""

    INTERRUPTS = "interrupts"
    PASSIVE = "passive"
    WAITS = "waits"


class Quiet(StrEnum):
    """What a push does about the quiet hours."""

    NONE = "none"
    LATER = "later"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a push is due, seen from its event: on a day at an hour, or by so many minutes."""

    days: int = 0
    at: time | None = None
    minutes: int = 0

    def due(self, event: datetime) -> datetime:
        if self.at is None:
            return event + timedelta(minutes=self.minutes)
        day = local(event).date() + timedelta(days=self.days)
        return datetime.combine(day, self.at, HOSPITAL_TZ)


@dataclass(frozen=True, slots=True)
class Group:
    """What people switch on and off: some kinds under one name."""

    name: str
    title: str
    optional: bool
    """May be unsubscribed.  Results of a booking and suspensions may not."""
    asked_for: bool = False
    """Goes only to those who asked for it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of push."""

    name: str
    title: str
    priority: int
    """0 suspension, 1 payment and booking, 2 reminder, 3 survey, care and the rest."""
    group: Group
    ladder: tuple[str, ...]
    lives: timedelta
    """How long after its due time it still has a meaning."""
    quiet: Quiet = Quiet.LATER
    cap: bool = False
    """Counts into, and waits for, the frequency cap of its recipient."""
    workdays: bool = False
    """Not on holidays and at weekends."""
    echo: bool = False
    """Repeats what the chat has said already: where no road is open to it, nothing is missing."""
    dialog: Dialog = Dialog.PASSIVE
    timing: Timing = Timing()

    @property
    def optional(self) -> bool:
        return self.group.optional


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` in the evening to ``end`` in the morning, by the hospital's wall clock."""

    start: time
    end: time
    evening: time
    """When something is said that has to be said before the night."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """All of them, and what they have in common."""

    by_name: Mapping[str, Kind]
    groups: Mapping[str, Group]
    quiet: QuietHours
    a_day: int
    """How many capped pushes one person gets in a day; 0: no limit."""

    def __getitem__(self, name: str) -> Kind:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    @property
    def ladders(self) -> dict[str, tuple[str, ...]]:
        return {name: kind.ladder for name, kind in self.by_name.items()}

    @property
    def capped(self) -> tuple[str, ...]:
        """Names of those that count into the frequency cap."""
        return tuple(name for name, kind in self.by_name.items() if kind.cap)

    @property
    def optional_groups(self) -> tuple[Group, ...]:
        """Those that may be switched off, in the file's order."""
        return tuple(group for group in self.groups.values() if group.optional)

    @property
    def echoes(self) -> frozenset[str]:
        return frozenset(name for name, kind in self.by_name.items() if kind.echo)

    @classmethod
    def load(cls, override: Path | None = None) -> "Kinds":
        """The shipped kinds, changed by the hospital's own file where there is one; raises `KindsError`."""
        raw = _shipped()
        if override is not None and override.is_file():
            own = _parsed(override.read_text(encoding="utf-8"), str(override))
            raw = merged(raw, own, whole=("timing",))
        return cls.read(raw)

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Kinds":
        """From the form of ``kinds.yaml``."""
        try:
            groups = {name: Group(name, **data) for name, data in raw["groups"].items()}
            kinds = {name: _kind(name, data, groups) for name, data in raw["kinds"].items()}
            hours = {key: _clock(raw["quiet"][key]) for key in ("from", "to", "evening")}
            quiet = QuietHours(hours["from"], hours["to"], hours["evening"])
            return cls(kinds, groups, quiet, int(raw["cap"]["a_day"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, KindsError):
                raise
            raise KindsError(f"kinds.yaml: {type(error).__name__}: {error}") from error


def _kind(name: str, data: Mapping[str, Any], groups: Mapping[str, Group]) -> Kind:
    known = {field.name for field in fields(Kind)} - {"name"}
    if unknown := sorted(set(data) - known):
        raise KindsError(f"{name}: unknown {', '.join(unknown)}")
    if data["group"] not in groups:
        raise KindsError(f"{name}: no such group {data['group']}")
    ladder = tuple(data["ladder"])
    if not ladder or set(ladder) - set(ROADS) or "phone" in ladder[:-1] or len(set(ladder)) < len(ladder):
        raise KindsError(f"{name}: ladder is some of {', '.join(ROADS)}, each once, phone last")
    if data["priority"] not in range(SURVEY + 1):
        raise KindsError(f"{name}: priority is 0 to {SURVEY}")
    timing = dict(data.get("timing") or {})
    if "at" in timing:
        timing["at"] = _clock(timing["at"])
    return Kind(
        name=name,
        title=data["title"],
        priority=data["priority"],
        group=groups[data["group"]],
        ladder=ladder,
        lives=timedelta(minutes=data["lives"]),
        quiet=Quiet(data.get("quiet", Quiet.LATER)),
        cap=bool(data.get("cap", False)),
        echo=bool(data.get("echo", False)),
        workdays=bool(data.get("workdays", False)),
        dialog=Dialog(data.get("dialog", Dialog.PASSIVE)),
        timing=Timing(**timing),
    )


def _clock(value: object) -> time:
    return time.fromisoformat(str(value))


@cache
def _shipped() -> Mapping[str, Any]:
    """Read once a process; nobody changes it."""
    return _parsed(files("bot.pushes").joinpath("kinds.yaml").read_text(encoding="utf-8"), "kinds.yaml")


def _parsed(text: str, where: str) -> dict[str, Any]:
    return parsed(text, where, expected="kinds, groups, quiet, cap", wrong=KindsError)
