"""What the linter finds, and a FHIR library does not."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.questionnaires.lint import lint
from bot.questionnaires.values import HL7
from tests.unit.questionnaires.sample import option, sample


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
        (changed("sleep", enableWhen=when("how", ">", answerCoding={"code": "good"})), "item[2].enableWhen[0]", "不能比大小"),
        (changed("degrees", enableWhen=when("fever", answerBoolean=False) + when("fever", "exists"), enableBehavior="all",
                 item=[{"linkId": "then", "type": "string", "text": "吃药了吗？", "enableWhen": when("fever")}]),
         "then", "永远不会问到"),
        (changed("signs", enableWhen=when("degrees", ">", answerDecimal=43)), "signs", "永远不会问到"),
        (changed("signs", enableWhen=when("degrees", "exists") + when("fever", answerBoolean=False), enableBehavior="all"),
         "signs", "永远不会问到"),
        (changed("weight", enableWhen=when("signs", answerCoding={"code": "red"})
                 + when("signs", answerCoding={"code": "none"}), enableBehavior="all"), "weight", "永远不会问到"),
        (changed("signs", item=[{"linkId": "x", "type": "string", "text": "哪里？"}]), "signs", "多选题下面"),
        (changed("how", initial=[{"valueCoding": {"code": "good"}}]), "item[1].initial", "initialSelected"),
        (changed("steps", initial=[{"valueInteger": 2}, {"valueInteger": 3}]), "steps", "预填"),
        (changed("degrees", initial=[{"valueDecimal": 50}]), "degrees", "预填"),
        (changed("how", required="yes"), "item[1].required", "true 或 false"),
        (changed("how", maxLength=3), "how", "maxLength"),
        (changed("where", linkId="where is it"), "where is it", "空格"),
        (changed("how", modifierExtension=[{"url": "x"}]), "item[1].modifierExtension", "不能忽略"),
        (changed("where", extension=[{"url": f"{HL7}questionnaire-hidden", "valueBoolean": True}]),
         "item[7].extension", "不会起作用"),
        (lambda raw: raw["extension"][1]["extension"][5]["extension"][2].update(valueDecimal=44), "fever", "不会成立"),
        (lambda raw: raw["extension"][0]["extension"].pop(), "state", "没有盖住 2 分"),
        (lambda raw: raw["extension"][2]["extension"][0].update(valueString="fever"), "fever", "用了几次"),
        (changed("how", type="picture"), "item[1].type", "没有这种类型"),
        (changed("how", text=" "), "how", "没有文字"),
        (changed("how", answerOption=[]), "how", "至少要有两个"),
        (changed("words", repeats=True), "words", "多选"),
        (changed("weight", extension=[]), "weight", "没有单位"),
        (changed("where", answerOption=[option("a", "好"), option("b", "不好", words="好 差")]), "where", "别的选项的文字"),
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
        (lambda raw: raw["extension"][1]["extension"][3].update(valueInteger=0), "fever", "几分钟内"),
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


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (changed("how", text="长" * 101), "how"),
        (changed("how", extension=[{"url": "https://other.example/x"}]), "item[1].extension"),
        (lambda raw: raw.update(name="小问卷"), "name"),
    ],
)
def test_pointed_out_but_not_refused(change: Callable[[dict[str, Any]], None], where: str) -> None:
    raw = sample()
    change(raw)
    assert [each for each in lint(raw) if each.blocks] == []
    assert where in {each.where for each in lint(raw)}


def test_two_choices_of_a_repeating_question_may_be_wanted_at_once() -> None:
    raw = sample()
    both = when("signs", answerCoding={"code": "red"}) + when("signs", answerCoding={"code": "pus"})
    at(raw, "weight").update(enableWhen=both, enableBehavior="all")
    assert not any(each.where == "weight" and each.blocks for each in lint(raw))


def test_advice_has_to_be_an_approved_text() -> None:
    assert any(each.where == "poor" for each in lint(sample(), advice={"come_in"}))
    assert not any(each.where in ("poor", "fever") for each in lint(sample(), advice={"come_in", "call"}))


@pytest.mark.parametrize(("says", "found"), [("complaint", True), ("integrity", True), ("emergency", False)])
def test_a_complaint_is_no_urgent_red_flag(says: str, found: bool) -> None:
    """It becomes a ticket; whoever wrote 紧急 is told so."""
    raw = sample()
    rule = next(each for each in raw["extension"] if each["url"].endswith("/red-flag"))
    part = next(each for each in rule["extension"] if each["url"] == "advice")
    part["valueString"] = says
    assert any("只生成工单" in finding.what for finding in lint(raw)) is found
