"""计划: what the plan files say today, and one discharge's calendar by its 住院号."""

from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.followup import looking
from bot.services.followup.plans import FOLDER, PlanError, load_plans, read_plan
from bot.web.console import asked, care
from bot.web.console.console import Console
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

    def _page(
        number: str = "", found: looking.Calendar | None = None, looked: bool = False
    ) -> ResponseReturnValue:
        wrong = ""
        try:
            files = load_plans(console.settings.data_dir / FOLDER)
            known = [read_plan(name, data) for name, data in files.items()]
        except PlanError as error:
            known, wrong = [], str(error)
        known.sort(key=lambda plan: (not plan.enabled, plan.priority, plan.name))
        titles = {
            step.questionnaire: form.title
            for plan in known
            for step in plan.steps
            if (form := console.hospital.forms.newest(step.questionnaire)) is not None
        }
        return render(
            "plans.html", plans=known, wrong=wrong, care=care, titles=titles, number=number, found=found, looked=looked,
            entries=found.entries if found else (),
        )  # fmt: skip
