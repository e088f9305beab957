"""科室, 医生, 出诊, 时段 over the wire."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from bot.domain.suspension import SuspensionState
from bot.domain.views import ClinicView, DepartmentView, DoctorView, Period, SlotView
from bot.web.api.shapes.common import Answer, Id, Moment, Name, Page, Request, Words, moment

ClinicResult = Literal["created", "changed", "unchanged"]
Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_WHEN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$"
KINDS = Literal["普通号", "专家号", "特需号"]


class Department(Answer):
    """可以挂号的科室。"""

    id: int
    name: str
    location: str
    notes: Annotated[str, Meta(description="就诊须知")]
    parent: Annotated[str, Meta(description="上级科室；没有时为空")]


class DoctorsAsked(Page):
    """Which doctors."""

    department_id: Id | None = None


class Doctor(Answer):
    """在岗的医生。"""

    id: int
    name: str
    title: Annotated[str, Meta(description="职称")]
    department_id: int
    department: str
    specialty: str


class ClinicsAsked(Page):
    """Which clinics; without days: the whole booking window."""

    first: Annotated[date | None, Meta(description="从哪一天，默认今天")] = None
    last: Annotated[date | None, Meta(description="到哪一天（含），默认为放号的最后一天")] = None
    department_id: Annotated[Id | None, Meta(description="科室，含下级科室")] = None
    doctor_id: Id | None = None
    free: Annotated[bool, Meta(description="只看还有号的")] = False


class Clinic(Answer):
    """一次出诊：一位医生，一天，一个半天。"""

    id: int
    doctor_id: int
    doctor: str
    title: str
    department_id: int
    department: str
    day: date
    period: Period
    kind: Annotated[str, Meta(description="号别")]
    fee_fen: Annotated[int, Meta(description="挂号费，分")]
    location: str
    free: Annotated[int, Meta(description="现在还能约的号")]
    total: int
    suspended: Annotated[bool, Meta(description="停诊")]


class Slot(Answer):
    """一个时段，不超过 30 分钟。"""

    id: int
    clinic_id: int
    starts_at: Moment
    ends_at: Moment
    free: int


class ClinicPut(Request, kw_only=True):
    """出诊应有的样子。没有就新建，有就改成这样；已经约出的号受保护（见 suspend_affected）。"""

    seats: Annotated[int, Meta(ge=1, le=500, description="号数")]
    minutes_each: Annotated[int, Meta(ge=2, le=120, description="每号几分钟")] = 10
    fee_fen: Annotated[int, Meta(ge=0, le=1_000_000, description="挂号费，分")]
    kind: KINDS = "普通号"
    department: Annotated[Name | None, Meta(description="出诊科室的名称，默认为医生所在科室")] = None
    location: Annotated[str, Meta(max_length=128, pattern="^[^\\u0000]*$")] = ""
    starts: Annotated[Clock | None, Meta(description="第一个号的时刻，如 08:30；默认为半天的开始")] = None
    suspend_affected: Annotated[
        bool,
        Meta(description="号数变少或时段重分时，失去号的预约按停诊处理：通知并另外安排。默认不允许这样改"),
    ] = False
    dry_run: Annotated[bool, Meta(description="只检查，不写入")] = False


class ClinicDone(Answer):
    """改了什么。"""

    result: ClinicResult
    displaced: Annotated[int, Meta(description="失去号的预约数，这些患者会收到通知")]
    suspension_id: Annotated[int | None, Meta(description="为他们开始的停诊；没有时为 null")]


class SuspensionAsked(Request):
    """停哪些出诊：一位医生、一个科室（含下级），都不写就是全院。"""

    first: Annotated[
        str,
        Meta(
            pattern=_WHEN,
            description="从哪天或几点：2026-11-24 或 2026-11-24T14:00",
        ),
    ]
    last: Annotated[str, Meta(pattern=_WHEN, description="到哪天（含）或几点")]
    staff_no: Annotated[str, Meta(max_length=32, pattern="^[0-9A-Za-z-]*$", description="医生工号")] = ""
    department: Annotated[str, Meta(max_length=64, pattern="^[^\\u0000]*$", description="科室名称")] = ""


class SuspensionStart(SuspensionAsked, kw_only=True):
    """开始停诊。reason 会给患者看。"""

    reason: Annotated[Words, Meta(min_length=1, description="停诊原因，患者会看到")]


class SuspensionLine(Answer):
    """一次会停的出诊。"""

    clinic_id: int
    doctor: str
    department: str
    day: date
    period: Period
    affected: Annotated[int, Meta(description="涉及的预约")]
    by_channel: dict[str, int]
    free: Annotated[int, Meta(description="没约出的号")]


class SuspensionPreview(Answer):
    """停诊会涉及什么；什么也没有写入。"""

    clinics: list[SuspensionLine]
    affected: int
    by_channel: dict[str, int]


class SuspensionStarted(Answer):
    """已经开始：出诊已关，患者正在通知。"""

    id: int
    clinics: int
    affected: int


class Suspension(Answer):
    """一次停诊走到哪里了。"""

    id: int
    state: SuspensionState
    reason: str
    clinics: int
    affected: int
    ended: Annotated[int, Meta(description="已有结果的预约")]
    waiting: Annotated[int, Meta(description="还在等答复的预约")]
    by_state: Annotated[dict[str, int], Meta(description="每种结果各几个")]


class SuspensionWithdraw(Request):
    """撤回；没有要写的：发 {}。"""


class SuspensionWithdrawn(Answer):
    """已撤回。"""

    opened: Annotated[int, Meta(description="恢复的出诊")]


def department(view: DepartmentView) -> Department:
    return Department(
        id=view.id, name=view.name, location=view.location, notes=view.notes, parent=view.parent or ""
    )


def doctor(view: DoctorView) -> Doctor:
    return Doctor(
        id=view.id, name=view.name, title=view.title, department_id=view.department_id, department=view.department,
        specialty=view.specialty,
    )  # fmt: skip


def clinic(view: ClinicView) -> Clinic:
    who = view.doctor
    return Clinic(
        id=view.id, doctor_id=who.id, doctor=who.name, title=who.title, department_id=who.department_id,
        department=who.department, day=view.day, period=view.period, kind=view.kind, fee_fen=view.fee_fen,
        location=view.location, free=view.free, total=view.total, suspended=view.suspended,
    )  # fmt: skip


def slot(view: SlotView) -> Slot:
    return Slot(
        id=view.id, clinic_id=view.clinic_id, starts_at=moment(view.starts_at), ends_at=moment(view.ends_at),
        free=view.free,
    )  # fmt: skip
