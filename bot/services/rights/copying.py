"""我要一份: everything about one patient as sections of plain tables, for a page, a print and a JSON file.

Whoever calls has made sure of the reader: the patient's own link with the number's end, or staff with a reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from bot.domain.clock import local
from bot.questionnaires.evaluate import enabled
from bot.questionnaires.model import Coded, Free, Item, Value
from bot.services.appointments import A, C, S
from bot.services.context import Context
from bot.services.flags.rows import R as FLAG
from bot.services.followup.discharges import D, F, opened
from bot.services.people import G, P, plain
from bot.services.pushes import T as PUSH
from bot.services.rights import words
from bot.services.rights.requests import T as REQUEST
from bot.services.rights.withdrawing import C as CONSENT
from bot.services.surveys import responses
from bot.services.tables import Record, table
from bot.store.care_models import Contact, Ticket
from bot.store.db import UnitOfWork
from bot.store.models import Correction, LegalGuardian

_TICKET, _CONTACT, _CORRECTION, _GUARDIAN = (
    table(model) for model in (Ticket, Contact, Correction, LegalGuardian)
)
MOST = 500
"""Rows of one section; nobody has more but of messages, of which the newest are told."""
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of data: a heading, the columns' names, the rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything, as it stood then."""

    made_at: datetime
    sections: tuple[Section, ...]

    def as_json(self, hospital: str) -> dict[str, Any]:
        return {
            "hospital": hospital,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "sections": [
                {"title": each.title, "rows": [dict(zip(each.heads, row, strict=True)) for row in each.rows]}
                for each in self.sections
            ],
        }


def number_tail(uow: UnitOfWork, patient_id: str) -> str:
    """The last four of the identity number, in capitals; empty where there is nobody (any more)."""
    row = uow.connection.execute(
        select(P.c.id, P.c.id_number).where(P.c.id == patient_id, P.c.erased_at.is_(None))
    )
    found = row.first()
    return "" if found is None else plain(uow.keys, "id_number", found.id, found.id_number)[-4:].upper()


def make(uow: UnitOfWork, context: Context, patient_id: str) -> Copy:
    """All sections that have something in them."""
    sections = (each(uow, context, patient_id) for each in _SECTIONS)
    return Copy(local(context.now), tuple(each for each in sections if each.rows))


