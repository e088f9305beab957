"""The editor of a plan: a draft filled in as a form or as text, checked, tried out, published; off and on again."""

from secrets import token_hex
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.questionnaires.catalogue import Catalogue, names
from bot.services.content import editions as content
from bot.services.content.editions import Drafted, Edition, Exists, Published, Saved
from bot.services.followup import checking, difference, house, plan_text
from bot.services.followup.checking import Fault, Known
from bot.services.followup.difference import Trial
from bot.services.followup.editions import KIND
from bot.services.followup.plan_text import Placed
from bot.services.followup.plans import read_plan
from bot.store.db import UnitOfWork
from bot.web.console import asked, care, drafts, plan_form, plan_words
from bot.web.console.console import Console
from bot.web.console.delivery_words import ROADS
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render
from bot.web.console.views.plans import house_of

_P = Permission
_FASTER = (
    "您打开页面之后，有同事先改了，这次没有保存。您填的还在下面；同事改的可以另开窗口看。"
    "再按一次保存，就以您的为准。"
)
_NOTE = 200


def install(console: Console) -> None:
    @console.act("/plans/new", _P.PLANS_EDIT)
    def plan_new(me: Viewer) -> ResponseReturnValue:
        key = f"{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        return _begun(console.hospital.carry(lambda uow: house.begin_new(uow, me.actor, key)))

    @console.act("/plans/<name>/draft", _P.PLANS_EDIT)
    def plan_begin(me: Viewer, name: str) -> ResponseReturnValue:
        def work(uow: UnitOfWork) -> Drafted | Exists:
            known = house_of(console, uow)
            if name not in known.plans:
                raise NotThere
            return house.begin(uow, me.actor, known.body(name), name)

        return _begun(console.hospital.carry(work))

    @console.act("/plans/<name>/again", _P.PLANS_EDIT)
    def plan_again(me: Viewer, name: str) -> ResponseReturnValue:
        """An older edition as a new draft: looked at and tried out as every other."""
        return _begun(drafts.brought_back(console, me, KIND, name, _number("edition"), "恢复修订 {}"))

    @console.act("/plans/<name>/switch", _P.PLANS_EDIT)
    def plan_switch(me: Viewer, name: str) -> ResponseReturnValue:
        on = request.form.get("on") == "1"

        def work(uow: UnitOfWork) -> Any:
            known = house_of(console, uow)
            if name not in known.plans:
                raise NotThere
            if known.plans[name].enabled is on:
                return None  # the second press of the same button
            return house.switch(uow, me.actor, known, name, on=on)

        done = console.hospital.carry(work)
        if isinstance(done, Exists):
            raise Problem(409, "这个计划有一份没有发布的草稿。请先发布或放弃草稿，再停用或启用。")
        words = "已启用，下一次导入起用它。" if on else "已停用，不再给新出院的人用。"
        return console.go(url_for("console.plan", name=name), "good", words)

    @console.act("/plans/<name>/file", _P.PLANS_EDIT)
    def plan_file(me: Viewer, name: str) -> ResponseReturnValue:
        """Back to what the file says."""
        wanted, version = _number("edition"), asked.version()

        def work(uow: UnitOfWork) -> bool:
            found = content.one(uow, wanted)
            if (
                found is None
                or (found.kind, found.name) != (KIND, name)
                or name not in house_of(console, uow).files
            ):
                raise NotThere
            return isinstance(content.retire(uow, me.actor, wanted, version), content.Retired)

        if not console.db.run(work):
            raise Conflict
        return console.go(url_for("console.plan", name=name), "good", "已恢复成文件里的计划。")

    @console.page("/plans/drafts/<int:edition_id>", _P.PLANS_EDIT, title="编辑计划", parent="plans")
    def plan_draft(me: Viewer, edition_id: int) -> ResponseReturnValue:
        draft = _draft(edition_id)
        return _form(draft, draft.body)

    @console.act("/plans/drafts/<int:edition_id>/save", _P.PLANS_EDIT)
    def plan_save(me: Viewer, edition_id: int) -> ResponseReturnValue:
        draft, do = _draft(edition_id), request.form.get("do", "save")
        data = plan_form.read(request.form, draft.body)
        if do == "add":
            plan_form.add(data)
        elif do.startswith("drop-") and asked.whole(do[5:]) is not None and len(data["steps"]) > 1:
            data["steps"] = [step for n, step in enumerate(data["steps"]) if n != int(do[5:])]
        return _saved(me, draft, data, stay=do != "save")

    @console.act("/plans/drafts/<int:edition_id>/text", _P.PLANS_EDIT)
    def plan_text_save(me: Viewer, edition_id: int) -> ResponseReturnValue:
        draft, text = _draft(edition_id), request.form.get("text", "").replace("\0", "")
        read = plan_text.read(text)
        faults = read.faults
        if not faults:
            faults = plan_text.placed(text, checking.check(read.data, _known()))
        if faults:
            return _form(draft, draft.body, text=text, lines=faults, status=422)
        return _saved(me, draft, read.data, stay=False, text=text)

    @console.act("/plans/drafts/<int:edition_id>/discard", _P.PLANS_EDIT)
    def plan_discard(me: Viewer, edition_id: int) -> ResponseReturnValue:
        drafts.thrown_away(console, me, KIND, edition_id)
        return console.go(url_for("console.plans"), "good", "已放弃草稿，在用的计划没有变。")

    @console.page("/plans/drafts/<int:edition_id>/preview", _P.PLANS_EDIT, title="看看会怎样", parent="plans")
    def plan_preview(me: Viewer, edition_id: int) -> ResponseReturnValue:
        return _preview(me, edition_id)

    @console.search(
        "/plans/drafts/<int:edition_id>/preview", _P.PLANS_EDIT, title="看看会怎样", parent="plans"
    )
    def plan_try(me: Viewer, edition_id: int) -> ResponseReturnValue:
        return _preview(me, edition_id, asked.written("admission_no", 32))

    @console.act("/plans/drafts/<int:edition_id>/publish", _P.PLANS_EDIT)
    def plan_publish(me: Viewer, edition_id: int) -> ResponseReturnValue:
        version = asked.version()

        def work(uow: UnitOfWork) -> str | None:
            found = content.one(uow, edition_id)
            if found is None or found.kind != KIND:
                raise NotThere
            if found.state == "active":
                return found.name  # the second press of the same button
            if found.version != version or found.state != "draft":
                return None
            if checking.check(found.body, _known(uow)):
                raise Problem(422, "这份草稿还有要改的地方，不能发布。")
            done = content.publish(uow, me.actor, edition_id, version)
            return found.name if isinstance(done, Published) else None

        name = console.db.run(work)
        if name is None:
            raise Conflict
        return console.go(url_for("console.plan", name=name), "good", "已发布，下一次导入起用它。")

    def _catalogue() -> Catalogue:
        with console.db.read() as uow:
            return console.hospital.forms_now(uow)

    def _known(uow: UnitOfWork | None = None) -> Known:
        forms = _catalogue() if uow is None else console.hospital.forms_now(uow)
        active = {names(form)[0] for form in forms.forms.values() if form.status == "active"}
        return Known(active, _kinds())

    def _asks() -> dict[str, str]:
        forms = _catalogue()
        active = sorted({names(form)[0] for form in forms.forms.values() if form.status == "active"})
        return {name: form.title for name in active if (form := forms.newest(name)) is not None}

    def _kinds() -> dict[str, str]:
        """What may invite: the follow-up's own pushes, each with its ladder."""
        kinds = console.hospital.kinds
        mine = [kind for kind in kinds.by_name.values() if kind.group.name == "followup" and not kind.echo]
        return {
            kind.name: f"{kind.title}（{'→'.join(ROADS[road] for road in kind.ladder)}）" for kind in mine
        }

    def _draft(edition_id: int) -> Edition:
        return drafts.opened(console, KIND, edition_id)

    def _begun(made: Drafted | Exists) -> ResponseReturnValue:
        words = "" if isinstance(made, Drafted) else "这个计划已经有一份草稿，请接着改它。"
        return console.go(url_for("console.plan_draft", edition_id=made.id), "warn" if words else "", words)

    def _saved(me: Viewer, draft: Edition, data: Any, *, stay: bool, text: str = "") -> ResponseReturnValue:
        """A draft may be wrong: it is kept as it is, and what is wrong stands beside it."""
        version, note = asked.version(), asked.written("note", _NOTE)
        done = console.db.run(
            lambda uow: content.save(uow, me.actor, draft.id, version, data, note or draft.note)
        )
        if not isinstance(done, Saved):
            return _form(_draft(draft.id), data, words=_FASTER, text=text, status=409)
        if stay or checking.check(data, _known()):
            return _form(_draft(draft.id), data, status=200 if stay else 422)
        return console.go(url_for("console.plan_preview", edition_id=draft.id), "good", "已保存。")

    def _form(
        draft: Edition, data: Any, *, words: str = "", text: str = "", lines: tuple[Placed, ...] = (),
        status: int = 200,
    ) -> ResponseReturnValue:  # fmt: skip
        faults: tuple[Fault, ...] = checking.check(data, _known())
        return render(
            "plans/edit.html", draft=draft, fields=plan_form.shown(data), faults=plan_form.told(faults), words=words,
            text=text or plan_text.written(data), care=care,
            lines=[(each.line, plan_words.said(each.why, each.of)) for each in lines],
            questionnaires=_asks(), kinds=_kinds(),
            units=plan_form.UNITS, spans=plan_form.SPANS, lists=plan_form.LISTS, most=checking.MOST_STEPS,
            longest=plan_text.LONGEST, status=status,
        )  # fmt: skip

    def _preview(me: Viewer, edition_id: int, number: str = "") -> ResponseReturnValue:
        draft = _draft(edition_id)
        faults = checking.check(draft.body, _known())
        if faults:
            return console.go(
                url_for("console.plan_draft", edition_id=edition_id), "bad", "还有要改的地方，改好才能试。"
            )
        plan, scope = read_plan(draft.name, draft.body), me.scope(_P.PLANS_EDIT)
        found: Trial | None = None
        with console.db.read() as uow:
            known = house_of(console, uow)
            told = difference.difference(uow, known.plans, plan, today_of(console.clock))
            if number:
                found = difference.trial(uow, known.plans, plan, number)
        if found is not None and not scope.covers(ward=found.ward, department=found.department):
            found = None
        return render(
            "plans/preview.html", draft=draft, plan=plan, before=known.plans.get(draft.name), told=told, found=found,
            number=number, care=care, changes=list(difference.changes(known.plans.get(draft.name), plan)),
            different=lambda was, now: plan_words.different(was, now, _asks(), _kinds()),
            most=difference.MOST, days=difference.DAYS,
        )  # fmt: skip


def _number(name: str) -> int:
    found = asked.whole(request.form.get(name, ""))
    if found is None:
        raise Problem(400)
    return found
