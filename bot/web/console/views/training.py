"""培训与考核 (R23, R47): sessions, who takes part and what they reached, each person's record."""

from secrets import token_hex

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission, Scope
from bot.domain.staff import Viewer
from bot.services.followup import queue
from bot.services.training import overview, people, planning
from bot.services.training.people import Given, Invited
from bot.services.training.planning import Done, Plan, Session, Stale, Wrong
from bot.services.within import EVERYTHING
from bot.store.db import UnitOfWork
from bot.web.console import asked, training_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render

_P = Permission
_MOST = 100


def install(console: Console) -> None:
    @console.page("/training", _P.TRAINING_SEE, title="培训与考核", section="管理", position=15)
    def training(me: Viewer) -> ResponseReturnValue:
        number, scope = asked.page_number(), me.scope(_P.TRAINING_RECORDS_SEE)
        with console.db.read() as uow:
            own = overview.person(uow, me.staff_no)
            only = None if oversees(me) or own is None else own[0].id
            sessions, more = planning.page(uow, EVERYTHING if only else scope, number, only=only)
        return render(
            "training.html", sessions=sessions, more=more, number=number, words=training_words, all=oversees(me),
            today=today_of(console.clock), own=own and overview.summed(own[0], own[2]),
        )  # fmt: skip

    @console.page("/training/new", _P.TRAINING_EDIT, title="安排培训或考核", parent="training")
    def training_new(me: Viewer) -> ResponseReturnValue:
        return _form(me, None)

    @console.act("/training/new", _P.TRAINING_EDIT)
    def training_add(me: Viewer) -> ResponseReturnValue:
        plan, context = _plan(me), console.hospital.acting(me.actor)
        if plan is None:
            return _form(me, None, ("day",), 422)
        key = f"training:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        done = console.db.run(lambda uow: planning.create(uow, context, plan, key=key))
        if isinstance(done, Wrong):
            return _form(me, None, done.fields, 422)
        return console.go(
            url_for("console.training_one", training_id=done.id), "good", "已安排。请添加参加的人。"
        )

    @console.page("/training/<int:training_id>", _P.TRAINING_SEE, title="一次培训或考核", parent="training")
    def training_one(me: Viewer, training_id: int) -> ResponseReturnValue:
        return _show(me, training_id)

    @console.page("/training/<int:training_id>/change", _P.TRAINING_EDIT, title="修改安排", parent="training")
    def training_edit(me: Viewer, training_id: int) -> ResponseReturnValue:
        return _form(me, _mine(me, training_id))

    @console.act("/training/<int:training_id>/change", _P.TRAINING_EDIT)
    def training_change(me: Viewer, training_id: int) -> ResponseReturnValue:
        session, version, plan = _mine(me, training_id), asked.version(), _plan(me)
        if plan is None:
            return _form(me, session, ("day",), 422)
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: planning.change(uow, context, training_id, version, plan))
        if isinstance(done, Wrong):
            return _form(me, session, done.fields, 422)
        if isinstance(done, Stale):
            return _form(me, _mine(me, training_id), (), 409)
        return console.go(url_for("console.training_one", training_id=training_id), "good", "已保存。")

    @console.act("/training/<int:training_id>/cancel", _P.TRAINING_EDIT)
    def training_cancel(me: Viewer, training_id: int) -> ResponseReturnValue:
        _mine(me, training_id)
        version, context = asked.version(), console.hospital.acting(me.actor)
        if isinstance(console.db.run(lambda uow: planning.cancel(uow, context, training_id, version)), Stale):
            raise Conflict
        return console.go(
            url_for("console.training_one", training_id=training_id), "good", "已取消，不再计入记录。"
        )

    @console.act("/training/<int:training_id>/people", _P.TRAINING_EDIT)
    def training_invite(me: Viewer, training_id: int) -> ResponseReturnValue:
        _mine(me, training_id)
        version, numbers = asked.version(), asked.lines("numbers", 32, people.MOST)
        context, scope, ward = (
            console.hospital.acting(me.actor),
            me.scope(_P.TRAINING_EDIT),
            asked.written("ward", 64),
        )
        done = console.hospital.carry(
            lambda uow: people.invite(uow, context, scope, training_id, version, numbers, ward)
        )
        if isinstance(done, Invited):
            return _invited(training_id, done)
        return _show(me, training_id, training_words.FASTER, 409)

    @console.act("/training/<int:training_id>/results", _P.TRAINING_EDIT)
    def training_results(me: Viewer, training_id: int) -> ResponseReturnValue:
        _mine(me, training_id)
        version, context = asked.version(), console.hospital.acting(me.actor)
        given, bad = _given()
        if bad:
            return _show(me, training_id, training_words.WRONG["score"], 422, bad)
        done = console.db.run(lambda uow: people.keep(uow, context, training_id, version, given))
        match done:
            case Done():
                return console.go(
                    url_for("console.training_one", training_id=training_id), "good", "已保存。"
                )
            case Wrong(fields):
                words = training_words.WRONG["day" if fields == ("day",) else "score"]
                return _show(me, training_id, words, 422, frozenset(fields))
            case Stale():
                return _show(me, training_id, training_words.FASTER, 409)

    def _invited(training_id: int, done: Invited) -> ResponseReturnValue:
        words = f"已添加 {done.added} 人。" if done.added or done.unknown else "名单里已经有了。"
        if done.unknown:
            words += f"有 {len(done.unknown)} 个工号没有找到或不在您的病区：{'、'.join(done.unknown[:5])}。"
        level = "bad" if done.unknown else "good"
        return console.go(url_for("console.training_one", training_id=training_id), level, words)

    def _plan(me: Viewer) -> Plan | None:
        """None: no day.  Whose it is may only be theirs."""
        day, ward, scope = asked.written_day("day"), asked.written("ward", 64), me.scope(_P.TRAINING_EDIT)
        if not scope.everything and ward not in scope.wards:
            raise Problem(400, "请选您的病区。")
        if day is None:
            return None
        kind, mark = asked.written("kind", 16), number("pass_mark")
        return Plan(
            kind, asked.written("title", planning.TITLE), day, asked.written("place", planning.PLACE), ward,
            asked.written("content", planning.CONTENT), number("minutes") or 0, mark if kind == "exam" else None,
        )  # fmt: skip

    def _mine(me: Viewer, training_id: int) -> Session:
        with console.db.read() as uow:
            found = planning.one(uow, training_id)
        if found is None or not _theirs(me.scope(_P.TRAINING_EDIT), found):
            raise NotThere
        return found

    def _form(
        me: Viewer, session: Session | None, wrong: tuple[str, ...] = (), status: int = 200
    ) -> ResponseReturnValue:
        with console.db.read() as uow:
            wards = _wards(uow, me)
        return render(
            "training/form.html", session=session, wards=wards, everything=me.scope(_P.TRAINING_EDIT).everything,
            wrong=wrong, given=request.form, words=training_words, status=status, stale=status == 409,
            once=asked.written("once", 32) or token_hex(16),
        )  # fmt: skip

    def _show(
        me: Viewer, training_id: int, told: str = "", status: int = 200, bad: frozenset[str] = frozenset()
    ) -> ResponseReturnValue:
        """With whatever has been typed, so that nothing of it is lost."""
        scope = me.scope(_P.TRAINING_RECORDS_SEE)
        with console.db.read() as uow:
            session = planning.one(uow, training_id)
            if session is None:
                raise NotThere
            edits = _theirs(me.scope(_P.TRAINING_EDIT), session)
            lines = people.results(uow, training_id, _whose(me, edits=edits), me.staff_no)
            if not (lines or scope.everything or session.plan.ward in ("", *me.wards)):
                raise NotThere
            wards = _wards(uow, me) if edits else ()
        return render(
            "training/one.html", session=session, plan=session.plan, lines=lines, wards=wards,
            edits=edits and not session.cancelled_at, words=training_words, told=told, bad=bad, given=request.form,
            all=oversees(me), over=session.plan.day <= today_of(console.clock), status=status,
        )  # fmt: skip


