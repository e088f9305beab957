"""One 停诊: how far it has come, whose answer is missing, what a call came to, whether it adds up, taking it back."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.outcomes import CaseClosed, GivenUp, OfferGone, Outcome, Rebooked, Refused, Taken
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.suspension import SUSPENSION, SuspensionState
from bot.services.desk import phones
from bot.services.suspension import cases, looking
from bot.services.suspension.looking import Affected, Line, Show
from bot.services.suspension.saga import Suspensions
from bot.services.suspension.withdraw import CannotWithdraw
from bot.web.console import asked, booking_words, picking, suspension_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import STOP_ASKING, piece, render

_P = Permission
_ANSWERS = ("accepted", "gave_up")


def install(console: Console) -> None:
    saga = Suspensions(console.hospital)

    @console.page("/suspensions/<int:suspension_id>", _P.SUSPENSION_SEE, title="停诊", parent="suspensions")
    def suspension(me: Viewer, suspension_id: int) -> ResponseReturnValue:
        context, scope = console.hospital.acting(me.actor), me.scope(_P.SUSPENSION_SEE)
        with console.db.read() as uow:
            line = looking.one(uow, context, scope, suspension_id)
            if line is None:
                raise NotThere
            clinics = looking.clinics(uow, context, scope, suspension_id)
            told = looking.told(uow, context, scope, suspension_id)
            calls = looking.calls(uow, context, scope, suspension_id)
        return render(
            "suspensions/one.html", part="suspensions/_progress.html", line=line, clinics=clinics, told=told,
            calls=calls, names=suspension_words, withdrawable=_withdrawable(line), whole=scope.everything,
            status=200 if line.running or "HX-Request" not in request.headers else STOP_ASKING,
        )  # fmt: skip

    @console.page(
        "/suspensions/<int:suspension_id>/people",
        _P.SUSPENSION_SEE,
        title="受影响的患者",
        parent="suspensions",
    )
    def suspension_people(me: Viewer, suspension_id: int) -> ResponseReturnValue:
        said, number = asked.word("show") or Show.WAITING, asked.page_number()
        if said not in list(Show):
            raise Problem(400, "没有这样的分类。")
        show, context, scope = Show(said), console.hospital.acting(me.actor), me.scope(_P.SUSPENSION_SEE)
        with console.db.read() as uow:
            line = looking.one(uow, context, scope, suspension_id)
            if line is None:
                raise NotThere
            people, more = looking.people(uow, context, scope, suspension_id, show, number)
        counts = {each: sum(line.cases.get(state, 0) for state in looking.SHOWN[each]) for each in Show}
        return render(
            "suspensions/people.html", line=line, people=people, more=more, number=number, show=show, counts=counts,
            names=suspension_words,
        )  # fmt: skip

    @console.page(
        "/suspensions/<int:suspension_id>/check", _P.SUSPENSION_SEE, title="核对", parent="suspensions"
    )
    def suspension_check(me: Viewer, suspension_id: int) -> ResponseReturnValue:
        found = saga.reconcile(suspension_id) if me.scope(_P.SUSPENSION_SEE).everything else None
        if found is None:
            raise NotThere
        return render("suspensions/check.html", found=found, names=suspension_words)

    @console.act("/suspensions/<int:suspension_id>/withdraw", _P.SUSPENSION_START, dangerous=True)
    def suspension_withdraw(me: Viewer, suspension_id: int) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            line = looking.one(uow, context, me.scope(_P.SUSPENSION_START), suspension_id)
        if line is None:
            raise NotThere
        here = url_for("console.suspension", suspension_id=suspension_id)
        if "sure" not in request.form:
            return console.go(here, "bad", "还没有撤回：请先勾选“我核对过了”。")
        try:
            opened = saga.withdraw(suspension_id, actor=me.actor)
        except CannotWithdraw as why:
            return console.go(here, "bad", f"没有撤回：{why}。")
        if not opened and not _withdrawable(line):
            return console.go(here, "warn", "这次停诊已经撤回过了，没有重复办。")
        return console.go(
            here, "good", f"已撤回，{opened} 次出诊恢复。没有答复的患者会拿回原来的号，并收到通知。"
        )

    @console.page(
        "/suspensions/cases/<int:case_id>", _P.SUSPENSION_SEE, title="一位患者", parent="suspensions"
    )
    def suspension_case(me: Viewer, case_id: int) -> ResponseReturnValue:
        return _case(me, case_id)

    @console.act("/suspensions/cases/<int:case_id>/reached", _P.SUSPENSION_ANSWER)
    def suspension_reached(me: Viewer, case_id: int) -> ResponseReturnValue:
        """What a call came to: the kept seat, another slot, or no visit at all."""
        _seen(me, case_id, _P.SUSPENSION_ANSWER)
        answer, slot = request.form.get("answer", ""), picking.number("slot")
        if answer == "other" and slot is None:
            raise Problem(400, "请先选时段。")
        if answer not in (*_ANSWERS, "other"):
            raise Problem(400, "请先选电话的结果。")
        done = saga.reached(case_id, answer, actor=me.actor, slot_id=slot if answer == "other" else None)
        return _told(me, case_id, done)

    @console.act("/suspensions/cases/<int:case_id>/phone", _P.PATIENTS_REVEAL)
    def suspension_case_phone(me: Viewer, case_id: int) -> ResponseReturnValue:
        """Only of whom they both see here and may reveal."""
        _, seen = _seen(me, case_id, _P.PATIENTS_REVEAL)
        context, reason = console.hospital.acting(me.actor), asked.reason(phones.REASONS)
        patient, about = seen.visit.patient.id, f"case:{case_id}"
        found = console.db.run(lambda uow: phones.reveal(uow, context, patient, reason=reason, about=about))
        if found is None:
            raise NotThere
        return piece("calls/_number.html", "姓名和电话", number=found)

    def _told(me: Viewer, case_id: int, done: Outcome) -> ResponseReturnValue:
        here = url_for("console.suspension_case", case_id=case_id)
        match done:
            case Rebooked(appointment=new):
                return console.go(here, "good", f"已改约，新凭证 {new.code} 会发给患者。电话任务已自动撤销。")
            case GivenUp(refund_fen=fee):
                money = "费用已记为全额退还。" if fee else ""
                return console.go(here, "good", f"已记下不看了。{money}电话任务已自动撤销。")
            case OfferGone():
                return console.go(here, "warn", "预留的号已经过期，系统换了一个。请看下面，再问一次患者。")
            case Taken():
                return console.go(here, "bad", "这个时段刚刚约满了，请另选一个。")
            case Refused(why=why):
                return _case(me, case_id, booking_words.reason(why))
            case CaseClosed():
                raise Conflict("这位患者的停诊已经办好了，没有重复办。请回到页面看最新情况。")
        raise Conflict

    def _seen(me: Viewer, case_id: int, *acts: Permission) -> tuple[Line, Affected]:
        context, scope = console.hospital.acting(me.actor), me.scope(_P.SUSPENSION_SEE, *acts)
        with console.db.read() as uow:
            found = looking.case(uow, context, scope, case_id)
            line = None if found is None else looking.one(uow, context, scope, found[0])
        if found is None or line is None:
            raise NotThere
        return line, found[1]

    def _case(me: Viewer, case_id: int, refused: str = "") -> ResponseReturnValue:
        line, seen = _seen(me, case_id)
        context, visit = console.hospital.acting(me.actor), seen.visit
        with console.db.read() as uow:
            view = cases.case_view(uow, context, case_id)
            assert view is not None  # seen above; cases are never deleted
            may_act = view.waiting and me.may(_P.SUSPENSION_ANSWER)
            picked = None
            if may_act and any(request.values.get(name) for name in ("other", "department", "clinic")):
                at = visit.doctor.department_id
                picked = picking.pick(uow, context, visit.patient.id, moving=visit.id, at=at)
        return render(
            "suspensions/case.html", line=line, seen=seen, case=view, picked=picked, may_act=may_act, refused=refused,
            names=suspension_words, words=booking_words, base="console.suspension_case",
            ids={"case_id": case_id, "other": 1}, status=409 if refused else 200,
        )  # fmt: skip


def _withdrawable(line: Line) -> bool:
    return line.kind != "schedule" and SuspensionState.WITHDRAWING in SUSPENSION[line.state]
