"""The sheets of single rows of 考核依据: who did how much, what was late, what was drawn, who did not come."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from bot.domain.clock import local
from bot.domain.demand import channel_name
from bot.services.context import Context
from bot.services.figures import attendance, demand, periods, reached
from bot.services.figures.among import Among
from bot.services.figures.behind import OUTCOMES
from bot.services.figures.periods import ReportKind, Term
from bot.services.figures.reasons import KINDS, LEVELS
from bot.services.figures.sampling import described, sample
from bot.services.figures.table import Row, Table, heads
from bot.services.followup.discharges import D, F
from bot.services.followup.reviewing import SAMPLE, seed_of
from bot.services.tables import table
from bot.services.within import within
from bot.store.care_models import Contact, RedFlag, Review, SurveyResponse, Ticket
from bot.store.db import UnitOfWork

_C, _A, _T, _V, _R = table(Contact), table(RedFlag), table(Ticket), table(Review), table(SurveyResponse)
EVERY = 1_000_000
"""Rows of a sheet: a spreadsheet's own limit."""


def tables(uow: UnitOfWork, context: Context, among: Among, about: str) -> Iterator[Table]:
    """In the order of the workbook."""
    notes = (about,)
    yield Table(
        "工号",
        "各工号的工作量",
        heads("工号 打电话 代填问卷 确认红旗 负责的工单 复核抽查", 14),
        _staff(uow, among),
        notes,
    )
    yield Table(
        "逾期工单",
        "逾期的意见和投诉",
        heads("编号 类型 类别 科室 负责人工号 收到 期限 答复", 18),
        _late_tickets(uow, context, among),
        (about, "到期前没有答复的；答复为空＝还没有答复"),
    )
    yield Table(
        "逾期红旗",
        "逾期的红旗",
        heads("编号 级别 内容 病区 确认人工号 发生 期限 确认", 18),
        _late_flags(uow, context, among),
        (about, "期限内没有人确认的"),
    )
    yield Table(
        "抽查", "抽查和复核", heads("月份 病区 随访编号 住院号 计划·步骤 及时 准确 复核人工号", 18),
        _samples(uow, among), (about, "每病区每月按固定种子抽取，再抽结果相同；及时、准确为空＝还没有复核"),
    )  # fmt: skip
    yield Table(
        "爽约", "爽约的预约", heads("编号 凭证 就诊时间 科室 渠道", 18),
        ((each.id, each.code, _moment(each.starts_at), each.department, channel_name(each.channel))
         for each in attendance.missed(uow, among, 1, most=EVERY)), notes,
    )  # fmt: skip
    yield Table(
        "没约上", "没约上的预约请求", heads("编号 提出时间 渠道 科室 原因", 18),
        ((each.id, _moment(each.at), channel_name(each.channel), each.department, OUTCOMES.get(each.outcome, ""))
         for each in demand.unmet(uow, among, EVERY)), notes,
    )  # fmt: skip
    yield Table(
        "未按时回访", "未按时联系上的出院患者", heads("住院号 病区 经管医生 出院日期 情况", 18),
        ((each.admission_no, each.ward, each.doctor, each.discharged_on, each.told)
         for each in reached.stays(uow, context, among, 1, most=EVERY) if each.told not in _COUNTED), notes,
    )  # fmt: skip


_COUNTED = ("按时联系上", "未到期，不计", "院内死亡，不计")


