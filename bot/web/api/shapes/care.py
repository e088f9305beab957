"""出院, 随访 and 意见投诉 over the wire."""

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from bot.domain.followup import FollowupState
from bot.domain.tickets import TicketKind, TicketSource, TicketState
from bot.services.followup import queue
from bot.services.tickets.desk import Line, Whole
from bot.web.api.shapes.common import (
    Answer,
    LongWords,
    Moment,
    Name,
    Page,
    PatientId,
    Request,
    StaffNo,
    Words,
    moment,
    optional_moment,
)

Cell = Annotated[str, Meta(max_length=500, pattern="^[^\\u0000]*$")] | UnsetType
Index = Annotated[int, Meta(ge=0, le=99)]
Required = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^\\u0000]*$")]
CallOutcome = Literal[
    "reached", "family", "no_answer", "busy", "powered_off", "hung_up", "call_later", "language", "other",
    "out_of_service", "no_such_number", "wrong_number", "no_number", "refused", "deceased", "readmitted",
]  # fmt: skip


class Discharge(Request, kw_only=True):
    """一次出院。写法同出院表（docs/importing.md）；不写的字段保持原样，写空的清空。"""

    name: Required
    id_number: Required
    admission_no: Annotated[Required, Meta(description="住院号：同一个住院号再发一次就是更正")]
    department: Required
    admitted_on: Annotated[Required, Meta(description="入院日期，如 2026-11-01")]
    discharged_on: Annotated[Required, Meta(description="出院日期")]
    way: Annotated[Required, Meta(description="离院方式，如 医嘱离院、医嘱转院、死亡")]
    sex: Cell = UNSET
    id_kind: Cell = UNSET
    record_no: Cell = UNSET
    ward: Cell = UNSET
    doctor: Cell = UNSET
    admission_diagnosis: Cell = UNSET
    diagnosis: Cell = UNSET
    surgery: Cell = UNSET
    surgery_on: Cell = UNSET
    died_on: Cell = UNSET
    phone: Cell = UNSET
    address: Cell = UNSET


class DischargesGiven(Request):
    """一次或多次出院：全部写入，或者一行也不写。各行写的字段要一样。"""

    rows: Annotated[list[Discharge], Meta(min_length=1, max_length=200)]
    dry_run: Annotated[bool, Meta(description="只检查，不写入")] = False


class DischargesDone(Answer):
    """写入了什么，随访因此有什么变化。"""

    rows: int
    added: int
    changed: int
    unchanged: int
    planned: Annotated[int, Meta(description="新排或改期的随访")]
    stopped: Annotated[int, Meta(description="停止的随访")]
    died: Annotated[int, Meta(description="新登记去世的就诊人，不再发任何消息")]
    strangers: Annotated[int, Meta(description="身份证号登记在别的姓名下，没有关联就诊人")]


class CallsAsked(Page):
    """Which part of the queue."""

    show: queue.Show = queue.Show.ALL
    ward: Annotated[Name | None, Meta(description="病区")] = None


class FollowupCall(Answer):
    """一次要联系的随访；姓名已遮盖。"""

    id: int
    because: Annotated[
        queue.Show, Meta(description="为什么在这里：flagged 红旗，overdue 逾期，redial 该再打…")
    ]
    urgent: bool
    name: str
    admission_no: str
    ward: str
    department: str
    doctor: str
    plan: str
    step: str
    state: FollowupState
    due_on: date | None
    overdue_on: date | None
    assigned_to: Annotated[str, Meta(description="在谁手里（工号）；没有人时为空")]
    calls: Annotated[int, Meta(description="已经打了几次")]
    next_call_at: Moment | None
    reached: bool
    muted: Annotated[bool, Meta(description="不要随访消息；不等于不接电话")]


class NumbersAsked(Request):
    """要看号码：记入审计。"""

    staff_no: Annotated[StaffNo, Meta(description="谁要看（工号）")]
    reason: Annotated[
        Literal["call", "correct", "complaint", "check"],
        Meta(description="call 打电话，correct 更正号码，complaint 处理投诉，check 质控抽查"),
    ]


