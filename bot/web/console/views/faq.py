"""常见问题: the answers in force, one with its draft, its look on a phone, which sentence gets it, and its history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.faq import Entry
from bot.domain.faq import filled as with_names
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.content import editions, faq
from bot.services.content.editions import Drafted, Edition, Exists, Published, SameAuthor, Stale
from bot.services.content.faq import KIND, Finding, Topic
from bot.store.db import UnitOfWork
from bot.web.console import asked, drafts, ticket_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere
from bot.web.console.render import render
from bot.web.console.trying import LONGEST, Trying, ranked

_P = Permission
_PAGE = 50
_NOTE = 200
_FASTER = "您打开页面之后，有同事改了这一条，这次没有保存。您写的还在下面；请先看看最新内容，再决定要不要改。"
_OPEN = "有同事已经在写这一条的草稿，在下面。"


@dataclass(frozen=True, slots=True)
class Form:
    """What is in the fields."""

    name: str
    words: tuple[str, ...]
    answer: str
    note: str = ""
    said: str = ""
    fresh: bool = False
    """A new one: its name must not be another's."""

    @property
    def body(self) -> dict[str, object]:
        return faq.body(self.words, self.answer)

    @property
    def entry(self) -> Entry:
        return Entry(self.name, tuple(tuple(way.split()) for way in self.words), self.answer)


class _Blocked(Exception):
    """It must not be published like this: nothing of it is kept."""