def _staff(uow: UnitOfWork, among: Among) -> list[Row]:
    """How much each did in the term for these wards, whatever came of it."""
    stays, first, last = among.whose.stays(), *among.term.moments
    counts: list[Counter[str]] = []
    for rows, who, at in (
        (_C, "staff_no", "at"), (_R, "staff_no", "completed_at"), (_A, "acknowledged_by", "acknowledged_at"),
        (_T, "owner", "opened_at"), (_V, "staff_no", "at"),
    ):  # fmt: skip
        column, when = rows.c[who], rows.c[at]
        query = (
            select(column, func.count())
            .outerjoin_from(rows, F, F.c.id == rows.c.followup_id)
            .outerjoin(D, D.c.id == F.c.discharge_id)
            .where(column.is_not(None), when >= first, when < last, stays)
            .group_by(column)
        )
        counts.append(Counter({row[0]: row[1] for row in uow.connection.execute(query)}))
    everybody = sorted(set().union(*counts))
    return [(number, *(count[number] for count in counts)) for number in everybody]


def _late_tickets(uow: UnitOfWork, context: Context, among: Among) -> list[Row]:
    """Of the term, answered after they were due, or due and not answered."""
    first, last = among.term.moments
    answered = func.coalesce(_T.c.answered_at, _T.c.closed_at)
    late = or_(answered > _T.c.due_at, and_(answered.is_(None), _T.c.due_at <= context.now))
    query = (
        select(
            _T.c.number, _T.c.kind, _T.c.category, _T.c.department, _T.c.owner, _T.c.opened_at, _T.c.due_at, answered
        )
        .outerjoin_from(_T, F, F.c.id == _T.c.followup_id)
        .outerjoin(D, D.c.id == F.c.discharge_id)
        .where(_T.c.opened_at >= first, _T.c.opened_at < last, late, within(among.scope, D.c.ward, _T.c.department))
        .order_by(_T.c.id)
    )  # fmt: skip
    return [
        (
            row.number, KINDS.get(str(row.kind), str(row.kind)), row.category, row.department, row.owner or "",
            _moment(row.opened_at), _moment(row.due_at), _moment(row[7]),
        )
        for row in uow.connection.execute(query)
    ]  # fmt: skip


def _late_flags(uow: UnitOfWork, context: Context, among: Among) -> list[Row]:
    """Of the term, acknowledged after their deadline, or past it and not acknowledged."""
    first, last = among.term.moments
    waiting = and_(_A.c.acknowledged_at.is_(None), _A.c.deadline_at <= context.now)
    late = or_(_A.c.acknowledged_at > _A.c.deadline_at, waiting)
    query = select(_A).where(
        _A.c.raised_at >= first, _A.c.raised_at < last, late, within(among.scope, _A.c.ward)
    )
    return [
        (
            row.id, LEVELS.get(str(row.level), str(row.level)), row.title, row.ward, row.acknowledged_by or "",
            _moment(row.raised_at), _moment(row.deadline_at), _moment(row.acknowledged_at),
        )
        for row in uow.connection.execute(query.order_by(_A.c.id))
    ]  # fmt: skip


def _samples(uow: UnitOfWork, among: Among) -> list[Row]:
    """Every month's that begins in the term, as its report draws it."""
    stays = select(D.c.ward).where(among.whose.stays()).distinct()
    wards = sorted(uow.connection.execute(stays).scalars())
    rows: list[Row] = []
    for month in _months(among.term):
        for ward in wards:
            ids = sample(uow, ward, month, SAMPLE, seed_of(month.since))
            reviews = {
                row.followup_id: row
                for row in uow.connection.execute(select(_V).where(_V.c.followup_id.in_(ids)))
            }
            for each in described(uow, ids):
                review = reviews.get(each.id)
                found = (
                    ("", "", "")
                    if review is None
                    else (_yes(review.timely), _yes(review.accurate), review.staff_no)
                )
                told = f"{each.plan}·{each.step}"
                rows.append((f"{month.since:%Y-%m}", ward, each.id, each.admission_no, told, *found))
    return rows


def _months(term: Term) -> Iterator[Term]:
    month = periods.period(ReportKind.MONTH, term.since)
    while month.since < term.until:
        if month.since >= term.since:
            yield month
        month = periods.period(ReportKind.MONTH, month.until)


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{local(at):%Y-%m-%d %H:%M}"
