"""One 预约: what happened to it, its voucher, and check in, done, change, cancel."""

from collections.abc import Callable
from functools import partial
from secrets import token_hex

from flask import url_for
from flask.typing import ResponseReturnValue

from bot.domain.commands import Cancel, Change
from bot.domain.outcomes import Cancelled, Changed, GivenUp, Outcome, Refused, Taken
from bot.domain.roles import Permission
from bot.domain.rules import refund_fen
from bot.domain.staff import Viewer
from bot.services.change import MOVABLE
from bot.services.context import Context
from bot.services.desk_booking import listing, missed, visiting
from bot.services.desk_booking.listing import Shown
from bot.services.desk_booking.visiting import NotNow, Stale
from bot.store.db import UnitOfWork
from bot.web.console import asked, booking_words, picking
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render
from bot.web.console.words import yuan

_P = Permission
Work = Callable[[UnitOfWork, Context, int, int], visiting.Done | Stale | NotNow]
_NOT_NOW = {
    "day": "只有就诊当天可以报到、撤销报到。",
    "state": "这个预约现在的状态不能这样办，请看页面上的最新状态。",
    "going_on": "这个时段还没有结束，先不要记爽约。",
    "again": "这位就诊人又约了同一次出诊，不能撤销爽约。请先看看他的另一个预约。",
    "revisit": "复诊日期要在明天到一年之内。",
}


def install(console: Console) -> None:
    @console.page(
        "/appointments/<int:appointment_id>", _P.APPOINTMENTS_SEE, title="预约详情", parent="appointments"
    )
    def appointment(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        return _page(me, _shown(me, appointment_id, _P.APPOINTMENTS_SEE))

    @console.act("/appointments/<int:appointment_id>/check-in", _P.APPOINTMENTS_BOOK)
    def appointment_check_in(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        return _do(me, appointment_id, visiting.check_in, "已报到。")

    @console.act("/appointments/<int:appointment_id>/done", _P.APPOINTMENTS_BOOK)
    def appointment_done(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        finish = partial(visiting.finish, revisit=asked.written_day("revisit"))
        return _do(me, appointment_id, finish, "已就诊结束，就诊后的关怀消息已安排。")

    @console.act("/appointments/<int:appointment_id>/no-show", _P.APPOINTMENTS_BOOK)
    def appointment_no_show(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        return _do(me, appointment_id, missed.no_show, "已记为爽约。")

    @console.act("/appointments/<int:appointment_id>/came", _P.APPOINTMENTS_BOOK)
    def appointment_came(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        return _do(me, appointment_id, missed.came, "已撤销，恢复为“已预约”。")

    @console.act("/appointments/<int:appointment_id>/cancel", _P.APPOINTMENTS_BOOK)
    def appointment_cancel(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        shown, version, reason = _shown(me, appointment_id), asked.version(), asked.written("reason", 100)
        command = Cancel(_key(me), appointment_id, reason)
        match _settled(me, command, version):
            case Cancelled(refund_fen=refund) | GivenUp(refund_fen=refund):
                words = (
                    f"已退号，交过的挂号费 {yuan(refund)}原路退回。" if refund else "已退号，没有要退的费用。"
                )
                return console.go(_address(appointment_id), "good", words)
            case Refused(why=why):
                return _page(me, shown, booking_words.reason(why))
        raise Conflict

    @console.page(
        "/appointments/<int:appointment_id>/change", _P.APPOINTMENTS_BOOK, title="改约", parent="appointments"
    )
    def appointment_change(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        shown = _shown(me, appointment_id)
        if shown.view.state not in MOVABLE:
            return console.go(_address(appointment_id), "bad", _NOT_NOW["state"])
        return _change_page(me, shown)

    @console.act("/appointments/<int:appointment_id>/move", _P.APPOINTMENTS_BOOK)
    def appointment_move(me: Viewer, appointment_id: int) -> ResponseReturnValue:
        shown, version, slot = _shown(me, appointment_id), asked.version(), picking.number("slot")
        if slot is None:
            raise Problem(400, "请先选时段。")
        here = url_for("console.appointment_change", appointment_id=appointment_id)
        match _settled(me, Change(_key(me), appointment_id, slot), version):
            case Changed():
                return console.go(
                    _address(appointment_id), "good", "已改约，原来的号已退回，新的短信会发给患者。"
                )
            case Taken(slots=slots):
                where = f"{here}?clinic={picking.number('clinic')}" if slots else here
                return console.go(where, "bad", "这个时段刚刚约满了，原来的号还在。下面是还能选的。")
            case Refused(why=why):
                return _change_page(me, shown, booking_words.reason(why))
        raise Conflict

    def _shown(me: Viewer, appointment_id: int, permission: Permission = _P.APPOINTMENTS_BOOK) -> Shown:
        with console.db.read() as uow:
            context = console.hospital.acting(me.actor)
            found = listing.one(uow, context, me.scope(permission), appointment_id)
        if found is None:
            raise NotThere
        return found

    def _settled(me: Viewer, command: Change | Cancel, version: int) -> Outcome:
        context = console.hospital.acting(me.actor)
        done = console.hospital.carry(lambda uow: visiting.settle(uow, context, command, version))
        if isinstance(done, Stale):
            raise Conflict
        return done

    def _do(me: Viewer, appointment_id: int, work: Work, words: str) -> ResponseReturnValue:
        shown, version = _shown(me, appointment_id), asked.version()
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: work(uow, context, appointment_id, version))
        if isinstance(done, Stale):
            raise Conflict
        if isinstance(done, NotNow):
            return _page(me, shown, _NOT_NOW[done.why])
        return console.go(_address(shown.view.id), "good", words)

    def _page(me: Viewer, shown: Shown, refused: str = "") -> ResponseReturnValue:
        context, view = console.hospital.acting(me.actor), shown.view
        policy = context.directory.policy(context.today, view.doctor.department_id, view.doctor.id)
        refund = refund_fen(view.fee_fen, view.starts_at, policy, context.now)
        return render(
            "appointments/one.html", shown=shown, view=view, words=booking_words, refund=refund, refused=refused,
            today=context.today, once=token_hex(16), over=view.ends_at <= context.now, status=409 if refused else 200,
        )  # fmt: skip

    def _change_page(me: Viewer, shown: Shown, refused: str = "") -> ResponseReturnValue:
        context, view = console.hospital.acting(me.actor), shown.view
        with console.db.read() as uow:
            picked = picking.pick(uow, context, view.patient.id, moving=view.id, at=view.doctor.department_id)
        return render(
            "appointments/change.html", view=view, picked=picked, words=booking_words, refused=refused,
            once=token_hex(16), base="console.appointment_change", ids={"appointment_id": view.id},
            status=409 if refused else 200,
        )  # fmt: skip


def _address(appointment_id: int) -> str:
    return url_for("console.appointment", appointment_id=appointment_id)


def _key(me: Viewer) -> str:
    """Of the form, so that the same button pressed twice acts once."""
    return f"desk:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
