"""意见、投诉、表扬: what the phone centre hears is written down here (R37)."""

from bot.domain.api_clients import Caller
from bot.domain.roles import Permission
from bot.domain.tickets import TicketSource
from bot.services.desk_booking import whom
from bot.services.tickets import board, desk, opening, rows
from bot.services.tickets.board import Filter
from bot.services.tickets.callers import Nobody, caller
from bot.store.db import UnitOfWork
from bot.web.api import pages
from bot.web.api.api import Api
from bot.web.api.problems import Problem
from bot.web.api.shapes import care
from bot.web.api.shapes.common import Listed

_P = Permission
TAG = "意见投诉"
_NOBODY = {
    Nobody.INCOMPLETE: "要么姓名和手机号都写，要么都不写。",
    Nobody.UNKNOWN: "没有这样一位登记过的患者；不写姓名和手机号也可以登记。",
    Nobody.SEVERAL: "姓名和手机号相同的患者不止一位，请写 patient_id。",
}


def install(api: Api) -> None:
    @api.get(
        "/tickets", _P.TICKETS_SEE, Listed[care.Ticket], "工单，先登记的在前", TAG, query=care.TicketsAsked
    )
    def tickets(by: Caller, asked: care.TicketsAsked) -> Listed[care.Ticket]:
        """不写 state 就是等工作人员处理的。"""
        wanted = Filter(asked.state, asked.kind, asked.department or "", overdue=asked.overdue)
        since, context = pages.after_id(asked.after), api.acting(by)
        with api.db.read() as uow:
            found = board.after(uow, context, by.scope(), wanted, since, asked.limit + 1)
        return pages.page(found, asked.limit, lambda line: line.id, care.ticket)

    @api.post(
        "/tickets", _P.TICKETS_ACT, care.Ticket, "登记意见、投诉、表扬", TAG, body=care.TicketOpen, keyed=True,
        status=201, problems=("unknown-reference",),
    )  # fmt: skip
    def ticket_open(by: Caller, sent: care.TicketOpen, key: str) -> care.Ticket:
        context = api.acting(by)

        def work(uow: UnitOfWork) -> int:
            whose = _whose(by, uow, sent)
            opening.add(
                uow, context, key=key, text=sent.text, source=TicketSource.STAFF, kind=sent.kind,
                department=sent.department, patient_id=whose, anonymous=sent.anonymous,
            )  # fmt: skip
            row = rows.by_key(uow, key)
            if row is None:
                raise Problem("bad-field", "原话是空的。")
            return int(row.id)

        made = api.db.run(work)
        with api.db.read() as uow:
            line = board.one(uow, context, by.scope(), made)
        assert line is not None  # made above
        return care.ticket(line)

    @api.get("/tickets/<ticket_id>", _P.TICKETS_SEE, care.TicketWhole, "一张工单，连原话", TAG)
    def ticket(by: Caller, ticket_id: int) -> care.TicketWhole:
        """看过要记入审计。"""
        context = api.acting(by)
        found = api.db.run(lambda uow: desk.whole(uow, context, ticket_id))
        if found is None:
            raise Problem("not-found", "没有这张工单。")
        return care.whole(found)

    def _whose(by: Caller, uow: UnitOfWork, sent: care.TicketOpen) -> str | None:
        if sent.patient_id is not None:
            named = whom.patient(uow, api.acting(by), by.scope(), sent.patient_id)
            if named is None:
                raise Problem("unknown-reference", "没有这位就诊人。")
            return named.id
        found = caller(uow, sent.name, sent.phone)
        if isinstance(found, Nobody):
            raise Problem("unknown-reference", _NOBODY[found])
        return found
