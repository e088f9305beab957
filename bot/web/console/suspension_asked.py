"""What the wizard's address asks for: whose clinics, which days, which half-day.  Ids and days only, never a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import request

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.suspension import Scope
from bot.domain.views import Period
from bot.services.context import Context
from bot.web.console import asked, picking
from bot.web.console.problems import Problem
from bot.web.console.suspension_words import days

DOCTOR, DEPARTMENT, HOSPITAL = "doctor", "department", "hospital"
_MOST = 366


@dataclass(frozen=True, slots=True)
class Wanted:
    """As asked for; what is missing is None."""

    whom: str
    doctor_id: int | None
    department_id: int | None
    since: date | None
    until: date | None
    period: Period | None

    @property
    def query(self) -> dict[str, Any]:
        """For addresses."""
        known = {
            "whom": self.whom,
            "doctor_id": self.doctor_id if self.whom == DOCTOR else None,
            "department_id": self.department_id if self.whom == DEPARTMENT else None,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "period": self.period and self.period.value,
        }
        return {name: value for name, value in known.items() if value is not None}

    def scope(self) -> Scope:
        """Of what `wrong` found nothing wrong with."""
        assert self.since is not None
        last = (self.until or self.since) + timedelta(days=1)
        return Scope(
            _midnight(self.since), _midnight(last),
            doctor_id=self.doctor_id if self.whom == DOCTOR else None,
            department_id=self.department_id if self.whom == DEPARTMENT else None,
            period=self.period,
        )  # fmt: skip

    def said(self, context: Context) -> str:
        """心血管内科 王建国，11月24日 周二 下午"""
        assert self.since is not None
        whom, directory = "全院", context.directory
        if self.whom == DOCTOR and self.doctor_id is not None:
            doctor = directory.doctors[self.doctor_id]
            whom = f"{doctor.department} {doctor.name}"
        elif self.whom == DEPARTMENT and self.department_id is not None:
            whom = directory.departments[self.department_id].name
        return f"{whom}，{days(self.since, self.until or self.since, self.period)}"


def read() -> Wanted:
    """Of the address; nonsense is a 400."""
    doctor, department = picking.number("doctor_id"), picking.number("department_id")
    whom = asked.word("whom", 16)
    if whom not in (DOCTOR, DEPARTMENT, HOSPITAL):
        whom = DEPARTMENT if doctor is None and department is not None else DOCTOR
    half = request.args.get("period", "")
    if half and half not in list(Period):
        raise Problem(400, "没有这样的时段。")
    return Wanted(
        whom, doctor, department, asked.day("since"), asked.day("until"), Period(half) if half else None
    )


def wrong(wanted: Wanted, context: Context, ours: Collection[int], *, everything: bool) -> str:
    """What is wrong with it, beside the form; empty: nothing."""
    directory = context.directory
    if wanted.whom == DOCTOR:
        doctor = directory.doctors.get(wanted.doctor_id or 0)
        if doctor is None or doctor.department_id not in ours:
            return "请选一位医生。"
    if wanted.whom == DEPARTMENT and wanted.department_id not in ours:
        return "请选一个科室。"
    if wanted.whom == HOSPITAL and not everything:
        return "全院停诊要由能看全院的角色办理。"
    if wanted.since is None:
        return "请选从哪天开始停诊。"
    until = wanted.until or wanted.since
    if until < wanted.since:
        return "结束日期比开始日期早，请改一下。"
    if wanted.since < context.today:
        return "开始日期已经过去了，请选今天或以后。"
    if until - wanted.since >= timedelta(days=_MOST):
        return f"一次停诊最多 {_MOST} 天。"
    return ""


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=HOSPITAL_TZ)
