"""Who is told of a red flag, and when the next one is: the wards' duty contacts as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.clock import local
from bot.domain.flags import FlagLevel

NURSE, HEAD_NURSE, DIRECTOR, MEDICAL_OFFICE = range(4)
TIERS = ("病区护士", "护士长", "科主任", "医务科")
DESK = "服务台"
"""Whose a flag is that no ward claims."""
_ALWAYS = (time(0), time(0))


@dataclass(frozen=True, slots=True)
class Ward:
    """One ward's phones; an empty one is passed over, and told of by `gaps`."""

    name: str
    nurse: str = ""
    head_nurse: str = ""
    director: str = ""
    night: str = ""
    """Instead of the nurse's outside ``hours``; empty: the hospital's 总值班."""
    hours: tuple[time, time] = _ALWAYS
    """When somebody is at the nurse's phone."""

    def staffed(self, moment: datetime) -> bool:
        opens, closes = self.hours
        now = local(moment).time()
        if opens < closes:
            return opens <= now < closes
        return opens == closes or now >= opens or now < closes


@dataclass(frozen=True, slots=True)
class Level:
    """``waits``: how long each of the first three tiers has, before the next one is told."""

    title: str
    waits: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a danger that was said in the chat counts as."""

    level: FlagLevel
    within: timedelta


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody to be told: ``tier`` may be higher than the one asked for, where that one has no phone."""

    tier: int
    phone: str
    staffed: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """Everything about who is told.  Made by `bot.services.flags.duty_file`."""

    wards: Mapping[str, Ward]
    desk: Ward
    night: str
    medical_office: str
    levels: Mapping[FlagLevel, Level]
    dangers: Mapping[str, Alarm]
    default: Alarm
    outcomes: Mapping[str, str]
    """Code → what it is called."""

    def ward(self, name: str) -> Ward:
        """An unknown ward's flags are the desk's."""
        return self.wards.get(name, self.desk)

    def alarm(self, danger: str) -> Alarm:
        return self.dangers.get(danger, self.default)

    def phone(self, ward: str, tier: int, moment: datetime) -> str:
        """Whom to tell at just this tier; empty: nobody."""
        found = self.ward(ward)
        match tier:
            case 0:
                instead = "" if found.staffed(moment) else found.night or self.night
                return instead or found.nurse
            case 1:
                return found.head_nurse
            case 2:
                return found.director
            case _:
                return self.medical_office

    def reach(self, ward: str, tier: int, moment: datetime) -> Reached | None:
        """The first with a phone, from ``tier`` upwards; at the very end the desk."""
        staffed = self.staffed(ward, moment)
        for each in range(tier, len(TIERS)):
            if phone := self.phone(ward, each, moment):
                return Reached(each, phone, staffed)
        return Reached(MEDICAL_OFFICE, self.desk.nurse, staffed) if self.desk.nurse else None

    def staffed(self, ward: str, moment: datetime) -> bool:
        """Whether somebody whose phone is known is there now."""
        found = self.ward(ward)
        return bool(found.night or self.night) or (bool(found.nurse) and found.staffed(moment))

    def waits(self, level: FlagLevel, tier: int) -> timedelta | None:
        """How long a tier has before the next is told; None: it is the last."""
        waits = self.levels[level].waits
        return waits[tier] if tier < len(waits) else None

    def gaps(self, known: Iterable[str] = ()) -> list[str]:
        """What is missing, in words for whoever keeps the file.  ``known``: wards that discharge patients."""
        found = [
            f"{ward.name}：没有{TIERS[tier]}电话，警报会直接报给上一级"
            for ward in self.wards.values()
            for tier, phone in enumerate((ward.nurse, ward.head_nurse, ward.director))
            if not phone
        ]
        strange = sorted(set(known) - set(self.wards) - {""})
        found += [f"{name}：没有写值班电话，警报归{DESK}" for name in strange]
        if not self.desk.nurse:
            found.append(f"{DESK}：没有电话，没有病区的警报直接报给医务科")
        if not self.medical_office:
            found.append("医务科：没有电话，没人处理的警报到不了最后一级")
        return found
