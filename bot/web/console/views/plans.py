"""随访计划: what holds, from where and since when; one plan with its editions; one discharge's calendar by 住院号."""

from secrets import token_hex

from flask.typing import ResponseReturnValue

from bot.domain.followup import Plan
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.content import editions as content
from bot.services.followup import difference, house, looking
from bot.services.followup.editions import KIND
from bot.services.followup.house import House
from bot.services.followup.plans import PlanError
from bot.store.db import UnitOfWork
from bot.web.console import asked, care
from bot.web.console.console import Console
from bot.web.console.problems import NotThere, Problem
from bot.web.console.render import render

_P = Permission


def install(console: Console) -> None:
    @console.page("/plans", _P.PLANS_SEE, title="随访计划", section="随访", position=60)
    def plans(me: Viewer) -> ResponseReturnValue:
        return _page()

    @console.search("/plans", _P.PLANS_SEE, title="随访计划", parent="plans")
    def plans_person(me: Viewer) -> ResponseReturnValue:
        number = asked.written("admission_no", 32)
        with console.db.read() as uow:
            found = looking.preview(uow, number) if number else None
        scope = me.scope(_P.PLANS_SEE)
        if found is not None and not scope.covers(ward=found.ward, department=found.department):
            found = None
        return _page(number=number, found=found, looked=True)

    @console.page("/plans/<name>", _P.PLANS_SEE, title="一个计划", parent="plans")
    def plan(me: Viewer, name: str) -> ResponseReturnValue:
        with console.db.read() as uow:
            known = house_of(console, uow)
            past, kept = content.history(uow, KIND, name), difference.kept(uow, name)
        if name not in known.plans and not past:
            raise NotThere
        return render(
            "plans/one.html", plan=known.plans.get(name), name=name, edition=known.editions.get(name), past=past,
            draft=known.drafts.get(name), filed=name in known.files, care=care, kept=kept,
            titles=titles(console, (known.plans.get(name),)),
        )  # fmt: skip

    def _page(
        number: str = "", found: looking.Calendar | None = None, looked: bool = False
    ) -> ResponseReturnValue:
        wrong, known = "", None
        with console.db.read() as uow:
            try:
                known = house.look(uow, console.settings.data_dir)
            except PlanError as error:
                wrong = str(error)
        ordered = known.ordered if known else []
        return render(
            "plans.html", plans=ordered, wrong=wrong, care=care, titles=titles(console, ordered), number=number,
            found=found, looked=looked, entries=found.entries if found else (), house=known,
            once=token_hex(16),
            fresh=[each for name, each in known.drafts.items() if name not in known.plans] if known else [],
        )  # fmt: skip


def house_of(console: Console, uow: UnitOfWork) -> House:
    """The plans, for a page that cannot do without them."""
    try:
        return house.look(uow, console.settings.data_dir)
    except PlanError as error:
        raise Problem(409, f"计划文件读不出来，请告诉管理员：{error}") from None


def titles(console: Console, plans: "list[Plan] | tuple[Plan | None, ...]") -> dict[str, str]:
    """Of the questionnaires they ask."""
    forms = console.hospital.forms
    return {
        step.questionnaire: form.title
        for plan in plans
        if plan is not None
        for step in plan.steps
        if (form := forms.newest(step.questionnaire)) is not None
    }
