"""The shipped forms: clean, accepted by a FHIR library, answerable to the end, scored as published, dangers raised."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire as FhirQuestionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse as FhirResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.questionnaires import advice, fhir
from bot.questionnaires.catalogue import Catalogue, names
from bot.questionnaires.evaluate import missing, pruned, questions, refusal, upcoming
from bot.questionnaires.lint import lint
from bot.questionnaires.model import ASKED, NUMBERS, Coded, Free, Item, Questionnaire, Type, Value
from bot.questionnaires.response import from_json, to_json
from bot.questionnaires.score import flags, scores

SHIPPED = {
    "barthel", "diabetes", "discharge-week", "epds", "falls", "gad-7", "hypertension", "inpatient", "medicine", "nrs",
    "outpatient", "phq-2", "phq-9", "wound",
}  # fmt: skip
CATALOGUE = Catalogue.load()
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
Given = dict[str, tuple[Value, ...]]


def form(name: str) -> Questionnaire:
    found = CATALOGUE.newest(name)
    assert found is not None
    return found


def raw(name: str) -> Any:
    return json.loads(files("bot.questionnaires").joinpath(f"forms/{name}.json").read_text(encoding="utf-8"))


def test_what_is_promised_is_shipped() -> None:
    assert {names(each)[0] for each in CATALOGUE.forms.values()} == SHIPPED
    assert CATALOGUE.broken == ()


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_the_linter_finds_nothing_at_all(name: str) -> None:
    assert lint(raw(name), advice.load()) == ()


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_fhir_library_takes_it(name: str) -> None:
    told = json.loads(FhirQuestionnaire.model_validate(raw(name)).model_dump_json())
    assert fhir.read(told) == fhir.read(raw(name))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_patient_is_told_why_and_a_nurse_whose_it_is(name: str) -> None:
    assert form(name).purpose.startswith(("了解", "听听"))
    assert form(name).copyright


def answers_of(item: Item) -> st.SearchStrategy[tuple[Value, ...]]:
    one: st.SearchStrategy[Value]
    if item.type is Type.BOOLEAN:
        one = st.booleans()
    elif item.type in NUMBERS:
        low, high = item.low, item.high
        assert isinstance(low, Decimal)
        assert isinstance(high, Decimal)
        places = 0 if item.type is Type.INTEGER else 1
        one = st.decimals(low, high, places=places, allow_nan=False)
    elif item.type is Type.DATE:
        one = st.dates(date(2020, 1, 1), date(2026, 1, 1))
    elif item.options:
        one = st.sampled_from([Coded(option.code) for option in item.options])
    else:
        one = st.just(Free("都挺好"))
    several = st.lists(one, min_size=1, max_size=3 if item.repeats else 1, unique=True).map(tuple)
    return several.filter(lambda each: refusal(item, each) is None)


@pytest.mark.parametrize("name", sorted(SHIPPED))
@given(st.data())
@settings(max_examples=15)
def test_it_can_be_answered_from_the_first_question_to_the_last(name: str, data: st.DataObject) -> None:
    asked, said = form(name), Given()
    order = []
    while (item := upcoming(asked, said)) is not None:
        order.append(item.link_id)
        said[item.link_id] = data.draw(answers_of(item))
        assert len(order) < 100
    reading = [item.link_id for item in asked.walk() if item.link_id in order]
    assert order == reading
    assert missing(asked, said) == ()
    assert [item.link_id for item in questions(asked, said)] == order
    assert all(
        score.sum is not None and (score.label or not score.scale.bands) for score in scores(asked, said)
    )
    told = to_json(asked, said, authored=AT)
    assert from_json(asked, json.loads(FhirResponse.model_validate(told).model_dump_json())) == pruned(
        asked, said
    )


def coded(prefix: str, points: list[int]) -> Given:
    return {f"{prefix}{n}": (Coded(str(point)),) for n, point in enumerate(points, start=1)}


def the_sum(name: str, said: Mapping[str, tuple[Value, ...]]) -> tuple[int, str]:
    [score] = scores(form(name), said)
    assert score.sum is not None
    return int(score.sum), score.label


@pytest.mark.parametrize(
    ("points", "total", "label"),
    [
        ([0] * 9, 0, "没有或极轻"), ([1, 1, 1, 1, 0, 0, 0, 0, 0], 4, "没有或极轻"), ([1] * 5 + [0] * 4, 5, "轻度"),
        ([1] * 9, 9, "轻度"), ([2] * 5 + [0] * 4, 10, "中度"), ([2] * 7 + [0, 0], 14, "中度"), ([3] * 5 + [0] * 4, 15, "中重度"),
        ([2] * 8 + [3], 19, "中重度"), ([3, 3, 3, 3, 3, 3, 2, 0, 0], 20, "重度"), ([3] * 9, 27, "重度"),
    ],
)  # fmt: skip
def test_phq_9_as_published(points: list[int], total: int, label: str) -> None:
    assert the_sum("phq-9", coded("p", points)) == (total, label)


@pytest.mark.parametrize(
    ("points", "label"),
    [([1, 1], "阴性"), ([2, 1], "阳性，建议接着做 PHQ-9"), ([3, 3], "阳性，建议接着做 PHQ-9")],
)
def test_phq_2_is_positive_from_three(points: list[int], label: str) -> None:
    assert the_sum("phq-2", coded("p", points)) == (sum(points), label)


@pytest.mark.parametrize(
    ("points", "total", "label"),
    [
        ([0] * 7, 0, "没有或极轻"), ([1] * 4 + [0] * 3, 4, "没有或极轻"), ([1] * 5 + [0] * 2, 5, "轻度"), ([2] * 5 + [0] * 2, 10, "中度"),
        ([2] * 7, 14, "中度"), ([3] * 5 + [0] * 2, 15, "重度"), ([3] * 7, 21, "重度"),
    ],
)  # fmt: skip
def test_gad_7_as_published(points: list[int], total: int, label: str) -> None:
    assert the_sum("gad-7", coded("g", points)) == (total, label)


FIRST_IS_WELL = (1, 2, 4)
"""Cox 1987: 1, 2 and 4 count 0 to 3 from the first answer down; 3 and 5 to 10 count 3 to 0."""


def by_place(places: list[int]) -> Given:
    epds = form("epds")
    items = [item for item in epds.walk() if item.type in ASKED]
    return {
        item.link_id: (Coded(item.options[place].code),) for item, place in zip(items, places, strict=True)
    }


@given(st.lists(st.integers(0, 3), min_size=10, max_size=10))
def test_epds_counts_its_reversed_items_as_published(places: list[int]) -> None:
    published = sum(place if n in FIRST_IS_WELL else 3 - place for n, place in enumerate(places, start=1))
    total, label = the_sum("epds", by_place(places))
    assert total == published
    assert label == (
        "可能性低" if published < 10 else "可能有产后抑郁" if published < 13 else "很可能有产后抑郁"
    )


def test_epds_of_somebody_well_and_of_somebody_very_ill() -> None:
    assert the_sum("epds", by_place([0, 0, 3, 0, 3, 3, 3, 3, 3, 3]))[0] == 0
    assert the_sum("epds", by_place([3, 3, 0, 3, 0, 0, 0, 0, 0, 0]))[0] == 30


BARTHEL = {
    "feeding": (10, 5, 0), "bathing": (5, 0), "grooming": (5, 0), "dressing": (10, 5, 0), "bowels": (10, 5, 0), "bladder": (10, 5, 0),
    "toilet": (10, 5, 0), "transfer": (15, 10, 5, 0), "walking": (15, 10, 5, 0), "stairs": (10, 5, 0),
}  # fmt: skip
"""Mahoney and Barthel 1965."""


def test_barthel_as_published() -> None:
    asked = form("barthel")
    for link_id, points in BARTHEL.items():
        item = asked.item(link_id)
        assert item is not None
        assert tuple(option.score for option in item.options) == points
    best: Given = {link_id: (Coded(str(points[0])),) for link_id, points in BARTHEL.items()}
    worst: Given = {link_id: (Coded("0"),) for link_id in BARTHEL}
    assert the_sum("barthel", best) == (100, "无需依赖")
    assert the_sum("barthel", {**best, "bathing": (Coded("0"),)}) == (95, "轻度依赖")
    assert the_sum(
        "barthel", {**best, "stairs": (Coded("0"),), "walking": (Coded("0"),), "transfer": (Coded("0"),)}
    ) == (60, "中度依赖")
    assert the_sum("barthel", worst) == (0, "重度依赖")
    assert [rule.name for rule in flags(asked, worst)] == ["dependent"]
    assert flags(asked, best) == ()


def raised(name: str, **said: Value) -> dict[str, str]:
    return {
        rule.name: rule.level
        for rule in flags(form(name), {key.replace("_", "-"): (value,) for key, value in said.items()})
    }


@pytest.mark.parametrize("point", ["1", "2", "3"])
def test_thoughts_of_death_are_urgent_whatever_the_sum(point: str) -> None:
    """PHQ-9 item 9 and EPDS item 10, any answer above 0, alone and at once."""
    assert raised("phq-9", p9=Coded(point)) == {"phq9-item9": "urgent"}
    assert raised("epds", e10=Coded(point)) == {"epds-item10": "urgent"}
    assert raised("phq-9", p9=Coded("0")) == {}
    assert raised("epds", e10=Coded("0")) == {}


@pytest.mark.parametrize(
    ("name", "said", "rule", "level"),
    [
        ("discharge-week", {"signs": Coded("chest")}, "chest", "urgent"),
        ("discharge-week", {"signs": Coded("breath")}, "breath", "urgent"),
        ("discharge-week", {"signs": Coded("fever"), "degrees": Decimal(39)}, "high-fever", "urgent"),
        ("discharge-week", {"signs": Coded("fever"), "degrees": Decimal("38.0")}, "fever", "soon"),
        ("discharge-week", {"mood": Coded("bad"), "harm": True}, "suicide", "urgent"),
        ("wound", {"wound": Coded("pus")}, "pus", "urgent"),
        ("wound", {"wound": Coded("bleeding"), "unstopped": True}, "unstopped", "urgent"),
        ("wound", {"leg": True}, "leg", "urgent"),
        ("medicine", {"taking": Coded("yes"), "allergy": True}, "allergy", "urgent"),
        ("hypertension", {"measured": True, "systolic": Decimal(180)}, "high", "urgent"),
        ("hypertension", {"measured": True, "diastolic": Decimal(110)}, "high", "urgent"),
        ("hypertension", {"measured": True, "systolic": Decimal(89)}, "low", "urgent"),
        ("hypertension", {"signs": Coded("stroke")}, "stroke", "urgent"),
        ("diabetes", {"measured": True, "fasting": Decimal("3.8")}, "low-sugar", "urgent"),
        ("diabetes", {"measured": True, "after": Decimal("16.7")}, "high-sugar", "urgent"),
        ("nrs", {"now": Decimal(7)}, "severe", "urgent"),
        ("falls", {"fallen": True, "head": True}, "head", "urgent"),
        ("gad-7", {}, "", ""),
        ("inpatient", {"nurse": Coded("1")}, "unhappy", "soon"),
        ("outpatient", {"gift": True}, "integrity", "soon"),
    ],
)  # fmt: skip
def test_danger_is_seen_at_the_answer_that_tells_it(
    name: str, said: dict[str, Value], rule: str, level: str
) -> None:
    found = raised(name, **said)
    assert found == {} if not rule else found.get(rule) == level


@pytest.mark.parametrize("name", ["hypertension", "diabetes"])
def test_good_values_raise_nothing(name: str) -> None:
    well = {
        "systolic": Decimal(128),
        "diastolic": Decimal(80),
        "fasting": Decimal("6.1"),
        "after": Decimal("8.2"),
    }
    asked = form(name)
    assert raised(name, measured=True, **{key: value for key, value in well.items() if asked.item(key)}) == {}


def test_satisfaction_tells_of_every_dimension() -> None:
    """R25: 环境、人员、疗效、收费医保、流程、饮食、廉洁"""
    dimensions = {item.dimension for item in form("inpatient").walk()}
    assert dimensions >= {"环境", "人员", "疗效", "收费医保", "流程", "饮食", "廉洁"}
    asked = {item.dimension for each in CATALOGUE.forms.values() for item in each.walk()}
    assert asked >= {"康复", "用药", "饮食", "锻炼", "自我保健", "医嘱执行", "心理", "生活质量"}
