"""One request about somebody's data: what is stored, and what is done about it; the patient is told each time."""

import json

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.rights import Ask
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.rights import answering, board, erasing
from bot.services.rights.copying import Copy
from bot.services.rights.correcting import FIELDS, Bad
from bot.services.rights.erasing import Blocked
from bot.services.rights.requests import Stale
from bot.web.console import asked, privacy_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render

_P = Permission
_LONGEST = 300


def install(console: Console) -> None:
    @console.page("/privacy/requests/<int:number>", _P.PRIVACY_SEE, title="个人信息要求", parent="privacy")
    def privacy_request(me: Viewer, number: int) -> ResponseReturnValue:
        return _page(me, number)

    @console.act("/privacy/requests/<int:number>/copy", _P.PRIVACY_ACT, costly=True)
    def privacy_copy(me: Viewer, number: int) -> ResponseReturnValue:
        """To be printed and handed over; who looked, and why, is in the audit log."""
        return render(
            "privacy/copy.html", number=number, copy=_copy(me, number), reason=request.form["reason"]
        )

    @console.act("/privacy/requests/<int:number>/file", _P.PRIVACY_ACT, costly=True)
    def privacy_file(me: Viewer, number: int) -> ResponseReturnValue:
        told = _copy(me, number).as_json(console.settings.hospital_name)
        response = Response(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json")
        response.headers["Content-Disposition"] = f"attachment; filename=privacy-{number}.json"
        response.headers["Cache-Control"] = "no-store"
        return response

    @console.act("/privacy/requests/<int:number>/correct", _P.PRIVACY_ACT)
    def privacy_correct(me: Viewer, number: int) -> ResponseReturnValue:
        context, version = console.hospital.acting(me.actor), asked.version()
        field, value = asked.written("field", 16), asked.written("value", 60)
        done = console.hospital.carry(
            lambda uow: answering.correct(uow, context, number, version, field, value)
        )
        if isinstance(done, Bad):
            return _page(me, number, problem=privacy_words.CORRECTING[done.why])
        return _gone(number, done)

    @console.act("/privacy/requests/<int:number>/withdraw", _P.PRIVACY_ACT)
    def privacy_withdraw(me: Viewer, number: int) -> ResponseReturnValue:
        kind = asked.written("consent", 32)
        if kind not in privacy_words.CONSENTS:
            return _page(me, number, problem="请选要撤回哪一项。")
        context, version = console.hospital.acting(me.actor), asked.version()
        return _gone(
            number, console.db.run(lambda uow: answering.withdraw(uow, context, number, version, kind))
        )

    @console.page("/privacy/requests/<int:number>/erase", _P.PRIVACY_ACT, title="删除之前", parent="privacy")
    def privacy_preview(me: Viewer, number: int) -> ResponseReturnValue:
        return _preview(me, number)

    @console.act("/privacy/requests/<int:number>/erase", _P.PRIVACY_ACT, dangerous=True)
    def privacy_erase(me: Viewer, number: int) -> ResponseReturnValue:
        if "sure" not in request.form:
            return _preview(me, number, problem="请先勾选「已经核对」。")
        context, version = console.hospital.acting(me.actor), asked.version()
        done = console.db.run(lambda uow: answering.erase(uow, context, number, version))
        if isinstance(done, Blocked):
            return _preview(me, number, problem="现在还不能删，请先办完下面几件事。")
        return _gone(number, done)

    @console.act("/privacy/requests/<int:number>/finish", _P.PRIVACY_ACT)
    def privacy_finish(me: Viewer, number: int) -> ResponseReturnValue:
        """办好了 or 不能办, in words to the patient."""
        refused, said = "refused" in request.form, asked.written("said", _LONGEST)
        reason = request.form.get("reason", "")
        if not said or (refused and reason not in privacy_words.REFUSALS):
            return _page(
                me, number, problem="请选理由，并写下告诉患者的话。" if refused else "请写下告诉患者的话。"
            )
        context, version = console.hospital.acting(me.actor), asked.version()
        done = console.db.run(
            lambda uow: answering.finish(
                uow, context, number, version, said, refused=refused, reason=reason if refused else ""
            )
        )
        return _gone(number, done)

    def _copy(me: Viewer, number: int) -> Copy:
        context, reason = console.hospital.acting(me.actor), asked.reason(answering.REASONS)
        found = console.db.run(lambda uow: answering.copy(uow, context, number, reason))
        if found is None:
            raise Problem(404, "没有可以给的：已经注销，或者没有这个要求。")
        return found

    def _gone(number: int, done: str | Stale) -> ResponseReturnValue:
        if isinstance(done, Stale):
            raise Conflict
        where = url_for("console.privacy_request", number=number)
        return console.go(where, "good", f"已办。{privacy_words.TOLD[done]}")

    def _page(me: Viewer, number: int, problem: str = "") -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        found = console.db.run(lambda uow: board.opened(uow, context, number))
        if found is None:
            raise NotThere
        return render(
            "privacy/request.html", whole=found, words=privacy_words, problem=problem, given=request.form,
            fields=FIELDS, kinds=Ask, status=422 if problem else 200,
        )  # fmt: skip

    def _preview(me: Viewer, number: int, problem: str = "") -> ResponseReturnValue:
        with console.db.read() as uow:
            whole = board.one(uow, console.hospital.acting(me.actor), number)
            if whole is None or whole.line.kind is not Ask.DELETE or whole.line.patient is None:
                raise NotThere
            found = erasing.preview(uow, whole.line.patient.id)
        return render(
            "privacy/erase.html", whole=whole, preview=found, words=privacy_words, problem=problem,
            status=422 if problem else 200,
        )  # fmt: skip
