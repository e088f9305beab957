"""意见投诉: the board, and one written down for a caller."""

from secrets import token_hex

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.tickets import TicketKind, TicketSource, TicketState
from bot.services.tickets import board, opening, rows
from bot.services.tickets.board import Filter
from bot.services.tickets.callers import Nobody, caller
from bot.store.db import UnitOfWork
from bot.web.console import asked, ticket_words
from bot.web.console.console import Console
from bot.web.console.problems import Problem
from bot.web.console.render import render

_P = Permission
_NOBODY = {
    Nobody.INCOMPLETE: "要么姓名和手机号都填，要么都不填。",
    Nobody.UNKNOWN: "没有这样一位登记过的患者。请核对；不填姓名和手机号也可以登记，只是程序没法把答复发给他。",
    Nobody.SEVERAL: "姓名和手机号相同的患者不止一位，请先不填，在原话里写明是谁。",
}


def install(console: Console) -> None:
    @console.page("/tickets", _P.TICKETS_SEE, title="意见投诉", section="沟通", position=10)
    def tickets(me: Viewer) -> ResponseReturnValue:
        scope, wanted, number = me.scope(_P.TICKETS_SEE), _wanted(me), asked.page_number()
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            lines, more = board.page(uow, context, scope, wanted, number)
            counts, late = board.counts(uow, scope), board.late(uow, context, scope)
            departments = board.departments(uow, scope)
        return render(
            "tickets.html", part="tickets/_rows.html", lines=lines, more=more, number=number, counts=counts,
            late=late, departments=departments, asked=wanted, query=_query(wanted, me), words=ticket_words,
        )  # fmt: skip

    @console.page("/tickets/new", _P.TICKETS_ACT, title="登记意见投诉", parent="tickets")
    def ticket_new(me: Viewer) -> ResponseReturnValue:
        return _form(console)

    @console.act("/tickets/new", _P.TICKETS_ACT)
    def ticket_open(me: Viewer) -> ResponseReturnValue:
        text = asked.written("text", rows.TEXT_LENGTH)
        if not text:
            return _form(console, "请写下原话。")
        context = console.hospital.acting(me.actor)
        key = f"staff:{me.staff_no}:{asked.written('once', 32)}"

        def work(uow: UnitOfWork) -> str | Nobody:
            patient = caller(uow, asked.written("name", 32), asked.written("phone", 20))
            if isinstance(patient, Nobody):
                return patient
            opening.add(
                uow, context, key=key, text=text, source=TicketSource.STAFF, kind=_kind(request.form.get("kind")),
                department=asked.written("department", 64), patient_id=patient,
                anonymous="anonymous" in request.form,
            )  # fmt: skip
            row = rows.by_key(uow, key)
            assert row is not None  # made above, or by the first press of the same button
            return str(row.number)

        made = console.db.run(work)
        if isinstance(made, Nobody):
            return _form(console, _NOBODY[made])
        return console.go(url_for("console.tickets"), "good", f"已登记，编号 {made}。请告诉来电人。")


def _form(console: Console, words: str = "") -> ResponseReturnValue:
    """What was typed stays."""
    departments = sorted(
        view.name for view in console.hospital.acting("console").directory.departments.values()
    )
    return render(
        "tickets/new.html", departments=departments, words=words, given=request.form, names=ticket_words,
        once=asked.written("once", 32) or token_hex(16), status=422 if words else 200,
    )  # fmt: skip


def _wanted(me: Viewer) -> Filter:
    state = asked.word("state")
    if state and state not in list(TicketState):
        raise Problem(400, "没有这样的状态。")
    return Filter(
        state=TicketState(state) if state else None,
        kind=_kind(asked.word("kind")),
        department=asked.word("department"),
        owner=me.staff_no if asked.word("mine") else "",
        overdue=bool(asked.word("overdue")),
    )


def _kind(said: str | None) -> TicketKind | None:
    return TicketKind(said) if said in list(TicketKind) else None


def _query(wanted: Filter, me: Viewer) -> dict[str, str]:
    """For the links to other pages."""
    known = {
        "state": wanted.state or "",
        "kind": wanted.kind or "",
        "department": wanted.department,
        "mine": "1" if wanted.owner == me.staff_no else "",
        "overdue": "1" if wanted.overdue else "",
    }
    return {name: str(value) for name, value in known.items() if value}