def _identity(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    row = uow.connection.execute(select(P).where(P.c.id == patient_id)).one()
    known = [(title, plain(uow.keys, name, row.id, row._mapping[name])) for name, title in words.SEALED]
    known += [
        ("证件", words.DOCUMENTS.get(row.id_kind, row.id_kind)),
        ("性别", words.SEXES.get(row.sex, "")),
        ("出生日期", _day(row.birth_date)),
        ("登记时间", _moment(row.created_at)),
    ]
    guardian = uow.connection.execute(select(_GUARDIAN).where(_GUARDIAN.c.patient_id == patient_id)).first()
    if guardian is not None:
        known += [
            (
                f"监护人{title}",
                uow.keys.decrypt(guardian._mapping[name], _guardian_aad(name, patient_id)).decode(),
            )
            for name, title in words.SEALED
        ]
    return Section("登记的资料", ("项目", "内容"), tuple(known))


def _guardian_aad(name: str, patient_id: str) -> str:
    return f"legal_guardians.{name}:{patient_id}"


def _links(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    rows = _rows(uow, select(G).where(G.c.patient_id == patient_id).order_by(G.c.id))
    told = ((words.RELATIONS.get(r.relation, ""), _moment(r.created_at), _moment(r.ended_at)) for r in rows)
    return Section("哪些微信号替您挂号", ("关系", "从什么时候", "到什么时候"), tuple(told))


def _consents(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    rows = _rows(uow, select(CONSENT).where(CONSENT.c.patient_id == patient_id).order_by(CONSENT.c.id))
    told = (
        (words.CONSENTS.get(r.kind, r.kind), r.text_version, _moment(r.given_at), _moment(r.withdrawn_at))
        for r in rows
    )
    return Section("您同意过什么", ("内容", "文本版本", "同意时间", "撤回时间"), tuple(told))


def _visits(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    joined = select(A, S.c.starts_at, C.c.department_id.label("of_department")).join_from(
        A, S, S.c.id == A.c.slot_id
    )
    mine = joined.join(C, C.c.id == A.c.clinic_id).where(A.c.patient_id == patient_id)
    directory = context.directory
    told = tuple(
        (
            _moment(r.starts_at), directory.departments[r.of_department].name, directory.doctors[r.doctor_id].name,
            words.VISITS.get(r.state, ""), f"{r.fee_fen / 100:.2f}", r.code,
        )
        for r in _rows(uow, mine.order_by(S.c.starts_at.desc()))
    )  # fmt: skip
    return Section("挂号", ("时间", "科室", "医生", "状态", "挂号费（元）", "凭证号"), told)


def _stays(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    told = []
    for r in _rows(uow, select(D).where(D.c.patient_id == patient_id).order_by(D.c.admitted_on)):
        said = opened(uow.keys, r)
        told.append(
            (
                r.admission_no, r.ward, r.department, _day(r.admitted_on), _day(r.discharged_on),
                said["diagnosis"] or said["admission_diagnosis"], said["surgery"], said["phone"], said["address"],
            )
        )  # fmt: skip
    heads = ("住院号", "病区", "科室", "入院", "出院", "诊断", "手术", "联系电话", "住址")
    return Section("住院登记", heads, tuple(told))


def _followups(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    mine = select(F).join_from(F, D, D.c.id == F.c.discharge_id).where(D.c.patient_id == patient_id)
    told = (
        (_day(r.due_on), words.FOLLOWUPS.get(r.state, ""), _moment(r.completed_at))
        for r in _rows(uow, mine.order_by(F.c.id))
    )
    return Section("回访安排", ("应回访日期", "状态", "完成时间"), tuple(told))


def _calls(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    mine = select(_CONTACT).join_from(_CONTACT, F, F.c.id == _CONTACT.c.followup_id)
    mine = mine.join(D, D.c.id == F.c.discharge_id).where(D.c.patient_id == patient_id)
    told = tuple(
        (_moment(r.at), words.ROADS.get(r.road, ""), _opened(uow, "contacts.note", r.key, r.note))
        for r in _rows(uow, mine.order_by(_CONTACT.c.id))
    )
    return Section("回访联系", ("时间", "方式", "记录"), told)


def _answers(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    told: list[Row] = []
    mine = select(responses.R).where(responses.R.c.patient_id == patient_id)
    for row in _rows(uow, mine.order_by(responses.R.c.started_at)):
        answer = responses.opened(uow, row)
        form = context.forms.get(answer.questionnaire)
        if form is None:
            continue
        for item in enabled(form, answer.filling.answers):
            given = answer.filling.answers.get(item.link_id, ())
            if given:
                said = "、".join(_said(item, value) for value in given)
                told.append((_moment(answer.started_at), form.title, item.text, said))
    return Section("您答过的问卷", ("时间", "问卷", "问题", "回答"), tuple(told))


def _flags(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    rows = _rows(uow, select(FLAG).where(FLAG.c.patient_id == patient_id).order_by(FLAG.c.id))
    told = tuple(
        (
            _moment(r.raised_at),
            r.title,
            _opened(uow, "red_flags.detail", r.key, r.detail),
            _moment(r.closed_at),
        )
        for r in rows
    )
    return Section("紧急情况", ("时间", "情况", "当时的回答", "处理完"), told)


def _tickets(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    rows = _rows(uow, select(_TICKET).where(_TICKET.c.patient_id == patient_id).order_by(_TICKET.c.id))
    told = tuple(
        (
            r.number, _moment(r.opened_at), _opened(uow, "tickets.text", r.key, r.text),
            _opened(uow, "tickets.answer", r.key, r.answer),
        )
        for r in rows
    )  # fmt: skip
    return Section("意见、投诉和表扬", ("编号", "时间", "您的原话", "答复"), told)


def _messages(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    rows = _rows(uow, select(PUSH).where(PUSH.c.patient_id == patient_id).order_by(PUSH.c.id.desc()))
    known = context.kinds.by_name
    told = (
        (_moment(r.due_at), known[r.kind].title if r.kind in known else "", words.PUSHES.get(r.state, ""))
        for r in rows
    )
    return Section("给您发过的消息", ("时间", "种类", "结果"), tuple(told))


def _corrections(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    rows = _rows(uow, select(_CORRECTION).where(_CORRECTION.c.patient_id == patient_id))
    told = ((_moment(r.at), words.FIELDS.get(r.field, r.field)) for r in rows)
    return Section("更正记录", ("时间", "改了哪一项"), tuple(told))


def _requests(uow: UnitOfWork, context: Context, patient_id: str) -> Section:
    rows = _rows(uow, select(REQUEST).where(REQUEST.c.patient_id == patient_id).order_by(REQUEST.c.id))
    told = ((_moment(r.opened_at), words.ASKS[r.kind], words.ASK_STATES[r.state]) for r in rows)
    return Section("您对个人信息提过的要求", ("时间", "要求", "结果"), tuple(told))


_SECTIONS: tuple[Callable[[UnitOfWork, Context, str], Section], ...] = (
    _identity, _links, _consents, _visits, _stays, _followups, _calls, _answers, _flags, _tickets, _messages,
    _corrections, _requests,
)  # fmt: skip


def _rows(uow: UnitOfWork, statement: Any) -> Iterable[Record]:
    return uow.connection.execute(statement.limit(MOST)).fetchall()


def _opened(uow: UnitOfWork, place: str, key: str, blob: bytes | None) -> str:
    return "" if blob is None else uow.keys.decrypt(blob, f"{place}:{key}").decode()


def _said(item: Item, value: Value) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case Coded(code):
            option = item.option(code)
            return option.display if option is not None else code
        case Free(text):
            return text
        case date():
            return _day(value)
        case _:
            return f"{value:f}{item.unit}"


def _day(value: date | None) -> str:
    return "" if value is None else f"{value.year}-{value.month:02d}-{value.day:02d}"


def _moment(value: datetime | None) -> str:
    return "" if value is None else f"{local(value):%Y-%m-%d %H:%M}"
