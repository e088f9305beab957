"""A stay in the ward and how it ended: what decides which follow-up plan somebody gets (R26, R27, R34)."""

import re
from dataclasses import dataclass
from enum import StrEnum


class WayOut(StrEnum):
    """离院方式."""

    HOME = "home"
    """医嘱离院"""
    TRANSFER = "transfer"
    """医嘱转院"""
    COMMUNITY = "community"
    """医嘱转社区卫生服务机构、乡镇卫生院"""
    AGAINST_ADVICE = "against_advice"
    """非医嘱离院"""
    DIED = "died"
    """死亡: left out of every rate, and never messaged (R30)"""
    OTHER = "other"
    IN_HOSPITAL = "in_hospital"
    """在院: admitted again and not discharged yet."""


_WAYS = {
    WayOut.HOME: ("1", "医嘱离院", "医嘱", "治愈", "好转", "出院"),
    WayOut.TRANSFER: ("2", "转院", "医嘱转院", "转诊"),
    WayOut.COMMUNITY: (
        "3", "转社区", "医嘱转社区", "医嘱转社区卫生服务机构/乡镇卫生院", "医嘱转社区卫生服务机构、乡镇卫生院",
    ),
    WayOut.AGAINST_ADVICE: ("4", "非医嘱离院", "自动出院"),
    WayOut.DIED: ("5", "死亡"),
    WayOut.OTHER: ("9", "其他", "其它"),
    WayOut.IN_HOSPITAL: ("在院", "住院中"),
}  # fmt: skip
_UNCLEAR = re.compile(r"待查|待诊|待明确|原因不明|性质待定|未确诊|诊断不明|[?？]")


def read_way(text: str) -> WayOut | None:
    """By its code in the front page of the record (病案首页 1–5, 9) or its words."""
    return next((way for way, words in _WAYS.items() if text in words), None)


def undiagnosed(diagnosis: str) -> bool:
    """疑难、未确诊 (R27): nothing was written, or it says itself that it is not sure."""
    return not diagnosis or _UNCLEAR.search(diagnosis) is not None


@dataclass(frozen=True, slots=True)
class Stay:
    """What a plan is chosen by."""

    ward: str
    department: str
    diagnosis: str
    """The discharge diagnosis, else that of the admission; words and ICD codes as they were written."""
    way: WayOut
    surgery: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """For whom a plan is: every condition that is given has to hold; none given: everybody."""

    wards: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Of the diagnosis; one of these …"""
    codes: tuple[str, ...] = ()
    """… or one of these ICD-10 codes by its beginning: E11 is E11.900 too."""
    ways: tuple[WayOut, ...] = ()
    surgery: bool | None = None
    undiagnosed: bool | None = None

    def has(self, stay: Stay) -> bool:
        return (
            (not self.wards or stay.ward in self.wards)
            and (not self.departments or stay.department in self.departments)
            and (not (self.words or self.codes) or self._ill(stay.diagnosis))
            and (not self.ways or stay.way in self.ways)
            and self.surgery in (None, stay.surgery)
            and self.undiagnosed in (None, undiagnosed(stay.diagnosis))
        )

    def _ill(self, diagnosis: str) -> bool:
        found = re.findall(r"(?<![A-Z0-9])[A-Z][0-9]{2}[A-Z0-9.]*", diagnosis.upper())
        begins = tuple(self.codes)
        return any(word in diagnosis for word in self.words) or any(code.startswith(begins) for code in found)