class PhoneNumber(Answer):
    """一个号码。"""

    index: Annotated[int, Meta(description="记电话结果时的 number")]
    whose: Annotated[
        str, Meta(description="record 病历所留，registered 本人登记，guardian 监护人，relative 家属")
    ]
    number: str
    dead: Annotated[bool, Meta(description="打过，没有用")]


class Numbers(Answer):
    """打给谁：用过即弃，不要保存。"""

    name: str
    birth_date: date | None
    id_tail: Annotated[str, Meta(description="证件号后四位，用来核对")]
    numbers: list[PhoneNumber]


class CallMade(Request):
    """一次电话的结果。"""

    staff_no: Annotated[StaffNo, Meta(description="谁打的（工号），要有随访权限")]
    outcome: CallOutcome
    note: Annotated[Words, Meta(description="outcome 为 other 时必填")] = ""
    number: Annotated[Index | None, Meta(description="打的是第几个号码；默认第一个可用的")] = None
    again_at: Annotated[Moment | None, Meta(description="对方说的再打的时间")] = None
    for_good: Annotated[bool, Meta(description="refused 时：以后的随访也不要")] = False


class CallRecorded(Answer):
    """记下了，和接下来怎样。"""

    state: FollowupState
    reason: str
    calls: int
    next_call_at: Moment | None
    next_number: Annotated[str, Meta(description="换打的号码（已遮盖）")]
    correct: Annotated[bool, Meta(description="没有可用的号码了，要查新号码")]


class TicketsAsked(Page):
    """Which tickets; without a state those that wait for staff."""

    state: TicketState | None = None
    kind: TicketKind | None = None
    department: Annotated[Name | None, Meta(description="科室或病区")] = None
    overdue: bool = False


class Ticket(Answer):
    """一张工单，没有原话。"""

    id: int
    number: str
    version: int
    kind: TicketKind
    category: str
    department: str
    source: TicketSource
    state: TicketState
    anonymous: bool
    owner: str
    assigned_to: str
    opened_at: Moment
    due_at: Moment
    answered_at: Moment | None
    closed_at: Moment | None
    overdue: bool


class TicketOpen(Request):
    """登记一张。姓名和手机号都写（要对得上登记过的就诊人），或都不写。"""

    text: Annotated[LongWords, Meta(description="原话")]
    kind: Annotated[TicketKind | None, Meta(description="不写就按原话判断")] = None
    department: Annotated[str, Meta(max_length=64, pattern="^[^\\u0000]*$", description="关于哪个科室")] = ""
    patient_id: PatientId | None = None
    name: Annotated[str, Meta(max_length=32, pattern="^[^\\u0000]*$")] = ""
    phone: Annotated[str, Meta(max_length=20, pattern="^[^\\u0000]*$")] = ""
    anonymous: bool = False


class TicketWhole(Answer):
    """一张工单的全部；看过要记入审计。"""

    ticket: Ticket
    text: str
    answer: str
    measure: str
    name: Annotated[str, Meta(description="已遮盖；匿名的为空")]
    phone: str


def call(row: queue.Row) -> FollowupCall:
    return FollowupCall(
        id=row.id, because=row.because, urgent=row.urgent, name=row.masked_name, admission_no=row.admission_no,
        ward=row.ward, department=row.department, doctor=row.doctor, plan=row.plan, step=row.step, state=row.state,
        due_on=row.due_on, overdue_on=row.overdue_on, assigned_to=row.assigned_to or "", calls=row.calls,
        next_call_at=optional_moment(row.next_call_at), reached=row.reached, muted=row.muted,
    )  # fmt: skip


def ticket(line: Line) -> Ticket:
    return Ticket(
        id=line.id, number=line.number, version=line.version, kind=line.kind, category=line.category,
        department=line.department, source=line.source, state=line.state, anonymous=line.anonymous,
        owner=line.owner or "", assigned_to=line.assigned_to, opened_at=moment(line.opened_at),
        due_at=moment(line.due_at), answered_at=optional_moment(line.answered_at),
        closed_at=optional_moment(line.closed_at), overdue=line.overdue,
    )  # fmt: skip


def whole(found: Whole) -> TicketWhole:
    whose = found.whose
    return TicketWhole(
        ticket=ticket(found.line), text=found.text, answer=found.answer, measure=found.measure,
        name="" if whose is None else whose.name, phone="" if whose is None else whose.phone,
    )  # fmt: skip
