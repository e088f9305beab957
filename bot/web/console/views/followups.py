"""随访: the work queues, and who takes what."""

from collections.abc import Mapping

from flask import url_for
from flask.typing import ResponseReturnValue

from bot.domain.followup import Grade
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.followup import assigning, queue
from bot.services.followup.assigning import Assigned, Assignment, NoWork, Theirs
from bot.services.followup.queue import Show, Which
from bot.services.staff import managing
from bot.web.console import asked, care
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render
from bot.web.console.steps import step_of

_P = Permission
MINE = "mine"
TABS = (
    ("", "全部待办"), (Show.FLAGGED, "有警报"), (Show.OVERDUE, "逾期"), (Show.REDIAL, "待打电话"), (Show.DUE, "到期"),
    (Show.WAITING, "等回音"), (MINE, "我的"), (Show.LOST, "失访"),
)  # fmt: skip


def install(console: Console) -> None:
    @console.page("/followups", _P.FOLLOWUP_SEE, title="随访", section="随访", position=20)
    def followups(me: Viewer) -> ResponseReturnValue:
        query, number = _query(), asked.page_number()
        which = _which(me, query)
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            page = queue.page_of(uow, context, which, number)
            everything = Which(scope=which.scope)
            lengths = queue.counts(uow, context, everything, "staff")
            lost = queue.lost(uow, everything)
            wards = queue.wards(uow, which.scope)
        return render(
            "followups.html", part="followups/_rows.html", page_=page, query=query, tabs=TABS, wards=wards, care=care,
            counts=_counts(lengths, me.staff_no) | {str(Show.LOST): lost},
        )  # fmt: skip

    @console.act("/followups/<int:followup_id>/take", _P.FOLLOWUP_ACT)
    def followup_take(me: Viewer, followup_id: int) -> ResponseReturnValue:
        step_of(console, me, followup_id, _P.FOLLOWUP_ACT)
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: assigning.take(uow, context, followup_id))
        return _answered(done, followup_id, "归您了。")

    @console.act("/followups/<int:followup_id>/give-back", _P.FOLLOWUP_ACT)
    def followup_give_back(me: Viewer, followup_id: int) -> ResponseReturnValue:
        step_of(console, me, followup_id, _P.FOLLOWUP_ACT)
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: assigning.give_back(uow, context, followup_id))
        return _answered(done, followup_id, "已放回病区的队列。")

    @console.act("/followups/<int:followup_id>/assign", _P.FOLLOWUP_ASSIGN)
    def followup_assign(me: Viewer, followup_id: int) -> ResponseReturnValue:
        step_of(console, me, followup_id, _P.FOLLOWUP_ASSIGN)
        to, seen = asked.written("to", 32) or None, asked.written("seen", 32) or None
        if to is not None and not _works_here(to):
            raise Problem(400, "没有这个工号，或者已经停用。请看看有没有输错。")
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: assigning.assign(uow, context, followup_id, to, seen=seen))
        return _answered(done, followup_id, f"已交给工号 {to}。" if to else "已放回病区的队列。")

    @console.act("/followups/by-grade", _P.FOLLOWUP_ASSIGN)
    def followups_by_grade(me: Viewer) -> ResponseReturnValue:
        scope = me.scope(_P.FOLLOWUP_ASSIGN)
        with console.db.read() as uow:
            wards = queue.wards(uow, scope)
        context = console.hospital.acting(me.actor)
        given = console.db.run(lambda uow: assigning.assign_by_grade(uow, context, wards)) if wards else 0
        words = f"按职称分给了经管医生 {given} 个，认不出医生的留在队列里。"
        return console.go(url_for("console.followups"), "good", words)

    def _answered(done: Assignment, followup_id: int, words: str) -> ResponseReturnValue:
        match done:
            case Assigned():
                return console.go(url_for("console.followup", followup_id=followup_id), "good", words)
            case Theirs(staff_no):
                raise Conflict(f"已经在工号 {staff_no} 手里，没有改。")
            case NoWork("unknown"):
                raise NotThere
            case NoWork(state):
                raise Conflict(f"这条随访不用做了：{care.STATES.get(state, state)}。")

    def _works_here(staff_no: str) -> bool:
        person = managing.one(console.db, staff_no)
        return person is not None and person.active


def _query() -> dict[str, str]:
    """What the address asks for."""
    known = {name: asked.word(name) for name in ("show", "ward", "owner", "doctor")}
    known["show"] = known["show"] if known["show"] in {tab for tab, _ in TABS} else ""
    known["owner"] = known["owner"] if known["owner"] in set(Grade) else ""
    return {name: value for name, value in known.items() if value}


def _which(me: Viewer, query: dict[str, str]) -> Which:
    show = query.get("show", "")
    return Which(
        wards=(query["ward"],) if "ward" in query else (),
        doctor=query.get("doctor", ""),
        owner=query.get("owner", ""),
        staff_no=me.staff_no if show == MINE else "",
        show=Show(show) if show not in ("", MINE) else Show.ALL,
        scope=me.scope(_P.FOLLOWUP_SEE),
    )


def _counts(lengths: Mapping[str, Mapping[Show, int]], staff_no: str) -> dict[str, int]:
    """Of each tab; all of them from one look at the database."""
    found = {str(show): sum(mine.get(show, 0) for mine in lengths.values()) for show in Show}
    found[""] = sum(found.values())
    found[MINE] = sum(lengths.get(staff_no, {}).values())
    return found
