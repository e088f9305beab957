"""质控抽查 (R48) and 签字 (R41): a ward's month is sampled, checked by somebody who did not call, and signed."""

from datetime import date, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.followup import queue, reviewing, signing
from bot.services.followup.reviewing import NotReviewed
from bot.services.followup.signing import ROLES, NotSigned
from bot.web.console import asked, care, figures_asked
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render
from bot.web.console.steps import step_of

_P = Permission


def install(console: Console) -> None:
    @console.page("/reviews", _P.REPORTS_SEE, title="质控抽查", section="随访", position=40)
    def reviews(me: Viewer) -> ResponseReturnValue:
        month, n, seed = _month(), _number("n", reviewing.SAMPLE, 500), _number("seed")
        with console.db.read() as uow:
            wards = queue.wards(uow, me.scope(_P.REPORTS_SEE))
            ward = asked.word("ward") or (wards[0] if wards else "")
            if ward and ward not in wards:
                raise NotThere
            rows = reviewing.sampled(uow, ward, month, n=n, seed=seed or None) if ward else []
        return render(
            "reviews.html", part="quality/_sample.html", rows=rows, wards=wards, ward=ward, month=month, n=n, care=care,
            seed=seed or reviewing.seed_of(month), checked=sum(row.timely is not None for row in rows),
        )  # fmt: skip

    @console.act("/reviews/<int:followup_id>", _P.REPORTS_SIGN)
    def review(me: Viewer, followup_id: int) -> ResponseReturnValue:
        step_of(console, me, followup_id, _P.REPORTS_SIGN)
        marks = {name: request.form.get(name) for name in ("timely", "accurate")}
        if not set(marks.values()) <= {"yes", "no"}:
            raise Problem(400, "「及时」和「准确」都要选。")
        context, note = console.hospital.acting(me.actor), asked.written("note", 400)
        done = console.db.run(
            lambda uow: reviewing.review(
                uow, context, followup_id, timely=marks["timely"] == "yes", accurate=marks["accurate"] == "yes",
                note=note,
            )
        )  # fmt: skip
        if isinstance(done, NotReviewed):
            raise Conflict(care.REFUSED[done.why])
        return console.go(console.back(), "good", "已复核。")

    @console.page("/signoffs", _P.REPORTS_SEE, title="月度签字", section="随访", position=50)
    def signoffs(me: Viewer) -> ResponseReturnValue:
        month, scope = _month(), me.scope(_P.REPORTS_SEE)
        with console.db.read() as uow:
            wards = queue.wards(uow, scope)
            rows = signing.missing(uow, month, wards) if wards else ()
        return render(
            "signoffs.html", rows=rows, month=month, roles=ROLES, mine=signing.signs_as(me.roles),
            over=_next(month) <= today_of(console.clock),
        )  # fmt: skip

    @console.act("/signoffs", _P.REPORTS_SIGN)
    def signoff(me: Viewer) -> ResponseReturnValue:
        month, ward, role = _month(), asked.written("ward", 64), asked.written("role", 20)
        with console.db.read() as uow:
            if ward not in queue.wards(uow, me.scope(_P.REPORTS_SIGN)):
                raise NotThere
        if role not in signing.signs_as(me.roles):
            raise Problem(400, "这一栏不归您签。")
        context, note = console.hospital.acting(me.actor), asked.written("note", 400)
        done = console.db.run(lambda uow: signing.sign(uow, context, ward, month, role, note))
        if isinstance(done, NotSigned):
            who = f"工号 {done.staff_no} 已经签过了。" if done.why == "twice" else care.REFUSED[done.why]
            raise Conflict(who)
        return console.go(url_for("console.signoffs", month=f"{month:%Y-%m}"), "good", "已签字。")

    def _month() -> date:
        """Without one, the month that is over: that is what is checked and signed."""
        return figures_asked.month("month", today_of(console.clock).replace(day=1) - timedelta(days=1))


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _number(name: str, usual: int = 0, most: int = 999_999_999) -> int:
    said = asked.word(name, 10)
    if not said:
        return usual
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= most):
        raise Problem(400, "数字不对。")
    return int(said)
