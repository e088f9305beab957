"""随访日历: how many follow-ups fall on each day, whose they are and in which wards."""

from datetime import timedelta

from flask.typing import ResponseReturnValue

from bot.domain.clock import today as today_of
from bot.domain.roles import Permission, Scope
from bot.domain.staff import Viewer
from bot.services.followup import looking, queue
from bot.web.console import asked, care
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render

_P = Permission
_DAYS = 28


def install(console: Console) -> None:
    @console.page("/calendar", _P.FOLLOWUP_SEE, title="随访日历", section="随访", position=30)
    def calendar(me: Viewer) -> ResponseReturnValue:
        today = today_of(console.clock)
        first, scope, ward = asked.day("first") or today, me.scope(_P.FOLLOWUP_SEE), asked.word("ward")
        with console.db.read() as uow:
            wards = queue.wards(uow, scope)
            if ward and ward not in wards:
                raise NotThere
            shown = Scope(wards=frozenset({ward})) if ward else scope
            loads, by_ward = looking.load_of_wards(uow, first, first + timedelta(days=_DAYS - 1), shown)
            waiting = looking.backlog(uow, today, shown)
        known = {each.day: each for each in loads}
        days = [first + timedelta(days=n) for n in range(_DAYS)]
        return render(
            "calendar.html", days=[(day, known.get(day)) for day in days], by_ward=by_ward, waiting=waiting, care=care,
            wards=wards, ward=ward, first=first, today=today, total=sum(each.steps for each in loads),
            before=first - timedelta(days=_DAYS), after=first + timedelta(days=_DAYS),
        )  # fmt: skip
