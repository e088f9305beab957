"""工单: one 意见 or 投诉 with its words, what happened to it, and what staff do with it."""

from collections.abc import Callable
from io import BytesIO

from flask import request, send_file, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission, Scope
from bot.domain.staff import Viewer
from bot.domain.tickets import Acted, Cannot, CloseReason, Conflict, HasOwner, Moved, TicketKind
from bot.pushes.ticket_ways import LABELS
from bot.services.context import Context
from bot.services.tickets import acting, board, desk, files
from bot.services.tickets.acting import Seen
from bot.services.tickets.desk import Whole
from bot.store.db import UnitOfWork
from bot.web.console import asked, ticket_words
from bot.web.console.console import Console
from bot.web.console.problems import NotThere, Problem
from bot.web.console.render import render

_P = Permission
_FASTER = (
    "您打开页面之后，这件工单有了变化，刚才没有保存。您写的内容还在下面：请看看最新情况，再决定要不要提交。"
)
Work = Callable[[UnitOfWork, Context, Seen], Acted]


def install(console: Console) -> None:
    templates = console.templates

    @console.page("/tickets/<int:ticket_id>", _P.TICKETS_SEE, title="工单", parent="tickets")
    def ticket(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        return _show(me, ticket_id)

    @console.page(
        "/tickets/<int:ticket_id>/files/<int:file_id>", _P.TICKETS_SEE, title="附件", parent="tickets"
    )
    def ticket_file(me: Viewer, ticket_id: int, file_id: int) -> ResponseReturnValue:
        """To be saved, never shown as a page of ours: its bytes are somebody else's."""

        context = console.hospital.acting(me.actor)

        def work(uow: UnitOfWork) -> files.File | None:
            seen = board.visible(uow, me.scope(_P.TICKETS_SEE), ticket_id)
            return files.read(uow, context, ticket_id, file_id) if seen else None

        found = console.db.run(work)
        if found is None:
            raise NotThere
        response = send_file(
            BytesIO(found.content), found.media_type, as_attachment=True, download_name=found.name
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    @console.act("/tickets/<int:ticket_id>/take", _P.TICKETS_ACT)
    def ticket_take(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        return _do(me, ticket_id, acting.take, "已由您接手，首问负责到办结。")

    @console.act("/tickets/<int:ticket_id>/confirm", _P.TICKETS_ACT)
    def ticket_confirm(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        said = request.form.get("kind", "")
        if said not in list(TicketKind):
            raise Problem(400)
        kind, category, department = (
            TicketKind(said),
            asked.written("category", 64),
            asked.written("department", 64),
        )
        return _do(
            me,
            ticket_id,
            lambda uow, context, seen: acting.confirm(
                uow, context, seen, kind=kind, category=category, department=department
            ),
            "分类已确认。",
        )

    @console.act("/tickets/<int:ticket_id>/assign", _P.TICKETS_ACT)
    def ticket_assign(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        to = asked.written("to", 64)
        return _do(
            me,
            ticket_id,
            lambda uow, context, seen: acting.assign(uow, context, seen, to=to),
            f"已转给{to}。",
        )

    @console.act("/tickets/<int:ticket_id>/preview", _P.TICKETS_ACT)
    def ticket_preview(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        """What the patient would read; changes nothing, and is sent as a form so that no address holds it."""
        with console.db.read() as uow:
            line = _line(uow, me, ticket_id)
        answer = asked.written("answer", acting.ANSWER_LENGTH + 1)
        if not answer or len(answer) > acting.ANSWER_LENGTH:
            raise Problem(422, ticket_words.CANNOT["too_long" if answer else "no_answer"])
        title = console.hospital.tickets.kinds[line.kind].title
        fields = {
            "hospital": console.settings.hospital_name, "ticket": line.number, "title": title, "answer": answer,
        }  # fmt: skip
        shape = templates.render("ticket_answer", "custom", fields)
        return render(
            "tickets/_preview.html", text=getattr(shape, "text", answer), taps=tuple(LABELS.values())
        )

    @console.act("/tickets/<int:ticket_id>/act", _P.TICKETS_ACT)
    def ticket_act(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        measure = asked.written("measure", acting.MEASURE_LENGTH + 1)
        answer = asked.written("answer", acting.ANSWER_LENGTH + 1)
        return _do(
            me,
            ticket_id,
            lambda uow, context, seen: acting.act(uow, context, seen, measure=measure, answer=answer),
            "答复已保存，程序会发给患者；联系不上的，会出现在“待打电话”里。",
        )

    @console.act("/tickets/<int:ticket_id>/close", _P.TICKETS_CLOSE)
    def ticket_close(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        said, note = request.form.get("reason", ""), asked.written("note", 500)
        if said not in list(CloseReason):
            raise Problem(400, "请选办结的理由。")
        return _do(
            me,
            ticket_id,
            lambda uow, context, seen: acting.close(uow, context, seen, reason=CloseReason(said), note=note),
            "已办结。",
            _P.TICKETS_CLOSE,
        )

    @console.act("/tickets/<int:ticket_id>/reopen", _P.TICKETS_ACT)
    def ticket_reopen(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        why = asked.written("why", acting.REASON_LENGTH)
        return _do(
            me,
            ticket_id,
            lambda uow, context, seen: acting.reopen(uow, context, seen, why=why),
            "已重新办理，期限从现在重新算。",
        )

    @console.act("/tickets/<int:ticket_id>/files", _P.TICKETS_ACT)
    def ticket_attach(me: Viewer, ticket_id: int) -> ResponseReturnValue:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return _show(me, ticket_id, "请先选一个文件。", 422)
        name, content = sent.filename, sent.stream.read(files.MOST_BYTES + 1)
        return _do(
            me,
            ticket_id,
            lambda uow, context, seen: files.attach(uow, context, seen.ticket_id, name, content),
            "附件已保存。",
        )

    def _do(
        me: Viewer, ticket_id: int, work: Work, words: str, permission: Permission = _P.TICKETS_ACT
    ) -> ResponseReturnValue:
        seen, context = Seen(ticket_id, asked.version()), console.hospital.acting(me.actor)

        def once(uow: UnitOfWork) -> Acted:
            visible = board.visible(uow, me.scope(_P.TICKETS_SEE, permission), ticket_id)
            return work(uow, context, seen) if visible else Cannot("unknown")

        done = console.db.run(once)
        match done:
            case Moved():
                return console.go(url_for("console.ticket", ticket_id=ticket_id), "good", words)
            case Conflict():
                return _show(me, ticket_id, _FASTER, 409)
            case HasOwner(owner):
                return _show(me, ticket_id, f"工号 {owner} 已经接手了，由他负责到办结。", 409)
            case Cannot("unknown"):
                raise NotThere
            case Cannot(why):
                return _show(me, ticket_id, ticket_words.CANNOT[why], 422)

    def _show(me: Viewer, ticket_id: int, words: str = "", status: int = 200) -> ResponseReturnValue:
        """With whatever has been typed, so that nothing of it is lost."""
        context = console.hospital.acting(me.actor)
        whole = console.db.run(lambda uow: _whole(uow, context, me.scope(_P.TICKETS_SEE), ticket_id))
        rules = console.hospital.tickets
        listed = (view.name for view in context.directory.departments.values())
        return render(
            "tickets/ticket.html", ticket=whole, line=whole.line, words=words, given=request.form, status=status,
            names=ticket_words, categories=list(rules.categories), most=acting.ANSWER_LENGTH,
            departments=sorted({*listed, *rules.departments}),
        )  # fmt: skip

    def _line(uow: UnitOfWork, me: Viewer, ticket_id: int) -> desk.Line:
        found = board.one(uow, console.hospital.acting(me.actor), me.scope(_P.TICKETS_SEE), ticket_id)
        if found is None:
            raise NotThere
        return found


def _whole(uow: UnitOfWork, context: Context, scope: Scope, ticket_id: int) -> Whole:
    found = desk.whole(uow, context, ticket_id) if board.visible(uow, scope, ticket_id) else None
    if found is None:
        raise NotThere
    return found
