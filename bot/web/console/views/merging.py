"""合并档案: who may be one person, both records side by side, and the act that makes them one."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import Context
from bot.services.desk_booking import whom
from bot.services.merging import candidates, carrying
from bot.services.merging.carrying import NotMerged
from bot.services.merging.comparing import Comparison, compare
from bot.store.db import UnitOfWork
from bot.web.console import asked, booking_words, merging_words
from bot.web.console.console import Console
from bot.web.console.problems import NotThere, Problem
from bot.web.console.render import render

_P = Permission
_EDIT = _P.PATIENTS_EDIT


def install(console: Console) -> None:
    @console.page("/patients/duplicates", _EDIT, title="重复档案", parent="patients")
    def duplicates(me: Viewer) -> ResponseReturnValue:
        return render("merging/duplicates.html", pairs=None, most=candidates.MOST, words=booking_words)

    @console.search("/patients/duplicates", _EDIT, title="重复档案", parent="patients", costly=True)
    def duplicates_find(me: Viewer) -> ResponseReturnValue:
        """Looks through the whole hospital, so only when somebody asks."""
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            found = candidates.pairs(uow, context, me.scope(_EDIT))
        return render("merging/duplicates.html", pairs=found, most=candidates.MOST, words=booking_words)

    @console.search("/patients/<patient_id>/other", _EDIT, title="找另一份档案", parent="patients")
    def merging_other(me: Viewer, patient_id: str) -> ResponseReturnValue:
        """The other record by its document, for whoever has another name on it."""
        context, text = console.hospital.acting(me.actor), asked.written("text", 60)
        with console.db.read() as uow:
            mine = whom.patient(uow, context, me.scope(_EDIT), patient_id)
            found = whom.patients(uow, context, me.scope(_EDIT), whom.read(uow, context, text))
        if mine is None:
            raise NotThere
        others = [each for each in found if each.id != mine.id]
        return render("merging/other.html", mine=mine, others=others, text=text, words=booking_words)

    @console.page("/patients/<stays>/merge/<goes>", _EDIT, title="比较两份档案", parent="patients")
    def merging(me: Viewer, stays: str, goes: str) -> ResponseReturnValue:
        return _page(me, stays, goes)

    @console.act("/patients/<stays>/merge/<goes>", _EDIT, dangerous=True)
    def merging_do(me: Viewer, stays: str, goes: str) -> ResponseReturnValue:
        context, reason = console.hospital.acting(me.actor), request.form.get("reason", "")
        mark = asked.written("mark", 16)
        if reason not in carrying.REASONS:
            raise Problem(400, "请先选合并的理由。")
        with console.db.read() as uow:
            _both(uow, me, context, stays, goes)
        done = console.db.run(lambda uow: carrying.merge(uow, context, stays, goes, mark, reason))
        if isinstance(done, NotMerged):
            if done.why == "gone":
                raise NotThere
            return _page(me, stays, goes, merging_words.REFUSED[done.why])
        words = f"已合并，{done.rows} 条记录归到这份档案。以后拿哪个证件来，都能找到这份档案。"
        return console.go(url_for("console.patient", patient_id=stays), "good", words)

    def _page(me: Viewer, stays: str, goes: str, refused: str = "") -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            found = _both(uow, me, context, stays, goes)
        return render(
            "merging/compare.html", found=found, refused=refused, merging=merging_words, words=booking_words,
            reasons=carrying.REASONS, given=request.form.get("reason", ""), status=409 if refused else 200,
        )  # fmt: skip

    def _both(uow: UnitOfWork, me: Viewer, context: Context, stays: str, goes: str) -> Comparison:
        scope = me.scope(_EDIT)
        theirs = [whom.patient(uow, context, scope, each) for each in (stays, goes)]
        found = compare(uow, context, stays, goes) if all(theirs) else None
        if found is None:
            raise NotThere("这两份档案不能比较：其中一份没有了，或者已经合并过。")
        return found
