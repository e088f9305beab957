"""个人信息: the queue of requests, one opened at the window, the consents ledger, the nightly job's runs."""

from secrets import token_hex

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.rights import Ask, AskState
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.desk_booking import whom
from bot.services.rights import board, retention
from bot.services.rights.catalogue import catalogue
from bot.services.rights.requests import WORDS
from bot.web.console import asked, booking_words, privacy_words
from bot.web.console.console import Console
from bot.web.console.problems import NotThere, Problem
from bot.web.console.render import render

_P = Permission
_KINDS = (Ask.COPY, Ask.CORRECT, Ask.WITHDRAW, Ask.DELETE)


def install(console: Console) -> None:
    @console.page("/privacy", _P.PRIVACY_SEE, title="个人信息", section="管理", position=35)
    def privacy(me: Viewer) -> ResponseReturnValue:
        state, number = asked.word("state") or AskState.OPEN.value, asked.page_number()
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            lines, more = board.page(uow, context, state, number)
            waiting, late = board.open_counts(uow, context)
        return render(
            "privacy.html", part="privacy/_rows.html", lines=lines, more=more, number=number, state=state,
            waiting=waiting, late=late, words=privacy_words,
        )  # fmt: skip

    @console.page("/privacy/new", _P.PRIVACY_ACT, title="登记个人信息要求", parent="privacy")
    def privacy_new(me: Viewer) -> ResponseReturnValue:
        return _new()

    @console.search("/privacy/find", _P.PRIVACY_ACT, title="登记个人信息要求", parent="privacy")
    def privacy_find(me: Viewer) -> ResponseReturnValue:
        text, context = asked.written("text", 60), console.hospital.acting(me.actor)
        with console.db.read() as uow:
            sought = whom.read(uow, context, text)
            found = whom.patients(uow, context, me.scope(_P.PRIVACY_ACT), sought)
        return _new(text=text, found=found)

    @console.act("/privacy/new", _P.PRIVACY_ACT)
    def privacy_open(me: Viewer) -> ResponseReturnValue:
        kind, patient_id = request.form.get("kind", ""), asked.written("patient", 32)
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            seen = whom.patient(uow, context, me.scope(_P.PRIVACY_ACT), patient_id)
        if seen is None:
            raise NotThere
        if kind not in _KINDS:
            return _new(found=(seen,), problem="请选要办哪一样。")
        key = f"desk:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        said = asked.written("said", WORDS)
        number = console.hospital.carry(
            lambda uow: board.open_for(uow, context, key=key, kind=Ask(kind), patient_id=seen.id, said=said)
        )
        return console.go(url_for("console.privacy_request", number=number), "good", "已登记。")

    @console.page("/privacy/consents", _P.PRIVACY_SEE, title="同意记录", parent="privacy")
    def privacy_consents(me: Viewer) -> ResponseReturnValue:
        number, context = asked.page_number(), console.hospital.acting(me.actor)
        with console.db.read() as uow:
            given, more = board.ledger(uow, context, number)
        return render(
            "privacy/consents.html", given=given, more=more, number=number, text="", words=privacy_words
        )

    @console.search("/privacy/consents", _P.PRIVACY_SEE, title="同意记录", parent="privacy")
    def privacy_consents_of(me: Viewer) -> ResponseReturnValue:
        text, context = asked.written("text", 60), console.hospital.acting(me.actor)
        with console.db.read() as uow:
            found = whom.patients(uow, context, me.scope(_P.PRIVACY_SEE), whom.read(uow, context, text))
            given = board.ledger_of(uow, context, found)
        return render(
            "privacy/consents.html", given=given, more=False, number=1, text=text, words=privacy_words
        )

    @console.page("/privacy/retention", _P.PRIVACY_SEE, title="到期清理", parent="privacy")
    def privacy_retention(me: Viewer) -> ResponseReturnValue:
        number = asked.page_number()
        with console.db.read() as uow:
            runs, more = board.runs(uow, number)
        rules = catalogue().rules
        return render(
            "privacy/retention.html", runs=runs, more=more, number=number, rules=rules, words=privacy_words,
            inbox_days=console.settings.inbox_days,
        )  # fmt: skip

    @console.act("/privacy/retention/dry", _P.PRIVACY_ACT)
    def privacy_retention_dry(me: Viewer) -> ResponseReturnValue:
        """Counts only: it takes nothing away, and says so."""
        if not console.throttle.allows("retention:dry", 6, 60):
            raise Problem(429, "刚刚算过，请过一分钟再算。")
        found = retention.run(console.hospital, actor=me.actor, dry=True)
        due = sum(each.found for each in found)
        return console.go(
            url_for("console.privacy_retention"), "good", f"算好了：到期 {due:,} 条，没有清理任何东西。"
        )


def _new(text: str = "", found: object = None, problem: str = "") -> ResponseReturnValue:
    """What was typed stays."""
    return render(
        "privacy/new.html", text=text, found=found, problem=problem, given=request.form, kinds=_KINDS,
        words=privacy_words, names=booking_words, once=asked.written("once", 32) or token_hex(16),
        status=422 if problem else 200,
    )  # fmt: skip