def oversees(me: Viewer) -> bool:
    """Whether they see colleagues' records; everybody sees the own one."""
    return me.may(_P.TRAINING_RECORDS_SEE)


def _whose(me: Viewer, *, edits: bool) -> Scope:
    """Whose lines of a session they read: of their own session all, of another one those of their own people."""
    return EVERYTHING if edits else me.scope(_P.TRAINING_RECORDS_SEE)


def number(name: str) -> int | None:
    said = asked.written(name, 6)
    if not said:
        return None
    if not (said.isascii() and said.isdigit()):
        return -1  # refused as what it is
    return int(said)


def _theirs(scope: Scope, session: Session) -> bool:
    return scope.everything or session.plan.ward in scope.wards


def _wards(uow: UnitOfWork, me: Viewer) -> tuple[str, ...]:
    scope = me.scope(_P.TRAINING_EDIT)
    known = queue.wards(uow, scope) if scope.everything else ()
    return tuple(dict.fromkeys((*me.wards, *known)))[:_MOST]


def _given() -> tuple[dict[int, Given], frozenset[str]]:
    """Line by line: was it ``there-ID``, its ``score-ID``."""
    found: dict[int, Given] = {}
    bad = set()
    for key in request.form.getlist("line")[: people.MOST]:
        record = asked.whole(key)
        if record is None:
            raise Problem(400)
        there, score = asked.written(f"there-{key}", 8), number(f"score-{key}")
        if score is not None and not 0 <= score <= 100:
            bad.add(f"score-{key}")
        found[record] = Given(there == "yes", score, there == "gone")
    return found, frozenset(bad)
