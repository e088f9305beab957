"""The rows behind a KPI figure, masked: fifty a screen, each with the page it leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.clock import local
from bot.domain.demand import AGAIN, OPEN, REASONS, channel_name
from bot.services.context import Context
from bot.services.figures import accuracy, attendance, balance, demand, kpi, reached
from bot.services.figures.among import Among
from bot.services.figures.kpi import Figure
from bot.services.figures.said_answers import answers
from bot.services.figures.table import Cell
from bot.store.db import UnitOfWork

SCREEN = 50
OUTCOMES = {"booked": "约上了", OPEN: "还没有结果", AGAIN: "同一天又约上了，不另计"} | dict(REASONS)
FIELDS = {"name": "姓名", "phone": "手机号", "id_number": "证件号", "sex": "性别", "birth_date": "出生日期"}
PERIODS = {"am": "上午", "pm": "下午", "evening": "晚上"}


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, and where they lead: the name of a page and its id."""

    cells: tuple[Cell, ...]
    page: str = ""
    id: int | str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    heads: tuple[str, ...]
    rows: Sequence[Row]
    more: bool
    about: str
    """What these rows are."""


def listing(
    uow: UnitOfWork, context: Context, figure: Figure, among: Among, number: int, outcome: str = ""
) -> Listing:
    """One screen of the rows."""
    heads: tuple[str, ...]
    match figure:
        case kpi.SUCCESS:
            heads, about = ("提出时间", "渠道", "科室", "医生", "患者", "结果"), "预约请求，含没约上的"
            rows = [_ask(each) for each in demand.asks(uow, among, number, outcome=outcome)]
        case kpi.NO_SHOW:
            heads, about = ("就诊时间", "科室", "医生", "患者", "渠道", "凭证"), "爽约的预约"
            rows = [_visit(each) for each in attendance.missed(uow, among, number)]
        case kpi.BALANCE:
            heads, about = ("出诊", "科室", "医生", "号别", "放出的号", "已约", "已看"), "每次出诊的号"
            rows = [_session(each) for each in balance.sessions(uow, among, number)]
        case kpi.ACCURACY:
            heads, about = ("更正时间", "患者", "改了哪一项", "谁改的"), "统计期内的更正"
            rows = [_corrected(each) for each in accuracy.corrections(uow, among, number)]
        case kpi.CONTENTED:
            heads, about = ("完成时间", "病区", "经管医生", "满意的答案", "答案"), "完成的满意度问卷"
            rows = [
                Row(
                    (_moment(each.at), each.ward, each.doctor, each.content, each.n),
                    "followup",
                    each.followup_id,
                )
                for each in answers(uow, context.forms, among, number)
            ]
        case _:
            heads, about = ("出院日期", "住院号", "患者", "病区", "经管医生", "算作"), "出院患者"
            rows = [_stay(each) for each in reached.stays(uow, context, among, number)]
    return Listing(heads, rows[:SCREEN], len(rows) > SCREEN, about)


def _ask(each: demand.Ask) -> Row:
    cells = (
        _moment(each.at), channel_name(each.channel), each.department, each.doctor, each.masked_name,
        OUTCOMES.get(each.outcome, each.outcome),
    )  # fmt: skip
    return Row(cells, "appointment", each.appointment_id)


def _visit(each: attendance.Visit) -> Row:
    cells = (
        _moment(each.starts_at), each.department, each.doctor, each.masked_name, channel_name(each.channel), each.code,
    )  # fmt: skip
    return Row(cells, "appointment", each.id)


def _session(each: balance.Session) -> Row:
    when = f"{each.day.month}月{each.day.day}日{PERIODS.get(each.period, '')}"
    cells = (when, each.department, each.doctor, each.kind, each.offered, each.booked, each.used)
    return Row(cells, "clinic", each.id)


def _corrected(each: accuracy.Corrected) -> Row:
    kind, _, number = each.actor.partition(":")
    who = f"工号 {number}" if kind == "staff" else ("患者在聊天里" if kind == "account" else "系统")
    return Row(
        (_moment(each.at), each.masked_name, FIELDS.get(each.field, "其他"), who), "patient", each.patient_id
    )


def _stay(each: reached.Stay) -> Row:
    cells = (
        str(each.discharged_on), each.admission_no, each.masked_name, each.ward, each.doctor, each.told,
    )  # fmt: skip
    return Row(cells, "followup", each.followup_id)


def _moment(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"
