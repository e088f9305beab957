"""A questionnaire out of a file: checked, kept as a draft, looked at, published; retired and asked again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.questionnaires import sheet as tables
from bot.questionnaires.catalogue import Catalogue
from bot.services import forms
from bot.services.content import editions as content
from bot.services.content.editions import Edition, Exists, Published, Stale
from bot.services.followup.plans import FOLDER, load_plans
from bot.services.forms import KIND, Bad, Good, Needed
from bot.services.sheets import Sheet
from bot.store.db import UnitOfWork
from bot.web.console import asked, drafts, uploads
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render
from bot.web.console.views.questionnaires import listing, pictured, told

_P = Permission
_NOTE = 200
_SHOWN = 50
"""Findings told at once."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a file was not taken."""

    words: str
    findings: Sequence[str] = ()


def install(console: Console) -> None:
    @console.act("/questionnaires/upload", _P.PLANS_EDIT)
    def questionnaire_upload(me: Viewer) -> ResponseReturnValue:
        found, note = _sent(), asked.written("note", _NOTE)
        if isinstance(found, Wrong):
            return listing(console, words=found.words, findings=found.findings, status=422)
        made = console.hospital.carry(lambda uow: forms.begin(uow, me.actor, found, note))
        if isinstance(made, Exists):
            words = "这个版本已经有一份草稿，刚才的文件没有存。要换成新文件，请在这里上传。"
            return console.go(url_for("console.questionnaire_draft", edition_id=made.id), "bad", words)
        return console.go(
            url_for("console.questionnaire_draft", edition_id=made.id),
            "good",
            "已存成草稿，还没有人会被问到。",
        )

    @console.page(
        "/questionnaires/drafts/<int:edition_id>", _P.PLANS_EDIT, title="问卷草稿", parent="questionnaires"
    )
    def questionnaire_draft(me: Viewer, edition_id: int) -> ResponseReturnValue:
        return _show(_draft(edition_id))

    @console.act("/questionnaires/drafts/<int:edition_id>/file", _P.PLANS_EDIT)
    def questionnaire_file(me: Viewer, edition_id: int) -> ResponseReturnValue:
        """Another file for the same draft."""
        draft, version, found = _draft(edition_id), asked.version(), _sent()
        if isinstance(found, Good) and found.name != draft.name:
            found = Wrong(f"文件里是另一份问卷或另一个版本（{found.name}），没有换。请回到问卷页上传。")
        if isinstance(found, Wrong):
            return _show(draft, found, 422)
        raw = found.raw
        if isinstance(
            console.db.run(lambda uow: content.save(uow, me.actor, draft.id, version, raw, draft.note)), Stale
        ):
            raise Conflict
        return console.go(
            url_for("console.questionnaire_draft", edition_id=edition_id), "good", "已换成新文件。"
        )

    @console.act("/questionnaires/drafts/<int:edition_id>/publish", _P.PLANS_EDIT)
    def questionnaire_publish(me: Viewer, edition_id: int) -> ResponseReturnValue:
        version = asked.version()

        def work(uow: UnitOfWork) -> Edition | None:
            found = content.one(uow, edition_id)
            if found is None or found.kind != KIND:
                raise NotThere
            if found.state == "active":
                return found  # the second press of the same button
            if found.state != "draft":
                return None
            judged = forms.judge(json.dumps(found.body), console.hospital.forms_now(uow))
            if isinstance(judged, Bad):
                raise Problem(422, "；".join(told(None, judged.findings[:3])))
            return found if isinstance(forms.publish(uow, me.actor, found, version), Published) else None

        done = console.hospital.carry(work)
        if done is None:
            raise Conflict
        return _gone(done, "已发布。以后开始的随访问新的，已经开始回答的照原来的版本。")

    @console.act("/questionnaires/drafts/<int:edition_id>/discard", _P.PLANS_EDIT)
    def questionnaire_discard(me: Viewer, edition_id: int) -> ResponseReturnValue:
        drafts.thrown_away(console, me, KIND, edition_id)
        return console.go(url_for("console.questionnaires"), "good", "已放弃草稿。")

    @console.act("/questionnaires/<name>/<version>/retire", _P.PLANS_EDIT)
    def questionnaire_retire(me: Viewer, name: str, version: str) -> ResponseReturnValue:
        seen, plans = asked.version(), load_plans(console.settings.data_dir / FOLDER)

        def work(uow: UnitOfWork) -> tuple[Edition, object]:
            found = _published(uow, name, version)
            if found.state == "retired":
                return found, None
            return found, forms.retire(uow, me.actor, found, seen, console.hospital.forms_now(uow), plans)

        edition, done = console.db.run(work)
        if isinstance(done, Needed):
            raise Problem(
                409,
                f"这些计划还在用它，又没有别的版本可问：{'、'.join(done.plans)}。请先改计划，或发布新版本。",
            )
        if isinstance(done, Stale):
            raise Conflict
        return _gone(edition, "已停用，不再问新的人；已经有的回答都在。")

    @console.act("/questionnaires/<name>/<version>/reinstate", _P.PLANS_EDIT)
    def questionnaire_reinstate(me: Viewer, name: str, version: str) -> ResponseReturnValue:
        def work(uow: UnitOfWork) -> tuple[Edition, object]:
            found = _published(uow, name, version)
            return found, None if found.state == "active" else forms.reinstate(uow, me.actor, found)

        edition, done = console.hospital.carry(work)
        if isinstance(done, Exists | Stale):
            raise Conflict
        return _gone(edition, "已重新启用，内容和原来一字不差。")

    def _sent() -> Good | Wrong:
        sent, known = uploads.read(request.files.get("file")), _known()
        if isinstance(sent, uploads.Refused):
            return Wrong(sent.words)
        if isinstance(sent, Sheet):
            imported = tables.read(sent.head, sent.rows, known.advice)
            if imported.raw is None:
                lines = [
                    f"第 {each.line} 行，{each.column}：{each.reason}" for each in imported.errors[:_SHOWN]
                ]
                return Wrong(f"表格里有 {len(imported.errors)} 处要改，没有存。", lines)
            text = json.dumps(imported.raw)
        else:
            text = sent.text
        judged = forms.judge(text, known)
        if isinstance(judged, Bad):
            return Wrong(f"检查出 {len(judged.findings)} 处，没有存。", told(None, judged.findings[:_SHOWN]))
        return judged

    def _known() -> Catalogue:
        with console.db.read() as uow:
            return console.hospital.forms_now(uow)

    def _draft(edition_id: int) -> Edition:
        return drafts.opened(console, KIND, edition_id)

    def _published(uow: UnitOfWork, name: str, version: str) -> Edition:
        found = content.published(uow, KIND).get(f"{name}|{version}")
        if found is None:
            raise NotThere
        return found

    def _show(draft: Edition, wrong: Wrong | None = None, status: int = 200) -> ResponseReturnValue:
        known, form = _known(), forms.as_edition(draft)
        judged = forms.judge(json.dumps(draft.body), known)
        blocking = told(form, judged.findings) if isinstance(judged, Bad) else []
        newest = known.newest(form.url)
        return render(
            "questionnaires/draft.html", draft=draft, wrong=wrong, blocking=blocking, before=newest, status=status,
            **pictured(known, replace(form, status="draft"), judged.remarks if isinstance(judged, Good) else ()),
        )  # fmt: skip

    def _gone(edition: Edition, words: str) -> ResponseReturnValue:
        name, _, version = edition.name.partition("|")
        return console.go(url_for("console.questionnaire", name=name, version=version), "good", words)
