"""Discharges before a dialog: a stay that is over, and the step of a plan that asks one questionnaire."""

from datetime import timedelta

from bot.domain.clock import local
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
        stay, name, number, department, "王建国", "出院", "", "1", came, left, f"{department}一病区", stay, "13900001111",
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


def go_on(hospital: Hospital) -> None:
    """The scheduler's tick."""
    context = hospital.acting("system:scheduler")
    hospital.db.run(lambda uow: linking.go_on(uow, context))
