"""A folder of forms with one fault each: a FHIR library accepts every one in silence, the linter refuses every one."""

import json
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire as FhirQuestionnaire

from bot.questionnaires.lint import lint

FOLDER = Path(__file__).with_name("broken")
SOUND = "sound"
FAULTS = {
    "bad-type": "没有这种类型：number",
    "choice-without-options": "至少要有两个选项",
    "condition-of-another-type": "要是 valueBoolean",
    "condition-on-itself": "条件看的是它自己",
    "condition-on-later": "排在它后面",
    "dangling-condition": "没有 linkId 是 nobody",
    "duplicate-link-id": "linkId 用了 2 次",
    "duplicate-option": "选项的 code 重复",
    "empty-group": "空的组",
    "initial-out-of-range": "预填的答案自己都通不过",
    "minimum-above-maximum": "最小值比最大值大",
    "missing-copyright": "没有写版权和许可",
    "missing-purpose": "没有写为什么问",
    "missing-version": "没有写",
    "modifier-extension": "modifierExtension 不能忽略",
    "no-questions": "没有问题",
    "no-text": "没有文字",
    "options-under-a-number": "valueCoding",
    "two-conditions-no-behavior": "all 还是 any",
    "unknown-option": "没有选项 great",
    "unreachable": "永远不会问到",
    "unsupported-type": "没有这种类型：attachment",
}


def form(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_every_form_of_the_folder_is_looked_at() -> None:
    assert {each.stem for each in FOLDER.iterdir()} == {*FAULTS, SOUND}


def test_without_its_fault_the_form_is_sound() -> None:
    assert not [each for each in lint(form(SOUND)) if each.blocks]


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_only_the_linter_finds_it(name: str) -> None:
    FhirQuestionnaire.model_validate(form(name))
    assert any(FAULTS[name] in each.what for each in lint(form(name)) if each.blocks)
