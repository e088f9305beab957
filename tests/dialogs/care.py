"""Discharges before a dialog: a stay that is over, and the step of a plan that asks one questionnaire."""

from datetime import timedelta

from bot.domain.clock import local
from bot.domain.commands import FillSurvey
from bot.domain.survey import Submit, SurveyMoved, SurveyState
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Type
from bot.services.followup import linking
from bot.services.followup.demo import HEAD
from bot.services.followup.importing import import_discharges
from bot.services.hospital import Hospital
from bot.services.sheets import Sheet


def discharge(hospital: Hospital, name: str, number: str, ago: int, form: str, department: str) -> None:
    """Discharged so many days ago; asked from the next day on, due after seven, overdue after ten."""
    context = hospital.acting("system:dialog")
    today = local(hospital.clock.now()).date()
    came, left = (str(today - timedelta(days=days)) for days in (ago + 8, ago))
    stay = f"ZY{form}-{number[-4:]}-{ago}".upper()
    row = (
        stay, name, number, department, "王建国", "入院", "出院", "", "1", came, left, f"{department}一病区", stay, "13900001111",
        "示例市幸福路1号",
    )  # fmt: skip
    plan = {
        "title": form,
        "priority": 1,
        "cohort": {"ways": ["home"]},
        "steps": [
            {
                "name": "first",
                "title": "出院后",
                "earliest": "1d",
                "due": "7d",
                "overdue": "10d",
                "questionnaire": form,
            }
        ],
    }
    imported = import_discharges(hospital.db, context, Sheet(HEAD, ((2, row),)), {f"dialog-{form}": plan})
    if imported.report.added != 1:
        raise AssertionError(f"no discharge: {imported.report}")
    go_on(hospital)


def hand_in(hospital: Hospital, user: str) -> None:
    """The questionnaire that is open, on its page: no to every yes or no."""
    account = hospital.account("wechat", "gh_demo", user)
    with hospital.world(account.id) as world:
        (seen,) = world.surveys()
    told = Filling({item.link_id: (False,) for item in seen.form.walk() if item.type is Type.BOOLEAN})
    done = hospital.execute(FillSurvey("page", seen.scope, Submit(told, seen.revision)), account)
    if not isinstance(done, SurveyMoved) or done.survey.state is not SurveyState.COMPLETED:
        raise AssertionError(f"not handed in: {done}")


def go_on(hospital: Hospital) -> None:
    """The scheduler's tick."""
    context = hospital.acting("system:scheduler")
    hospital.db.run(lambda uow: linking.go_on(uow, context))
