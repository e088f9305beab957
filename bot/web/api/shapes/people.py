"""就诊人 and 预约 over the wire: masked, unless a reason is given and the token may."""

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from bot.domain.commands import BookedBy
from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView, PatientView, Period, Sex
from bot.web.api.shapes.common import (
    Answer,
    Cursor,
    Id,
    Moment,
    Name,
    PatientId,
    Request,
    Version,
    Words,
    moment,
)

ID_KINDS = Literal[
    "resident_id", "passport", "hk_macao_permit", "taiwan_permit", "foreign_permanent_id", "birth_certificate"
]
Number = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[^\\u0000]*$")]
Phone = Annotated[str, Meta(min_length=1, max_length=20, pattern="^[^\\u0000]*$")]
Reason = Annotated[
    Literal["contact", "verify", "complaint", "request"] | None,
    Meta(
        description="写明理由就不遮盖，并记入审计："
        "contact 联系患者，verify 核对身份，complaint 处理投诉，request 本人要求。"
        "令牌要另有 patients.reveal 权限"
    ),
]


class GuardianGiven(Request):
    """监护人（未满规定年龄的孩子必须有）。"""

    name: Name
    id_number: Annotated[Number, Meta(description="居民身份证号")]
    phone: Phone


class PatientGiven(Request, kw_only=True):
    """建档。证件登记过的，返回原来的档案，什么也不改。"""

    name: Name
    id_number: Number
    id_kind: ID_KINDS = "resident_id"
    phone: Phone
    consents: Annotated[
        list[Literal["privacy", "health_data"]],
        Meta(max_length=5, description="患者已经同意的两项告知，两项都要有"),
    ]
    consent_way: Annotated[Literal["paper", "phone"], Meta(description="同意的方式：书面，或电话录音")]
    sex: Annotated[Literal["male", "female"] | None, Meta(description="证件看不出性别时必填")] = None
    birth_date: Annotated[date | None, Meta(description="证件看不出出生日期时必填")] = None
    guardian: GuardianGiven | None = None


class PatientSought(Request):
    """找就诊人。证件号、手机号或姓名要写全：档案是加密存的，写一部分找不到。"""

    text: Annotated[
        str, Meta(min_length=2, max_length=60, pattern="^[^\\u0000]*$", description="证件号、手机号或姓名")
    ]
    reveal_reason: Reason = None


class InFull(Answer):
    """不遮盖的身份信息：用过即弃，不要保存。"""

    name: str
    id_number: str
    phone: str


class Patient(Answer):
    """就诊人，姓名和号码已遮盖。"""

    id: str
    name: str
    id_number: str
    phone: str
    sex: Sex
    birth_date: date | None
    in_full: Annotated[InFull | UnsetType, Meta(description="只在写明理由时有")] = UNSET


class PatientMade(Answer):
    """就诊人，和他是不是新建的。"""

    patient: Patient
    created: Annotated[bool, Meta(description="false：这个证件以前登记过，请核对姓名和手机号")]


class Appointment(Answer):
    """一个预约。"""

    id: int
    version: int
    code: Annotated[str, Meta(description="预约凭证")]
    number: Annotated[int, Meta(description="号")]
    state: AppointmentState
    patient: Patient
    doctor_id: int
    doctor: str
    department: str
    clinic_id: int
    slot_id: int
    day: date
    period: Period
    starts_at: Moment
    ends_at: Moment
    kind: str
    fee_fen: int
    location: str
    notes: Annotated[str, Meta(description="就诊须知")]
    changeable_until: Moment
    cancellable_until: Moment


class AppointmentSought(Request):
    """按预约凭证找。"""

    code: Annotated[
        str, Meta(min_length=8, max_length=12, pattern="^[0-9A-Za-z -]*$", description="预约凭证")
    ]


class BookingWanted(Request):
    """挂号。"""

    slot_id: Id
    patient_id: PatientId
    channel: Annotated[
        BookedBy, Meta(description="患者从哪里来：phone 电话，window 窗口，kiosk 自助机，web 网上")
    ]


class ChangeWanted(Request):
    """改到另一个时段：先占新号，再退旧号。"""

    slot_id: Id
    version: Version


class CancelWanted(Request):
    """退号。"""

    version: Version
    reason: Words = ""


class Seen(Request):
    """按看到的版本办。"""

    version: Version


class DoneWanted(Seen):
    """就诊结束。"""

    revisit_on: Annotated[date | None, Meta(description="医生说的复诊日期，明天到一年之内")] = None


class Cancelled(Answer):
    """已退号。"""

    appointment: Appointment
    refund_fen: Annotated[int, Meta(description="应退的费用，分，原路退回")]


class OfPatient(Request):
    """Which page of somebody's appointments."""

    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


def patient(view: PatientView, in_full: InFull | None = None) -> Patient:
    return Patient(
        id=view.id, name=view.masked_name, id_number=view.masked_id_number, phone=view.masked_phone, sex=view.sex,
        birth_date=view.birth_date, in_full=UNSET if in_full is None else in_full,
    )  # fmt: skip


def appointment(view: AppointmentView) -> Appointment:
    return Appointment(
        id=view.id, version=view.version, code=view.code, number=view.number, state=view.state,
        patient=patient(view.patient), doctor_id=view.doctor.id, doctor=view.doctor.name,
        department=view.doctor.department, clinic_id=view.clinic_id, slot_id=view.slot_id, day=view.day,
        period=view.period, starts_at=moment(view.starts_at), ends_at=moment(view.ends_at), kind=view.kind,
        fee_fen=view.fee_fen, location=view.location, notes=view.notes,
        changeable_until=moment(view.changeable_until), cancellable_until=moment(view.cancellable_until),
    )  # fmt: skip
