"""One step of a follow-up: what is known, what was tried and answered; calls and their outcomes, numbers."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.contacts import CHOSEN, Outcome
from bot.domain.flags import FlagState
from bot.domain.followup import FollowupState
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.questionnaires.filling import by_number, spoken
from bot.services.flags.looking import Which
from bot.services.flags.looking import listing as flags_of
from bot.services.followup import calls, looking, numbers, reported, revealing
from bot.services.followup.assigning import WORKED_ON
from bot.services.followup.calls import Call, NotRecorded, Recorded
from bot.services.followup.history import tries
from bot.services.followup.inviting import scope_of
from bot.services.followup.numbers import Correction
from bot.services.followup.queue import Row
from bot.services.surveys.looking import survey
from bot.web.console import asked, care
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import piece, render
from bot.web.console.steps import step_of
from bot.web.console.words import moment

_P = Permission
REASONS = {"call": "打随访电话", "correct": "更正号码", "complaint": "处理投诉", "check": "质控抽查"}
_KEY = re.compile(r"[0-9a-f]{32}")
_FASTER = "您打开页面之后，这位患者的号码已经改过，这次没有保存。您填的还在下面；请先看看现在的号码，再决定要不要改。"


def install(console: Console) -> None:
    @console.page("/followups/<int:followup_id>", _P.FOLLOWUP_SEE, title="一次随访", parent="followups")
    def followup(me: Viewer, followup_id: int) -> ResponseReturnValue:
        return _page(me, step_of(console, me, followup_id, _P.FOLLOWUP_SEE))

    @console.act("/followups/<int:followup_id>/reveal", _P.PATIENTS_REVEAL)
    def followup_reveal(me: Viewer, followup_id: int) -> ResponseReturnValue:
        step_of(console, me, followup_id, _P.PATIENTS_REVEAL)
        reason = asked.written("reason", 20)
        if reason not in REASONS:
            raise Problem(400, "请先选查看理由。")
        context = console.hospital.acting(me.actor)
        found = console.db.run(lambda uow: revealing.reveal(uow, context, followup_id, reason))
        if found is None:
            raise Conflict("这位患者不用再打电话了，所以不显示号码。")
        return piece("followup/_revealed.html", "姓名和号码", found=found, care=care)

    @console.act("/followups/<int:followup_id>/outcome", _P.FOLLOWUP_ACT)
    def followup_outcome(me: Viewer, followup_id: int) -> ResponseReturnValue:
        row = step_of(console, me, followup_id, _P.FOLLOWUP_ACT)
        call, key = _call(), request.form.get("key", "")
        if not _KEY.fullmatch(key):
            raise Problem(400)
        if call.outcome in care.REPORTS and request.form.get("sure") != "yes":
            raise Problem(400, "请先勾选确认，再登记。")
        context = console.hospital.acting(me.actor)
        done = console.db.run(
            lambda uow: calls.record_call(uow, context, followup_id, call, key=f"console:{key}")
        )
        if isinstance(done, NotRecorded):
            return _page(me, row, status=409, words=_why(done), given=request.form)
        spoke = call.outcome in (Outcome.REACHED, Outcome.FAMILY)
        where = "console.followup_call" if spoke else "console.followup"
        return console.go(url_for(where, followup_id=followup_id), "good", _told(done, spoke=spoke))

    @console.act("/followups/<int:followup_id>/redial", _P.FOLLOWUP_ACT)
    def followup_redial(me: Viewer, followup_id: int) -> ResponseReturnValue:
        step_of(console, me, followup_id, _P.FOLLOWUP_ACT)
        context = console.hospital.acting(me.actor)
        if not console.db.run(lambda uow: calls.redial(uow, context, followup_id)):
            raise Conflict("这条随访现在不是失访，不用重打。")
        return _back(followup_id, "已放回队列，可以再打了。")

    @console.act("/followups/<int:followup_id>/number", _P.FOLLOWUP_ACT)
    def followup_number(me: Viewer, followup_id: int) -> ResponseReturnValue:
        row = step_of(console, me, followup_id, _P.FOLLOWUP_ACT)
        context, number = console.hospital.acting(me.actor), asked.written("number", 20)
        stay, seen = _stay(row), asked.version()
        match console.db.run(lambda uow: numbers.correct_number(uow, context, stay, number, seen)):
            case Correction.NO_NUMBER:
                told = "不像电话号码，没有改。手机写 11 位，座机带区号。"
                return _page(me, row, status=422, words=told, number=number)
            case Correction.STALE:
                return _page(me, row, status=409, words=_FASTER, number=number)
            case Correction.DONE:
                return _back(followup_id, "号码已更正。失访的可以点「再打一次」。")

    @console.act("/followups/<int:followup_id>/mistaken", _P.FOLLOWUP_ACT)
    def followup_mistaken(me: Viewer, followup_id: int) -> ResponseReturnValue:
        stay = _stay(step_of(console, me, followup_id, _P.FOLLOWUP_ACT))
        context = console.hospital.acting(me.actor)
        done = console.db.run(
            lambda uow: reported.not_dead(uow, context, stay) or reported.resume(uow, context, stay)
        )
        if done is None:
            raise Conflict("没有电话里登记的去世或再次入院；出院文件里写的，要改文件重新导入。")
        return _back(followup_id, f"已收回，重新排了 {done.planned} 次随访。")

    def _back(followup_id: int, words: str) -> ResponseReturnValue:
        return console.go(url_for("console.followup", followup_id=followup_id), "good", words)

    def _stay(row: Row) -> str:
        with console.db.read() as uow:
            stay = looking.stay_id(uow, row.admission_no)
        if stay is None:
            raise NotThere
        return stay

    def _page(
        me: Viewer, row: Row, *, status: int = 200, words: str = "", given: Any = None, number: str = ""
    ) -> ResponseReturnValue:  # fmt: skip
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            calendar = looking.preview(uow, row.admission_no)
            made = tries(uow, row.id)
            seen = survey(uow, context, scope_of(row.id))
            known, number_version = numbers.of_step(uow, row.id), numbers.version(uow, row.id)
            raised = (
                flags_of(
                    uow, context, Which(me.scope(_P.FLAGS_SEE), followup_id=row.id), states=tuple(FlagState)
                )
                if me.may(_P.FLAGS_SEE)
                else ()
            )
        answers = [] if seen is None or not seen.id else list(by_number(seen.form, seen.filling.answers))
        return render(
            "followup.html", status=status, row=row, calendar=calendar, tries=made, seen=seen, answers=answers,
            spoken=spoken, numbers=known, number_version=number_version, number=number,
            raised=raised, care=care, reasons=REASONS, words=words, given=given or {},
            key=uuid4().hex, working=row.state in WORKED_ON, stopped=row.state in _STOPPED,
        )  # fmt: skip


_STOPPED = (FollowupState.DECEASED, FollowupState.READMITTED)


def _call() -> Call:
    """What the form says of a call."""
    code, number = asked.written("outcome", 32), request.form.get("number", "")
    if code not in set(CHOSEN):
        raise Problem(400, "请选电话结果。")
    return Call(
        Outcome(code),
        asked.written("note", 500),
        int(number) if number.isascii() and number.isdigit() and len(number) < 3 else None,
        _moment(),
        request.form.get("for_good") == "yes",
    )


def _moment() -> datetime | None:
    said = request.form.get("again", "")
    try:
        found = datetime.fromisoformat(said).replace(tzinfo=HOSPITAL_TZ) if said else None
    except ValueError:
        raise Problem(400, "时间不对。") from None
    if found is not None and found.year not in asked.YEARS:
        raise Problem(400, "时间不对。")
    return found


def _why(done: NotRecorded) -> str:
    if done.why == "theirs":
        return f"这条随访在工号 {done.detail} 手里，没有记。要做的话，请先和这位同事说好。"
    return care.REFUSED[done.why]


def _told(done: Recorded, *, spoke: bool) -> str:
    """What follows from the call; nothing in it is personal."""
    if spoke:
        return "已记下打通了。请照着话术往下问。"
    if done.next_number:
        return "已记下。这个号码用不了，请改打下一个号码。"
    if done.correct:
        return "已记下。没有能用的号码了，记为失访；问到新号码请更正，再点「再打一次」。"
    if done.next_call_at is not None:
        return f"已记下。下次请在 {moment(done.next_call_at)} 再打。"
    return f"已记下：{care.STATES[done.state]}。"
