"""What the linter finds, and a FHIR library does not."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.questionnaires.lint import lint
from tests.unit.questionnaires.sample import sample


def test_the_sample_is_clean() -> None:
    found = lint(sample())
    assert [each for each in found if each.blocks] == []


def at(raw: dict[str, Any], link_id: str, items: list[Any] | None = None) -> dict[str, Any]:
    for item in raw["item"] if items is None else items:
        if item["linkId"] == link_id:
            return item  # type: ignore[no-any-return]
        try:
            return at(raw, link_id, item.get("item", []))
        except KeyError:
            continue
    raise KeyError(link_id)


def changed(link_id: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: at(raw, link_id).update(values)


def when(question: str, operator: str = "=", **answer: Any) -> list[dict[str, Any]]:
    return [{"question": question, "operator": operator, **(answer or {"answerBoolean": True})}]


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (changed("sleep", linkId="how"), "how", "用了 2 次"),
        (changed("sleep", enableWhen=when("nobody")), "item[2].enableWhen[0].question", "没有 linkId"),
        (changed("sleep", enableWhen=when("weight", ">", answerQuantity={"value": 3})), "sleep", "排在它后面"),
        (changed("sleep", enableWhen=when("sleep", "exists")), "sleep", "它自己"),
        (changed("sleep", enableWhen=when("how")), "item[2].enableWhen[0]", "valueCoding"),
        (changed("sleep", enableWhen=when("how", answerCoding={"code": "great"})), "item[2].enableWhen[0]", "没有选项"),
        (
            changed("sleep", enableBehavior="all",
                    enableWhen=when("how", answerCoding={"code": "good"}) + when("how", answerCoding={"code": "bad"})),
            "sleep", "永远不会问到",
        ),
        (
            changed("sleep", enableWhen=when("how", answerCoding={"code": "good"}) + when("how", "exists")),
            "item[2].enableBehavior", "all 还是 any",
        ),
        (changed("how", type="picture"), "item[1].type", "没有这种类型"),
        (changed("how", text=" "), "how", "没有文字"),
        (changed("how", answerOption=[]), "how", "至少要有两个"),
        (changed("words", repeats=True), "words", "多选"),
        (changed("weight", extension=[]), "weight", "没有单位"),
        (changed("hello", required=True), "hello", "不能必答"),
        (changed("more", item=[]), "more", "空的组"),
        (changed("how", readOnly=True), "item[1].readOnly", "不在支持的范围"),
        (lambda raw: raw.update(copyright=""), "copyright", "版权"),
        (lambda raw: raw.update(purpose=""), "purpose", "R24"),
        (lambda raw: raw.update(version=""), "version", "没有写"),
        (lambda raw: raw.update(status="maybe"), "status", "之一"),
        (lambda raw: raw.update(resourceType="Patient"), "resourceType", "不是 Questionnaire"),
        (lambda raw: raw.update(item=[], extension=[]), "item", "没有问题"),
        (lambda raw: raw["extension"][0]["extension"][2].update(valueString="how nobody"), "state", "不是问题"),
        (lambda raw: raw["extension"][0]["extension"][3]["extension"][1].update(valueDecimal=3), "state", "重叠"),
        (lambda raw: raw["extension"][2]["extension"].pop(), "poor", "从几分起"),
        (lambda raw: raw["extension"][1]["extension"][2].update(valueInteger=0), "fever", "几分钟内"),
    ],
)  # fmt: skip
def test_found(change: Callable[[dict[str, Any]], None], where: str, what: str) -> None:
    raw = sample()
    change(raw)
    found = lint(raw)
    assert any(each.where == where and what in each.what and each.blocks for each in found), found


@pytest.mark.parametrize(
    "raw", [{}, {"item": 3}, {"item": [3]}, {"item": [{"linkId": 3}]}, {"item": [{"item": [None]}]}]
)
def test_nonsense_is_a_finding_not_a_crash(raw: dict[str, Any]) -> None:
    assert lint(raw)
