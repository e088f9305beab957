"""Reads who is on duty: the house's rules, the demo's phones, the hospital's ``wards.yaml``."""

from collections.abc import Mapping
from datetime import time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from bot.domain.flags import FlagLevel
from bot.domain.identity import normalise_phone, valid_phone
from bot.overlay import merged, parsed
from bot.services.flags.duty import DESK, TIERS, Alarm, Duty, Level, Ward
from bot.settings import BadSettings, Settings

FILE = "wards.yaml"
_PARTS = frozenset({"levels", "dangers", "outcomes", "hospital", "wards"})
_WARD = frozenset({"nurse", "head_nurse", "director", "night", "hours"})
_PEOPLE = frozenset({"desk", "night", "medical_office"})


class BadDuty(BadSettings):
    """What is wrong with the file, in words for whoever edits it: it stops the start with one line."""


def load(settings: Settings) -> Duty:
    """The hospital's own file wins, entry by entry; raises `BadDuty`."""
    raw = _shipped("house.yaml")
    own = settings.data_dir / FILE
    if own.is_file():
        raw = merged(raw, _parsed(own.read_text(encoding="utf-8"), FILE))
    elif settings.demo:
        raw = merged(raw, _shipped("demo_wards.yaml"))
    return read(raw, desk_hours=settings.desk_hours)


def read(raw: Mapping[str, Any], *, desk_hours: str) -> Duty:
    """From the form of the file."""
    try:
        return _duty(raw, desk_hours)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadDuty(f"{FILE}: {type(error).__name__}: {error}") from error


def _duty(raw: Mapping[str, Any], desk_hours: str) -> Duty:
    _only(raw, _PARTS, "")
    people = raw["hospital"]
    _only(people, _PEOPLE, "hospital")
    phones = {name: _phone(people[name].get("phone"), f"hospital.{name}") for name in _PEOPLE}
    dangers = {str(name): _alarm(told, str(name)) for name, told in raw["dangers"].items()}
    return Duty(
        wards={str(name): _ward(str(name), told or {}) for name, told in raw["wards"].items()},
        desk=Ward(DESK, nurse=phones["desk"], hours=_hours(desk_hours, "desk")),
        night=phones["night"],
        medical_office=phones["medical_office"],
        levels={level: _level(raw["levels"][level], level) for level in FlagLevel},
        default=dangers.pop("default"),
        dangers=dangers,
        outcomes={str(code): str(title) for code, title in raw["outcomes"].items()},
    )


def _ward(name: str, told: Mapping[str, Any]) -> Ward:
    _only(told, _WARD, name)
    phones = {part: _phone(told.get(part), f"{name}.{part}") for part in _WARD - {"hours"}}
    return Ward(name, **phones, hours=_hours(told.get("hours", "00:00-00:00"), name))


def _level(told: Mapping[str, Any], name: str) -> Level:
    minutes = [int(each) for each in told["minutes"]]
    if len(minutes) != len(TIERS) - 1 or min(minutes) < 1:
        raise BadDuty(f"{FILE}: levels.{name}.minutes 要是三个大于 0 的数（分钟）")
    return Level(str(told["title"]), tuple(timedelta(minutes=each) for each in minutes))


def _alarm(told: Mapping[str, Any], name: str) -> Alarm:
    minutes = int(told["minutes"])
    if minutes < 1:
        raise BadDuty(f"{FILE}: dangers.{name}.minutes 要大于 0")
    return Alarm(FlagLevel(told["level"]), timedelta(minutes=minutes))


def _phone(value: object, where: str) -> str:
    phone = normalise_phone(str(value or ""))
    if phone and not valid_phone(phone):
        raise BadDuty(f"{FILE}: {where} 要是能收短信的手机号")
    return phone


def _hours(value: object, where: str) -> tuple[time, time]:
    opens, _, closes = str(value).partition("-")
    try:
        return time.fromisoformat(opens), time.fromisoformat(closes.replace("24:00", "00:00"))
    except ValueError:
        raise BadDuty(f"{FILE}: {where}.hours 写成 08:00-17:30") from None


def _only(told: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if unknown := sorted(set(map(str, told)) - known):
        raise BadDuty(f"{FILE}: {where} 不认识 {'、'.join(unknown)}".replace("  ", " "))


@cache
def _shipped(name: str) -> Mapping[str, Any]:
    """Read once a process; nobody changes it."""
    return _parsed((files(__package__) / name).read_text(encoding="utf-8"), name)


def _parsed(text: str, where: str) -> dict[str, Any]:
    return parsed(text, where, expected=", ".join(sorted(_PARTS)), wrong=BadDuty)
