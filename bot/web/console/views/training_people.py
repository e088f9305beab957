"""培训档案: each person's hours and exams, who has to be reported, a workbook for the office."""

from collections.abc import Sequence

from flask import url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import audit
from bot.services.figures.table import Table, heads
from bot.services.training import overview, people
from bot.services.training.overview import Person
from bot.services.training.people import Somebody
from bot.store.db import UnitOfWork
from bot.web.console import asked, downloads, training_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render
from bot.web.console.views.training import oversees

_P = Permission
_PAGE = 50
_TOLD = 80


def install(console: Console) -> None:
    @console.page("/training/people", _P.TRAINING_SEE, title="每个人的记录", parent="training")
    def training_people(me: Viewer) -> ResponseReturnValue:
        number = asked.page_number()
        with console.db.read() as uow:
            found = overview.people(uow, _colleagues(uow, me))
        found = sorted(found, key=_pressing)
        first = (number - 1) * _PAGE
        return render(
            "training/people.html", people=found[first : first + _PAGE], number=number, more=len(found) > first + _PAGE,
            total=len(found), words=training_words, all=oversees(me), count=overview.FAILURES,
        )  # fmt: skip

    @console.page("/training/people/<staff_no>", _P.TRAINING_SEE, title="培训记录", parent="training_people")
    def training_person(me: Viewer, staff_no: str) -> ResponseReturnValue:
        with console.db.read() as uow:
            who, entries = _one(uow, me, staff_no)
        return render(
            "training/person.html", person=overview.summed(who, entries), entries=list(reversed(entries)),
            words=training_words, count=overview.FAILURES, most=_TOLD,
        )  # fmt: skip

    @console.act("/training/people/<staff_no>/reported", _P.TRAINING_EDIT)
    def training_report(me: Viewer, staff_no: str) -> ResponseReturnValue:
        """三次未达标上报: who was told."""
        version, whom, record = asked.version(), asked.written("whom", _TOLD), asked.written("record", 10)
        context = console.hospital.acting(me.actor)
        if not whom:
            raise Problem(400, "请写明上报给了谁。")

        def work(uow: UnitOfWork) -> bool:
            entries = _one(uow, me, staff_no)[1]
            mine = [
                each.last.record_id
                for each in overview.failures(entries)
                if str(each.last.record_id) == record
            ]
            if not mine:
                raise NotThere
            return people.reported(uow, context, mine[0], version, whom)

        if not console.db.run(work):
            raise Conflict
        return console.go(url_for("console.training_person", staff_no=staff_no), "good", "已记下上报。")

    @console.act("/training/people/export", _P.REPORTS_EXPORT, costly=True)
    def training_export(me: Viewer) -> ResponseReturnValue:
        if not oversees(me):
            raise NotThere
        context = console.hospital.acting(me.actor)

        def work(uow: UnitOfWork) -> Sequence[Person]:
            audit(uow, context, "training.exported", "hospital")
            return overview.people(uow, _colleagues(uow, me, _P.REPORTS_EXPORT))

        return downloads.workbook([_table(console.db.run(work))], f"培训与考核-{context.today}")


def _colleagues(uow: UnitOfWork, me: Viewer, *acts: Permission) -> Sequence[Somebody]:
    """Whose records they see."""
    if oversees(me):
        return people.colleagues(uow, me.scope(_P.TRAINING_RECORDS_SEE, *acts))
    own = overview.person(uow, me.staff_no)
    return () if own is None else (own[0],)


def _one(uow: UnitOfWork, me: Viewer, staff_no: str) -> tuple[Somebody, Sequence[overview.Entry]]:
    found, scope = overview.person(uow, staff_no), me.scope(_P.TRAINING_RECORDS_SEE)
    if found is None:
        raise NotThere
    who, departments, entries = found
    theirs = scope.everything or scope.wards & set(who.wards) or scope.departments & departments
    if staff_no != me.staff_no and not theirs:
        raise NotThere
    return who, entries


def _pressing(person: Person) -> tuple[bool, bool, str]:
    """Who has to be reported first."""
    return not any(not each.told for each in person.failed), not person.failed, person.staff_no


def _table(found: Sequence[Person]) -> Table:
    words = training_words
    rows = [
        (
            each.staff_no, "、".join(each.wards), each.trainings, each.hours, each.exams, each.passed,
            words.ADMITTED[each.admitted],
            "；".join(f"{one.last.title}（{f'已上报 {one.told}' if one.told else '需上报'}）" for one in each.failed),
        )
        for each in found
    ]  # fmt: skip
    columns = heads("工号 病区 培训次数 培训学时 考核次数 考核通过 上岗考核 连续三次未达标", 14)
    return Table("培训与考核", "培训与考核记录", columns, rows, (words.RULE,))
