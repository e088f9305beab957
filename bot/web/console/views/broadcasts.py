"""群发: the list, and a new one: to whom, what it says, who would get it how; nothing is sent from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from secrets import token_hex

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.channels.ready import open_roads
from bot.channels.sms.vendors import signature
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.states import CampaignState
from bot.pushes.lint import TEXT_MOST
from bot.services.broadcast import campaigns, listing
from bot.services.broadcast.audience import Audience, AudienceError
from bot.services.broadcast.campaigns import KIND, CampaignError, Words
from bot.services.broadcast.dry_run import dry_run
from bot.services.broadcast.progress import row_of
from bot.services.broadcast.reach import Reach
from bot.web.console import asked, broadcast_words, phones
from bot.web.console.console import Console
from bot.web.console.problems import NotThere, Problem
from bot.web.console.render import render

_P = Permission
TITLE_MOST = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds, right or wrong."""

    words: Words
    departments: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()
    clinics: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def audience(self) -> Audience:
        return Audience(self.clinics, self.doctors, self.departments, first=self.first, last=self.last)


def install(console: Console) -> None:
    templates = console.templates

    @console.page("/broadcasts", _P.BROADCAST_SEE, title="群发", section="沟通", position=50)
    def broadcasts(me: Viewer) -> ResponseReturnValue:
        number, state = asked.page_number(), asked.word("state")
        if state and state not in list(CampaignState):
            raise Problem(400, "没有这样的状态。")
        with console.db.read() as uow:
            lines, more = listing.listing(uow, number, CampaignState(state) if state else None)
        return render(
            "broadcasts.html", part="broadcasts/_rows.html", lines=lines, more=more, number=number, state=state,
            names=broadcast_words,
        )  # fmt: skip

    @console.page("/broadcasts/new", _P.BROADCAST_DRAFT, title="写群发", parent="broadcasts")
    def broadcast_new(me: Viewer) -> ResponseReturnValue:
        """Empty, for some clinics (``clinics``), or with the words and the audience of another one (``from``)."""
        like = asked.whole(asked.word("from", 9))
        if like is not None:
            return _form(me, _copy(like))
        return _form(me, Draft(Words("", ""), clinics=_numbers(asked.word("clinics", 400).split(","))))

    @console.search("/broadcasts/look", _P.BROADCAST_DRAFT, title="写群发", parent="broadcasts")
    def broadcast_look(me: Viewer) -> ResponseReturnValue:
        """How it looks and whom it would reach; writes nothing."""
        return _form(me, _written(), looked=True)

    @console.act("/broadcasts/new", _P.BROADCAST_DRAFT)
    def broadcast_draft(me: Viewer) -> ResponseReturnValue:
        draft, context = _written(), console.hospital.acting(me.actor)
        key = f"console:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        if isinstance(_reach(me, draft), str) or any(each.blocks for each in campaigns.findings(draft.words)):
            return _form(me, draft, looked=True, status=422)
        try:
            made = console.hospital.carry(
                lambda uow: campaigns.create(
                    uow, context, key=key, words=draft.words, audience=draft.audience
                )
            )
        except CampaignError as why:
            return _form(me, draft, f"{why}。", looked=True, status=422)
        where = url_for("console.broadcast", campaign_id=made)
        return console.go(where, "good", "草稿存好了，还没有发。请看一遍预览和人数，再确认。")

    def _copy(campaign_id: int) -> Draft:
        try:
            with console.db.read() as uow:
                row = row_of(uow, campaign_id)
                words, who = campaigns.words_of(uow, row), Audience.read(row.audience)
        except CampaignError:
            raise NotThere from None
        return Draft(words, who.departments, who.doctors, who.clinics, who.first, who.last)

    def _reach(me: Viewer, draft: Draft) -> Reach | str:
        """Whom it would reach, or why nobody can tell."""
        context = console.hospital.acting(me.actor)
        roads = open_roads(console.settings, templates, KIND)
        try:
            with console.db.read() as uow:
                return dry_run(
                    uow, context, draft.audience, draft.words, templates=templates, open_roads=roads
                )
        except AudienceError as why:
            return f"{why}。"

    def _form(
        me: Viewer, draft: Draft, refused: str = "", *, looked: bool = False, status: int = 200
    ) -> ResponseReturnValue:
        findings = campaigns.findings(draft.words) if looked else ()
        reach = _reach(me, draft) if looked else None
        roads = open_roads(console.settings, templates, KIND)
        fields = broadcast_words.fields(console.settings, draft.words)
        shown = phones.faces(templates, KIND, fields, roads=roads, signature=signature(console.settings))
        directory = console.hospital.acting(me.actor).directory
        return render(
            "broadcasts/new.html", part="broadcasts/_look.html", draft=draft, findings=findings, refused=refused,
            reach=None if isinstance(reach, str) else reach, nobody=reach if isinstance(reach, str) else "",
            faces=shown if looked else [], names=broadcast_words, text_most=TEXT_MOST, title_most=TITLE_MOST,
            departments=list(dict.fromkeys(each.name for each in directory.departments.values())),
            doctors=directory.listed_doctors, once=asked.written("once", 32) or token_hex(16), looked=looked,
            status=status,
        )  # fmt: skip


def _numbers(said: Iterable[str]) -> tuple[int, ...]:
    return tuple(found for each in said if (found := asked.whole(each)) is not None)


def _written() -> Draft:
    departments = tuple(each[:64] for each in request.form.getlist("departments")[:100])
    return Draft(
        Words(asked.written("title", 64), asked.written("text", 1000).replace("\r\n", "\n")),
        departments, asked.lines("doctors"), _numbers(asked.lines("clinics", 9)), asked.written_day("first"),
        asked.written_day("last"),
    )  # fmt: skip
