"""规则: the numbers in force, where they come from, and a new one from a day on, after a look at what it would do."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.policy_replay import Replayed
from bot.domain.policy_words import WORDS, PolicyWord
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services import policy_editing as editing
from bot.services.context import Context
from bot.services.policy_editing import Line, Set, Stale, Wanted, Wrong
from bot.services.policy_looking import Found, Look, see
from bot.services.policy_replaying import Asked
from bot.store.db import UnitOfWork
from bot.web.console import asked, policy_words, ticket_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render

_P = Permission
_DAYS = (30, 90)
_FASTER = "您打开页面之后，有同事改了规则、科室或医生，这次没有保存。下面已经是最新情况，请再看一遍再确认。"


@dataclass(frozen=True, slots=True)
class Where:
    """The scope a page is about."""

    scope: str
    scope_id: int
    department_id: int | None
    name: str

    @property
    def query(self) -> dict[str, Any]:
        """For addresses."""
        return {} if self.scope == "hospital" else {self.scope: self.scope_id}


@dataclass(frozen=True, slots=True)
class Row:
    """One number, as the list shows it."""

    name: str
    word: PolicyWord
    now: editing.Source
    next: Line | None
    others: int
    """Departments and doctors with a number of their own."""


def install(console: Console) -> None:
    @console.page("/policy", _P.POLICY_SEE, title="规则", section="管理", position=40)
    def policy(me: Viewer) -> ResponseReturnValue:
        with console.db.read() as uow:
            context, found = _fresh(uow, me), editing.lines(uow)
        where = _where(context)
        groups: dict[str, list[Row]] = {}
        for name, word in WORDS.items():
            groups.setdefault(word.group, []).append(_row(name, found, where, context))
        directory = context.directory
        return render(
            "policy.html", part="policy/_rows.html", groups=groups, where=where, words=policy_words,
            departments=list(directory.departments.values()),
            doctors=[each for each in directory.listed_doctors if each.department_id == where.department_id],
        )  # fmt: skip

    @console.page("/policy/<name>", _P.POLICY_SEE, title="规则的一项", parent="policy")
    def policy_one(me: Viewer, name: str) -> ResponseReturnValue:
        word = _word(name)
        with console.db.read() as uow:
            context, found = _fresh(uow, me), editing.lines(uow, name)
            version = editing.seen(uow)
        where = _where(context)
        named = [
            (each, policy_words.scope_name(context.directory, each.scope, each.scope_id)) for each in found
        ]
        return render(
            "policy/one.html", name=name, word=word, where=where, row=_row(name, found, where, context),
            lines=named, today=context.today, version=version, words=policy_words, who=ticket_words.who,
        )  # fmt: skip

    @console.page("/policy/<name>/try", _P.POLICY_EDIT, title="先看影响", parent="policy", costly=True)
    def policy_try(me: Viewer, name: str) -> ResponseReturnValue:
        return _try(me, name)

    @console.search("/policy/<name>/look", _P.POLICY_EDIT, title="先看影响", parent="policy")
    def policy_look(me: Viewer, name: str) -> ResponseReturnValue:
        """How far it has come, with the reason that is in no address: the page that waits asks every other second."""
        return _try(me, name)

    @console.act("/policy/<name>/set", _P.POLICY_EDIT, dangerous=True)
    def policy_set(me: Viewer, name: str) -> ResponseReturnValue:
        word, version, note = _word(name), asked.version(), asked.written("note", editing.REASON + 1)
        context = console.hospital.acting(me.actor)
        where, value, day = _where(context), _value(), asked.written_day("from")
        if value is False or day is None:
            return _try(me, name, policy_words.wrong(Wrong("value"), word), 422)
        wanted = Wanted(_asked(where, name, value), day, note)
        done = console.hospital.carry(lambda uow: editing.put(uow, context, wanted, version))
        match done:
            case Set():
                words = f"已保存，{_said(word, value)}，从 {day.month}月{day.day}日起对{where.name}生效。"
                return console.go(url_for("console.policy_one", name=name, **where.query), "good", words)
            case Stale():
                return _try(me, name, _FASTER, 409)
            case Wrong():
                return _try(me, name, policy_words.wrong(done, word), 422)

    @console.act("/policy/<name>/withdraw/<int:rule_id>", _P.POLICY_EDIT, dangerous=True)
    def policy_withdraw(me: Viewer, name: str, rule_id: int) -> ResponseReturnValue:
        word, version = _word(name), asked.version()
        context = console.hospital.acting(me.actor)
        done = console.hospital.carry(lambda uow: editing.withdraw(uow, context, rule_id, version))
        match done:
            case Set():
                words = "已撤销，仍按原来的规定。"
                return console.go(url_for("console.policy_one", name=name), "good", words)
            case Stale():
                raise Conflict
            case Wrong():
                raise Problem(409, policy_words.wrong(done, word))

    def _try(me: Viewer, name: str, refused: str = "", status: int = 200) -> ResponseReturnValue:
        """What the new number would have done, or how far the look has come; then the reason, and the button that
        sets it."""
        word = _word(name)
        value, day, days = _value(), _day(), _days()
        look: Look | None = None
        with console.db.read() as uow:
            context = _fresh(uow, me)
            where, version = _where(context), editing.seen(uow)
            found = editing.lines(uow, name)
            if value is not False and day is not None:
                wanted = Wanted(_asked(where, name, value), day, "--")
                wrong = editing.check(uow, context, wanted)
                blocks = wrong is not None and wrong.why in ("value", "scope")
                look = None if blocks else Look(wanted.asked, days, context.today, version)
            else:
                wrong = Wrong("value" if value is False else "day_past")
        here = url_for("console.policy_try", name=name, **_carried(where, value, day, days))
        if wrong is not None and not refused:
            refused, status = policy_words.wrong(wrong, word), 422
        if request.headers.get("HX-Request") == "true":  # the page that waits
            if wrong is not None and "told" not in request.form:
                return console.go(here)
            status = 200
        seen = None if look is None else see(console.looks, look)
        looked = seen.outlook if isinstance(seen, Found) else None
        return render(
            "policy/try.html", part="policy/_looked.html", name=name, word=word, where=where,
            row=_row(name, found, where, context), value=value, day=day, days=days, choices=_DAYS, seen=seen,
            looked=looked, wrong=wrong, refused=refused,
            version=version, words=policy_words, tallies=_tallies(looked.past if looked else None),
            note=asked.written("note", editing.REASON + 1), fresh=me.is_fresh(console.real.now()),
            here=here, given=request.values, said=None if value is False else _said(word, value),
            today=context.today, status=status,
            directory=context.directory,
        )  # fmt: skip

    def _fresh(uow: UnitOfWork, me: Viewer) -> Context:
        return editing.fresh(uow, console.hospital.acting(me.actor))


def _row(name: str, found: list[Line], where: Where, context: Context) -> Row:
    mine = [each for each in found if each.name == name]
    now = editing.source(mine, _asked(where, name, None), where.department_id, context.today)
    later = [each for each in mine if each.effective_from > context.today and _reaches(each, where)]
    own = {
        (each.scope, each.scope_id) for each in mine if each.scope != "hospital" and each.value is not None
    }
    return Row(
        name, WORDS[name], now, min(later, key=lambda each: each.effective_from, default=None), len(own)
    )


def _reaches(line: Line, where: Where) -> bool:
    """Whether a line is the scope's own, or of one around it."""
    around = {("hospital", 0), ("department", where.department_id), (where.scope, where.scope_id)}
    return (line.scope, line.scope_id) in around


