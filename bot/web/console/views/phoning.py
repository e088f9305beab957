"""打电话: the script, and the step's questionnaire as the form that the patient's own page is, filled by who calls."""

from typing import Any
from uuid import uuid4

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.commands import FillSurvey
from bot.domain.followup import FollowupState
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.survey import Advice, SurveyClosed, SurveyMoved, SurveyRefused, SurveyState, SurveyView
from bot.services.followup.assigning import WORKED_ON
from bot.services.followup.inviting import scope_of
from bot.services.followup.queue import Row
from bot.services.followup.script import Script, script
from bot.web.console import care
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render
from bot.web.console.steps import raised_by, step_of
from bot.web.console.views.followup import REASONS
from bot.web.survey import texts
from bot.web.survey.handing import handed_in, key_of, refused
from bot.web.survey.reading import Read, read
from bot.web.survey.sheet import sheet

_P = Permission
ASKED = (*WORKED_ON, FollowupState.ANSWERED)
NEWER = "患者或同事刚才又答了几题，已经合在一起，您填的都还在。请看一遍，再保存一次。"
CLOSED = {
    "completed": "这份问卷已经交过了，您这次填的没有存。要改，只能由当时填的人在 24 小时内改。",
    "stopped": "这份问卷已经结束了，您这次填的没有存。",
    "deceased": "已登记患者去世，问卷已停止，您这次填的没有存。",
    "readmitted": "已登记再次入院，问卷已停止，您这次填的没有存。",
}


def install(console: Console) -> None:
    @console.page("/followups/<int:followup_id>/call", _P.FOLLOWUP_ACT, title="打电话", parent="followups")
    def followup_call(me: Viewer, followup_id: int) -> ResponseReturnValue:
        row = step_of(console, me, followup_id, _P.FOLLOWUP_ACT)
        words = _script(me, row)
        return _page(me, row, words, words.survey)

    @console.act("/followups/<int:followup_id>/call", _P.FOLLOWUP_ACT)
    def followup_fill(me: Viewer, followup_id: int) -> ResponseReturnValue:
        row = step_of(console, me, followup_id, _P.FOLLOWUP_ACT)
        words = _script(me, row)
        view, do = words.survey, request.form.get("do", "save")
        final = do == "submit"
        told = read(view.form, view.filling, request.form.to_dict(flat=False), final=final)
        if request.form.get("revision") != str(view.revision):
            return _newer(me, row, words, view, told)
        if view.state is SurveyState.COMPLETED and not (final and told.clean):
            return _page(me, row, words, view, told, final=final)
        move = handed_in(view, told, final=final)
        command = FillSurvey(
            f"console:{me.staff_no}:{key_of(move)}", scope_of(followup_id), move, face="phone"
        )
        match console.hospital.execute(command, None, actor=me.actor):
            case SurveyMoved(survey=now, advice=raised):
                done = final and now.state is SurveyState.COMPLETED
                if done and not raised:
                    where = url_for("console.followup", followup_id=followup_id)
                    return console.go(where, "good", "问卷交好了，这次随访完成。")
                note = texts.OPENED if told.fresh and do != "auto" else ""
                return _page(me, row, words, now, told, note=note, raised=raised, saved=True, final=final)
            case SurveyRefused() as outcome:
                return _page(me, row, words, view, refused(outcome, told), final=final)
            case SurveyClosed(why="stale"):
                latest = _script(me, row)
                return _newer(me, row, latest, latest.survey, told)
            case SurveyClosed(why=why):
                return _page(me, row, words, view, told, note=CLOSED.get(why, CLOSED["stopped"]), status=409)
            case other:
                raise TypeError(f"no outcome of a questionnaire: {other!r}")

    def _script(me: Viewer, row: Row) -> Script:
        with console.db.read() as uow:
            found = script(uow, console.hospital.acting(me.actor), row.id) if row.state in ASKED else None
        if found is None:
            raise NotThere(f"这条随访不用再问了：{care.STATES[row.state]}。")
        return found

    def _newer(me: Viewer, row: Row, words: Script, view: SurveyView, told: Read) -> ResponseReturnValue:
        """Nothing was kept: the patient, or a colleague, was faster.  What was typed stays on the sheet."""
        return _page(me, row, words, view, told, note=NEWER, status=409, newer=view.filling.answers)

    def _page(
        me: Viewer, row: Row, words: Script, view: SurveyView, told: Read | None = None, *, note: str = "",
        raised: tuple[Advice, ...] = (), saved: bool = False, final: bool = False, status: int = 0,
        newer: Any = None,
    ) -> ResponseReturnValue:  # fmt: skip
        drawn = sheet(view, told, answers=newer)
        wrong = final and bool(drawn.problems)
        return render(
            "followup/call.html", status=status or (422 if wrong else 200), row=row, script=words, view=view,
            sheet=drawn, told=note, raised=raised, saved=saved, final=final, care=care, reasons=REASONS, given={},
            done=view.state is SurveyState.COMPLETED, summary=texts.summary(len(drawn.problems)), key=uuid4().hex,
            working=row.state in WORKED_ON, numbers=words.numbers, flags=raised_by(console, me, row),
        )  # fmt: skip
