"""消息模板: what each kind of push says over each road; words are changed here, published by a second person."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.pushes.limits import BadField
from bot.pushes.lint import Finding
from bot.pushes.preview import NAMES, preview
from bot.pushes.templates import Template, Templates, written
from bot.pushes.vocabulary import EXAMPLES
from bot.services.content import editions, templates
from bot.services.content.editions import Drafted, Edition, Exists, SameAuthor, Saved, Stale
from bot.services.content.templates import KIND, Page
from bot.store.db import UnitOfWork
from bot.web.console import asked, drafts, template_words, ticket_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render

_P = Permission
_NOTE = 200
_FASTER = (
    "您打开页面之后，有同事改了这份模板，这次没有保存。您写的还在下面；请先看看最新内容，再决定要不要改。"
)


@dataclass(frozen=True, slots=True)
class RoadPage:
    """One road of a kind: its fields, how it looks, what is wrong with it."""

    road: str
    title: str
    fields: tuple[tuple[str, str, str], ...]
    """(name in the form, label, words)"""
    card: str
    """The title that the platform has registered; empty for others."""
    looks: str
    findings: tuple[Finding, ...]
    long: bool


def install(console: Console) -> None:
    @console.page("/templates", _P.CONTENT_SEE, title="消息模板", section="管理", position=60)
    def template_list(me: Viewer) -> ResponseReturnValue:
        with console.db.read() as uow:
            found = templates.pages(uow, console.templates.files)
        return render("templates.html", pages=found, kinds=console.hospital.kinds, roads=NAMES)

    @console.page("/templates/<kind>", _P.CONTENT_SEE, title="一份模板", parent="template_list")
    def template_one(me: Viewer, kind: str) -> ResponseReturnValue:
        return _show(me, kind)

    @console.search("/templates/<kind>/look", _P.CONTENT_EDIT, title="预览", parent="template_list")
    def template_look(me: Viewer, kind: str) -> ResponseReturnValue:
        """How the fields would look; keeps nothing."""
        return _show(me, kind, given=True, part="templates/_roads.html")

    @console.act("/templates/<kind>/save", _P.CONTENT_EDIT)
    def template_save(me: Viewer, kind: str) -> ResponseReturnValue:
        seen, note = drafts.Seen.sent(), asked.written("note", _NOTE)

        def work(uow: UnitOfWork) -> Saved | Drafted | Exists | Stale:
            page = _page(uow, kind)
            body = written(templates.worded(page.base, request.form))
            if drafts.Seen.of(page.draft, page.active) != seen:
                return Stale()
            if page.draft is not None:
                return editions.save(uow, me.actor, page.draft.id, seen.version, body, note)
            return editions.draft(uow, me.actor, KIND, kind, body, note)

        done = console.hospital.carry(work)
        if isinstance(done, Stale | Exists):
            return _show(me, kind, given=True, refused=_FASTER, status=409)
        return console.go(_address(kind), "good", "草稿已保存，患者收到的还是原来的。")

    @console.act("/templates/<kind>/publish", _P.CONTENT_EDIT)
    def template_publish(me: Viewer, kind: str) -> ResponseReturnValue:
        version = asked.version()

        def work(uow: UnitOfWork) -> object:
            page = _page(uow, kind)
            if page.draft is None:
                return Stale()
            if any(each.blocks for each in templates.findings(page.written, page.base)):
                return Finding(kind, "", "")
            return editions.publish(uow, me.actor, page.draft.id, version, four_eyes=page.four_eyes)

        match console.hospital.carry(work):
            case Stale():
                raise Conflict
            case SameAuthor():
                raise Problem(409, "发给患者的模板要由另一位管理员看过、发布。")
            case Finding():
                return _show(me, kind, refused="还有不能发布的地方，请先改好，保存以后再发布。", status=422)
        return console.go(_address(kind), "good", "已发布，一秒之内新的消息就用这一版。")

    @console.act("/templates/<kind>/discard", _P.CONTENT_EDIT)
    def template_discard(me: Viewer, kind: str) -> ResponseReturnValue:
        def work(uow: UnitOfWork, edition: Edition, version: int) -> object:
            return editions.discard(uow, me.actor, edition.id, version)

        return _on(kind, "draft", work, "草稿已丢弃。")

    @console.act("/templates/<kind>/retire", _P.CONTENT_EDIT, dangerous=True)
    def template_retire(me: Viewer, kind: str) -> ResponseReturnValue:
        def work(uow: UnitOfWork, edition: Edition, version: int) -> object:
            return editions.retire(uow, me.actor, edition.id, version)

        return _on(kind, "active", work, "已恢复成程序自带的。")

    @console.act("/templates/<kind>/again/<int:edition_id>", _P.CONTENT_EDIT)
    def template_again(me: Viewer, kind: str, edition_id: int) -> ResponseReturnValue:
        if isinstance(drafts.brought_back(console, me, KIND, kind, edition_id, "恢复第 {} 版"), Exists):
            return console.go(_address(kind), "warn", "已经有一份草稿，在下面。先发布或丢弃它。")
        return console.go(_address(kind), "good", "旧的一版已放进草稿。看一遍，再请同事发布。")

    def _on(
        kind: str, state: str, act: Callable[[UnitOfWork, Edition, int], object], words: str
    ) -> ResponseReturnValue:
        version = asked.version()

        def work(uow: UnitOfWork) -> object:
            page = _page(uow, kind)
            edition = page.draft if state == "draft" else page.active
            return Stale() if edition is None else act(uow, edition, version)

        if isinstance(console.hospital.carry(work), Stale):
            raise Conflict
        return console.go(_address(kind), "good", words)

    def _show(
        me: Viewer, kind: str, *, given: bool = False, refused: str = "", status: int = 200, part: str = ""
    ) -> ResponseReturnValue:
        with console.db.read() as uow:
            page, history = _page(uow, kind), editions.history(uow, KIND, kind)
        shown = templates.worded(page.base, request.form) if given else page.written
        return render(
            "templates/one.html", part=part, page_=page, title=_title(kind), roads=_roads(shown, page.base),
            history=history, refused=refused, status=status, words=template_words, who=ticket_words.who,
            facts=[(name, template_words.FACTS[name], example) for name, example in EXAMPLES.items()],
            note=asked.written("note", _NOTE) if given else (page.draft.note if page.draft else ""),
            seen=drafts.Seen.sent() if given and status != 409 else drafts.Seen.of(page.draft, page.active),
            names=NAMES,
            mine=page.draft is not None and page.four_eyes and page.draft.author == me.actor,
        )  # fmt: skip

    def _roads(template: Template, base: Template) -> list[RoadPage]:
        wrong = list(templates.findings(template, base))
        once = templates.one_card(base)
        return [
            _road(template, road, wrong, once=once)
            for road in base.roads()
            if not (once and road == "subscribe")
        ]

    def _road(template: Template, road: str, wrong: list[Finding], *, once: bool) -> RoadPage:
        facts = EXAMPLES | {
            "hospital": console.settings.hospital_name, "phone": console.settings.hospital_phone,
        }  # fmt: skip
        signature = console.settings.sms_signature or console.settings.hospital_name
        try:
            looks = preview(Templates({template.kind: template}), template.kind, road, facts, signature)
        except BadField:
            looks = ""
        card = template.cards.get(road)
        if card is not None:
            fields = tuple((f"{road}.{name}", label, says) for name, label, says in card.fields)
        elif road == "assistant" and template.assistant is not None:
            fields = tuple((f"assistant.{name}", name, says) for name, says in template.assistant.info)
        else:
            fields = ((road, NAMES[road], getattr(template, road)),)
        found = tuple(each for each in wrong if each.road in (road, ""))
        long = road in ("custom", "sms")
        title = f"{NAMES[road]}、{NAMES['subscribe']}" if once and road == "template" else NAMES[road]
        return RoadPage(road, title, fields, card.title if card else "", looks, found, long)

    def _title(kind: str) -> str:
        return console.hospital.kinds[kind].title if kind in console.hospital.kinds else kind

    def _page(uow: UnitOfWork, kind: str) -> Page:
        found = next(
            (page for page in templates.pages(uow, console.templates.files) if page.kind == kind), None
        )
        if found is None:
            raise NotThere
        return found


def _address(kind: str) -> str:
    return url_for("console.template_one", kind=kind)