def _where(context: Context) -> Where:
    """The scope that the address or the form names; the whole hospital without one."""
    directory = context.directory
    doctor, department = _number("doctor"), _number("department")
    if doctor is not None:
        seen = directory.doctors.get(doctor)
        if seen is None:
            raise NotThere
        return Where("doctor", doctor, seen.department_id, f"{seen.department} {seen.name}")
    if department is not None:
        if department not in directory.departments:
            raise NotThere
        return Where("department", department, department, directory.departments[department].name)
    return Where("hospital", 0, None, "全院")


def _number(name: str) -> int | None:
    said = request.values.get(name, "")
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said, re.ASCII) else None


def _value() -> int | bool | None:
    """The number; None: the wider scope's; False: none that could be one."""
    if request.values.get("mode") == "wider":
        return None
    number = _number("value")
    return False if number is None else number


def _day() -> date | None:
    return asked.written_day("from") if request.method == "POST" else asked.day("from")


def _days() -> int:
    said = _number("days")
    return said if said in _DAYS else _DAYS[0]


def _carried(where: Where, value: int | bool | None, day: date | None, days: int) -> dict[str, Any]:
    number = {"mode": "wider"} if value is None else {"value": "" if value is False else value}
    return {**where.query, **number, "from": "" if day is None else day.isoformat(), "days": days}


def _asked(where: Where, name: str, value: int | None) -> Asked:
    return Asked(where.scope, where.scope_id, name, value)


def _word(name: str) -> PolicyWord:
    if name not in WORDS:
        raise NotThere
    return WORDS[name]


def _said(word: PolicyWord, value: int | None) -> str:
    return "改为跟上一级一样" if value is None else f"改为 {word.shown(value)}"


def _tallies(past: Replayed | None) -> list[tuple[str, str, int]]:
    """(what, why, how many), the most first."""
    if past is None:
        return []
    counted = sorted(past.refused.items(), key=lambda item: -item[1])
    return [
        (policy_words.KINDS[kind], policy_words.WHY.get(why, "按规则不能办"), count)
        for (kind, why), count in counted
    ]
