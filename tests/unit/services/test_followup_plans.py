"""The shipped plans can be used, serve every timing of the regulations, and what is wrong in a file is said in one line."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bot.domain.followup import Grade
from bot.pushes.kinds import Kinds
from bot.services.followup.plans import PlanError, load_plans, read_plan

GOOD: dict[str, Any] = {
    "title": "出院后",
    "priority": 1,
    "steps": [
        {
            "name": "a",
            "title": "a",
            "earliest": "3d",
            "due": "5d",
            "overdue": "7d",
            "questionnaire": "discharge-week",
        }
    ],
}


def test_every_shipped_plan_asks_a_form_by_a_push_that_exist() -> None:
    kinds = Kinds.load()
    forms = {entry.name for entry in files("bot.questionnaires").joinpath("forms").iterdir()}
    for name, data in load_plans().items():
        for step in read_plan(name, data).steps:
            assert f"{step.questionnaire}.json" in forms, (name, step.name)
            assert step.kind in kinds


def test_the_first_contact_is_a_senior_doctors(tmp_path: Path) -> None:
    plans = [read_plan(name, data) for name, data in load_plans(tmp_path).items()]
    assert all(plan.steps[0].owner is Grade.SENIOR for plan in plans)  # R39
    assert {plan.steps[0].overdue.days for plan in plans} >= {7, 10, 15, 30}  # R26


def test_a_file_of_the_hospital_replaces_the_houses(tmp_path: Path) -> None:
    (tmp_path / "surgery.yaml").write_text(
        "title: 我院\npriority: 1\nenabled: false\nsteps: " + str(GOOD["steps"])
    )
    assert read_plan("surgery", load_plans(tmp_path)["surgery"]).enabled is False


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": []}, "steps have names"),
        ({"steps": GOOD["steps"] * 2}, "steps have names"),
        ({"colour": "red"}, "unknown colour"),
        ({"priority": "x"}, "plan p: ValueError"),
        ({"cohort": {"age": 3}}, "unknown age"),
        ({"cohort": {"ways": ["walked"]}}, "walked"),
        ({"steps": [GOOD["steps"][0] | {"due": "8d"}]}, "earliest ≤ due ≤ overdue"),
        ({"steps": [GOOD["steps"][0] | {"anchor": "birth"}]}, "birth"),
        ({"steps": [GOOD["steps"][0] | {"colour": "red"}]}, "unknown colour"),
        ({"title": None, "steps": None}, "plan p: TypeError"),
    ],
)
def test_mistakes_are_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanError, match=says):
        read_plan("p", GOOD | change)


@pytest.mark.parametrize("text", ["steps: [", "- a", "7"])
def test_what_is_no_plan_at_all(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(PlanError, match=r"mine\.yaml"):
        load_plans(tmp_path)
