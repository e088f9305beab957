"""What the KPI pages are asked for: a period, and whose rows of it; only of somebody's own departments and wards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request

from bot.domain.demand import CHANNELS
from bot.domain.roles import Scope
from bot.services.directory import Directory
from bot.services.figures import periods
from bot.services.figures.among import Among, By
from bot.services.figures.kpi import SUCCESS, Figure
from bot.services.figures.periods import ReportKind, Term
from bot.web.console.asked import whole
from bot.web.console.problems import Problem

SPANS: Mapping[str, str] = {"day": "日", "week": "周", "month": "月", "quarter": "季度", "own": "自选"}
LONGEST = timedelta(days=366)
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter of the pages."""

    span: str
    day: date
    """Any day of the period; of one's own, the first."""
    last: date
    """Of one's own period."""
    department: str
    doctor: int | None
    channel: str
    ward: str
    attending: str

    @property
    def term(self) -> Term:
        match self.span:
            case "day":
                return Term(self.day, self.day + timedelta(days=1))
            case "week":
                return periods.period(ReportKind.WEEK, self.day)
            case "quarter":
                return periods.quarter(self.day)
            case "own":
                return Term(self.day, self.last + timedelta(days=1))
            case _:
                return periods.period(ReportKind.MONTH, self.day)

    @property
    def query(self) -> dict[str, str]:
        """For links to other pages, and hidden in forms."""
        told = {
            "span": self.span, "day": str(self.day), "last": str(self.last) if self.span == "own" else "",
            "department": self.department, "doctor": "" if self.doctor is None else str(self.doctor),
            "channel": self.channel, "ward": self.ward, "attending": self.attending,
        }  # fmt: skip
        return {name: said for name, said in told.items() if said}

    def among(self, scope: Scope, directory: Directory) -> Among:
        return Among(
            self.term, directory, scope, self.department, self.doctor, self.channel, self.ward, self.attending
        )


def asked(usual: date, directory: Directory) -> Asked:
    """``usual``: the day where none is named."""
    span = _word("span") or "month"
    if span not in SPANS:
        raise Problem(400, "请选日、周、月、季度或自选。")
    day = _day("day", usual)
    last = _day("last", max(day, usual)) if span == "own" else day
    if last < day:
        raise Problem(400, "自选期间的最后一天在第一天之前，请改一下。")
    if last - day >= LONGEST:
        raise Problem(400, "一次最多看一年。请把期间改短一些。")
    doctor = _word("doctor")
    known = whole(doctor)
    if doctor and known not in directory.doctors:
        raise Problem(400, "没有这位医生。请重新选。")
    channel = _word("channel")
    return Asked(span, day, last, _word("department"), known, channel, _word("ward"), _word("attending"))


def by_of(figure: Figure) -> By:
    """What to tell it by."""
    said = _word("by")
    return By(said) if said in figure.by else figure.by[0]


def leads_to(by: By, key: tuple[str, ...], figure: Figure) -> dict[str, str]:
    """What a bar adds to the filter."""
    if not key:
        return {}
    match by:
        case By.DEPARTMENT:
            return {"department": key[0]}
        case By.CHANNEL:
            return {"channel": key[0]}
        case By.WARD:
            return {"ward": key[0]}
        case _ if By.WARD in figure.by:
            return {"ward": key[0], "attending": key[1]}
        case _:
            return {"department": key[0], "doctor": key[1]}


def channels(figure: Figure | None) -> Mapping[str, str]:
    """Who books at the desk came by phone or to the window: only the asking tells which."""
    hidden = {"desk"} if figure is SUCCESS else {"phone", "window"}
    return {name: title for name, title in CHANNELS.items() if name not in hidden}


def _word(name: str) -> str:
    return request.values.get(name, "").replace("\0", "").strip()[:64]


def _day(name: str, usual: date) -> date:
    said = _word(name)
    try:
        found = date.fromisoformat(said) if said else usual
    except ValueError:
        raise Problem(400, "日期不对，应写成 2026-11-22 这样。") from None
    if found.year not in _YEARS:
        raise Problem(400, "日期不对，应写成 2026-11-22 这样。")
    return found