def install(console: Console) -> None:
    trying, settings = Trying(console.hospital), console.settings

    def filled(answer: str) -> str:
        """As the chat says it."""
        return with_names(answer, settings.hospital_name, settings.hospital_phone)

    @console.page("/faq", _P.CONTENT_SEE, title="常见问题", section="管理", position=50)
    def faq_list(me: Viewer) -> ResponseReturnValue:
        number, wanted = asked.page_number(), asked.word("q", 40)
        with console.db.read() as uow:
            found = faq.topics(uow, console.questions())
        if wanted:
            found = [topic for topic in found if _mentions(topic, wanted, filled)]
        shown = found[(number - 1) * _PAGE : number * _PAGE]
        return render(
            "faq.html", part="faq/_rows.html", topics=shown, total=len(found), number=number,
            more=len(found) > number * _PAGE, wanted=wanted, filled=filled,
        )  # fmt: skip

    @console.search("/faq/try", _P.CONTENT_SEE, title="试一句话", parent="faq_list")
    def faq_try(me: Viewer) -> ResponseReturnValue:
        """A POST: a patient's sentence may hold anything."""
        said = asked.written("said", LONGEST)
        with console.db.read() as uow:
            entries = faq.entries(faq.topics(uow, console.questions()))
        heard = trying(said) if said else None
        return render(
            "faq/try.html", part="faq/_tried.html", said=said, heard=heard,
            ranked=ranked(entries, heard.said) if heard else [],
        )  # fmt: skip

    @console.page("/faq/new", _P.CONTENT_EDIT, title="新的一条", parent="faq_list")
    def faq_new(me: Viewer) -> ResponseReturnValue:
        return _page(None, Form("", (), "", fresh=True))

    @console.page("/faq/<name>", _P.CONTENT_SEE, title="常见问题的一条", parent="faq_list")
    def faq_one(me: Viewer, name: str) -> ResponseReturnValue:
        return _page(name, None)

    @console.search("/faq/look", _P.CONTENT_EDIT, title="预览", parent="faq_list")
    def faq_look(me: Viewer) -> ResponseReturnValue:
        """How the fields would look and answer; keeps nothing."""
        form = _form()
        return _page(None if form.fresh else form.name, form, part="faq/_look.html")

    @console.act("/faq/save", _P.CONTENT_EDIT)
    def faq_save(me: Viewer) -> ResponseReturnValue:
        return _write(me, publish=False)

    @console.act("/faq/publish", _P.CONTENT_EDIT)
    def faq_publish(me: Viewer) -> ResponseReturnValue:
        return _write(me, publish=True)

    @console.act("/faq/<name>/discard", _P.CONTENT_EDIT)
    def faq_discard(me: Viewer, name: str) -> ResponseReturnValue:
        return _on(
            name,
            "draft",
            lambda uow, each, seen: editions.discard(uow, me.actor, each.id, seen),
            "草稿已丢弃。",
        )

    @console.act("/faq/<name>/retire", _P.CONTENT_EDIT)
    def faq_retire(me: Viewer, name: str) -> ResponseReturnValue:
        return _on(
            name, "active", lambda uow, each, seen: editions.retire(uow, me.actor, each.id, seen),
            "这一版收回了：有自带的答案就用自带的，没有的不再回答。",
        )  # fmt: skip

    @console.act("/faq/<name>/withdraw", _P.CONTENT_EDIT)
    def faq_withdraw(me: Viewer, name: str) -> ResponseReturnValue:
        """An edition without ways to ask: nothing answers it, the shipped one neither."""
        if not any(entry.id == name for entry in console.questions()):
            raise NotThere

        def work(uow: UnitOfWork) -> Published | Stale:
            made = editions.draft(
                uow, me.actor, KIND, name, faq.body((), ""), asked.written("note", _NOTE) or "停用"
            )
            return Stale() if isinstance(made, Exists) else _must(editions.publish(uow, me.actor, made.id, 1))

        return _after(console.hospital.carry(work), name, "已停用，一秒之内不再回答。")

    @console.act("/faq/<name>/again/<int:edition_id>", _P.CONTENT_EDIT)
    def faq_again(me: Viewer, name: str, edition_id: int) -> ResponseReturnValue:
        if isinstance(drafts.brought_back(console, me, KIND, name, edition_id, "恢复第 {} 版"), Exists):
            return console.go(_address(name), "warn", _OPEN)
        return console.go(_address(name), "good", "旧的一版已放进草稿。看一遍，再发布。")

    def _write(me: Viewer, *, publish: bool) -> ResponseReturnValue:
        """Into the draft, which is begun where there is none; and into force, where nothing speaks against it."""
        form, seen = _form(), drafts.Seen.sent()

        def work(uow: UnitOfWork) -> Drafted | Published | Stale | Exists:
            found = faq.topics(uow, console.questions())
            if any(each.blocks for each in _lint(form, found)) and (publish or not form.name):
                raise _Blocked
            if form.fresh and any(each.name == form.name for each in found):
                return Exists(0)
            draft = editions.drafts(uow, KIND).get(form.name)
            if drafts.Seen.of(draft, editions.active(uow, KIND).get(form.name)) != seen:
                return Stale()
            if draft is None:
                made = editions.draft(uow, me.actor, KIND, form.name, form.body, form.note)
                if isinstance(made, Exists):
                    return made
                id_, version = made.id, 1
            else:
                saved = editions.save(uow, me.actor, draft.id, seen.version, form.body, form.note)
                if isinstance(saved, Stale):
                    return saved
                id_, version = draft.id, saved.version
            return _must(editions.publish(uow, me.actor, id_, version)) if publish else Drafted(id_, 0)

        try:
            done = console.hospital.carry(work)
        except _Blocked:
            return _page(
                None if form.fresh else form.name,
                form,
                "还有不能发布的地方，请先改好。" if publish else "请先写名称。",
                422,
            )
        if isinstance(done, Exists) and form.fresh:
            return _page(None, form, f"已经有「{form.name}」了，请换一个名称，或者去改那一条。", 409)
        if isinstance(done, Stale | Exists):
            return _page(form.name, form, _FASTER, 409)
        told = "已发布，一秒之内开始这样回答。" if publish else "草稿已保存，患者还看不到。"
        return console.go(_address(form.name), "good", told)

    def _page(
        name: str | None, form: Form | None, refused: str = "", status: int = 200, part: str = ""
    ) -> ResponseReturnValue:
        with console.db.read() as uow:
            found = faq.topics(uow, console.questions())
            history = editions.history(uow, KIND, name) if name else []
        topic = next((each for each in found if each.name == name), None)
        if topic is None and form is None:
            raise NotThere
        given = form or _of(topic) if topic else form
        assert given is not None  # one of the two is there
        heard = trying(given.said) if given.said else None
        now = drafts.Seen.of(topic.draft, topic.active) if topic else drafts.Seen(0, 0)
        return render(
            "faq/one.html", part=part, topic=topic, form=given, history=history, refused=refused, status=status,
            findings=_lint(given, found), heard=heard, who=ticket_words.who,
            ranked=ranked(faq.entries(found, given.entry), heard.said) if heard else [],
            most=faq.BYTES // 3, look=filled(given.answer), filled=filled,
            isnew=topic is None,
            seen=drafts.Seen.sent() if form and request.method == "POST" and status != 409 else now,
        )  # fmt: skip

    def _on(
        name: str, state: str, act: Callable[[UnitOfWork, Edition, int], object], words: str
    ) -> ResponseReturnValue:
        """Something done to the draft, or to what is in force."""
        version = asked.version()

        def work(uow: UnitOfWork) -> object:
            known = editions.drafts(uow, KIND) if state == "draft" else editions.active(uow, KIND)
            edition = known.get(name)
            if edition is None:
                raise NotThere
            return act(uow, edition, version)

        return _after(console.hospital.carry(work), name, words)

    def _after(done: object, name: str, words: str) -> ResponseReturnValue:
        if isinstance(done, Stale):
            raise Conflict
        with console.db.read() as uow:
            there = any(topic.name == name for topic in faq.topics(uow, console.questions()))
        return console.go(_address(name) if there else url_for("console.faq_list"), "good", words)

    def _lint(form: Form, found: list[Topic]) -> list[Finding]:
        others: Mapping[str, Entry] = {topic.name: topic.entry for topic in found if topic.entry is not None}
        return list(faq.lint(form.name, form.words, form.answer, others))


def _form() -> Form:
    text = request.form.get("words", "")[:2000]
    return Form(
        asked.written("name", 64), faq.words_of(text), asked.written("answer", 1000), asked.written("note", _NOTE),
        asked.written("said", LONGEST), request.form.get("fresh") == "1",
    )  # fmt: skip


def _of(topic: Topic) -> Form:
    """The draft; without one, what is in force, or what the files say."""
    edition = topic.draft or topic.active
    if edition is not None and (edition.state == "draft" or topic.entry is not None):
        return Form(topic.name, tuple(edition.body["words"]), str(edition.body["answer"]), edition.note)
    entry = topic.entry or topic.base
    assert entry is not None  # it is in the list because of one of them
    return Form(topic.name, tuple(" ".join(parts) for parts in entry.words), entry.answer.strip())


def _mentions(topic: Topic, wanted: str, filled: Callable[[str], str]) -> bool:
    entry = topic.entry or topic.base
    ways = () if entry is None else (" ".join(parts) for parts in entry.words)
    return any(
        wanted.lower() in text for text in (topic.name.lower(), filled(entry.answer) if entry else "", *ways)
    )


def _must(done: Published | Stale | SameAuthor) -> Published | Stale:
    assert not isinstance(done, SameAuthor)  # answers need no second person
    return done


def _address(name: str) -> str:
    return url_for("console.faq_one", name=name)
