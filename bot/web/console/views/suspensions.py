"""停诊: the list, and the wizard: whose and when → whom it hits and what they will read → confirmed, once."""

from secrets import token_hex
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.channels.ready import open_roads
from bot.channels.sms.vendors import signature
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.suspension import NothingToSuspend, PreviewStale, Started
from bot.pushes.lint import REASON_MOST, said_as_reason
from bot.services.desk_booking import whom
from bot.services.suspension import affected, example, looking
from bot.services.suspension.saga import Suspensions
from bot.services.suspension.scope import fingerprint, preview
from bot.services.suspension.telling import NOTICE
from bot.web.console import asked, phones, suspension_asked, suspension_words
from bot.web.console.console import Console
from bot.web.console.render import render
from bot.web.console.suspension_asked import Wanted

_P = Permission
_STALE = (
    "打开预览之后，这些出诊有人新约、退号或改约了，所以还没有开始停诊。下面是最新情况，请再看一遍再确认。"
)


def install(console: Console) -> None:
    templates = console.templates
    saga = Suspensions(console.hospital)

    @console.page("/suspensions", _P.SUSPENSION_SEE, title="停诊", section="门诊", position=35)
    def suspensions(me: Viewer) -> ResponseReturnValue:
        number, running = asked.page_number(), bool(asked.word("running"))
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            lines, more = looking.listing(uow, context, me.scope(_P.SUSPENSION_SEE), number, running=running)
        return render(
            "suspensions.html", part="suspensions/_rows.html", lines=lines, more=more, number=number,
            running=running, words=suspension_words,
        )  # fmt: skip

    @console.page("/suspensions/new", _P.SUSPENSION_START, title="停诊", parent="suspensions")
    def suspension_new(me: Viewer) -> ResponseReturnValue:
        return _choose(me, suspension_asked.read())

    @console.page("/suspensions/preview", _P.SUSPENSION_START, title="停诊预览", parent="suspensions")
    def suspension_preview(me: Viewer) -> ResponseReturnValue:
        return _preview(me) if request.args else redirect(url_for("console.suspension_new"))

    @console.search("/suspensions/preview", _P.SUSPENSION_START, title="停诊预览", parent="suspensions")
    def suspension_words_shown(me: Viewer) -> ResponseReturnValue:
        """With the reason as it was written so far: the words on the phone change with it."""
        return _preview(me)

    @console.act("/suspensions/start", _P.SUSPENSION_START, dangerous=True)
    def suspension_start(me: Viewer) -> ResponseReturnValue:
        context, wanted, reason = console.hospital.acting(me.actor), suspension_asked.read(), _reason()
        if _wrong(me, wanted) or next(said_as_reason(reason), None) is not None:
            return _preview(me, status=422)
        if "sure" not in request.form:
            return _preview(me, "请先勾选“我核对过了”。", 422)
        key = f"console:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        seen = asked.written("seen", 64) or "-"
        match saga.start(wanted.scope(), key=key, reason=reason, actor=context.actor, seen=seen):
            case Started(again=True) as started:
                told = "warn", "这次停诊已经开始了，没有重复办。"
            case Started() as started:
                told = (
                    "good",
                    f"停诊已开始：{started.clinics} 次出诊，{started.affected} 位患者。正在逐一通知。",
                )
            case NothingToSuspend():
                return _preview(me, "这段时间没有出诊，不用停诊。", 422)
            case PreviewStale():
                return _preview(me, _STALE, 409)
        where = url_for("console.suspension", suspension_id=started.suspension_id)
        return console.go(where, *told)

    def _wrong(me: Viewer, wanted: Wanted) -> str:
        context, scope = console.hospital.acting(me.actor), me.scope(_P.SUSPENSION_START)
        ours = whom.department_ids(scope, context.directory)
        return suspension_asked.wrong(wanted, context, ours, everything=scope.everything)

    def _choose(me: Viewer, wanted: Wanted, words: str = "") -> ResponseReturnValue:
        """With whatever is known already."""
        context, scope = console.hospital.acting(me.actor), me.scope(_P.SUSPENSION_START)
        ours = whom.department_ids(scope, context.directory)
        groups: dict[str, list[Any]] = {}
        for doctor in context.directory.listed_doctors:
            if doctor.department_id in ours:
                groups.setdefault(doctor.department, []).append(doctor)
        departments = [view for view in context.directory.departments.values() if view.id in ours]
        return render(
            "suspensions/new.html", wanted=wanted, groups=groups, departments=departments, words=words,
            everything=scope.everything, today=context.today, names=suspension_words, status=422 if words else 200,
        )  # fmt: skip

    def _preview(me: Viewer, words: str = "", status: int = 200) -> ResponseReturnValue:
        wanted = suspension_asked.read()
        if found := _wrong(me, wanted):
            return _choose(me, wanted, found)
        context, scope, number = console.hospital.acting(me.actor), wanted.scope(), asked.page_number()
        reason = _reason()
        findings = [each.text for each in said_as_reason(reason)] if reason or status == 422 else []
        roads = open_roads(console.settings, templates, NOTICE)
        with console.db.read() as uow:
            mark = fingerprint(uow, context, scope)  # first: whoever books after it makes the preview stale
            seen = preview(uow, context, scope)
            people, more = affected.people(uow, context, scope, number)
        first = people[0] if people else None
        fields = example.facts(context, first, reason or suspension_words.REASONS[0])
        shown = phones.faces(
            templates, NOTICE, fields, roads=roads, signature=signature(console.settings),
            options=example.options(first),
        )  # fmt: skip
        sms = next((face.text for face in shown if face.road == "sms"), "")
        with console.db.read() as uow:
            reach = affected.roads(uow, context, scope, open_roads=roads, sms_text=sms)
        return render(
            "suspensions/preview.html", part="suspensions/_phones.html", wanted=wanted, seen=seen, people=people,
            more=more, number=number, reach=reach, faces=shown, mark=mark, given=request.form, reason=reason,
            findings=findings, said=wanted.said(context), names=suspension_words, most=REASON_MOST, words=words,
            once=asked.written("once", 32) or token_hex(16), fresh=me.is_fresh(console.real.now()), status=status,
        )  # fmt: skip


def _reason() -> str:
    """What was written, else what was chosen."""
    chosen = request.form.get("reason", "")
    return asked.written("own", 200) or (chosen if chosen in suspension_words.REASONS else "")
