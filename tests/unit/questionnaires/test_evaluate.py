"""Which question comes next, what an answer may be, what they add up to, and what is stored of them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.questionnaires import fhir
from bot.questionnaires.evaluate import enabled, missing, progress, pruned, questions, refusal, upcoming
from bot.questionnaires.model import ASKED, Answers, Coded, Free, Item, Type, Value
from bot.questionnaires.response import WrongQuestionnaire, from_json, to_json
from bot.questionnaires.score import flags, scores
from bot.questionnaires.values import BadQuestionnaire
from tests.unit.questionnaires.sample import sample

Q = fhir.read(sample())
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WELL: dict[str, tuple[Value, ...]] = {"how": (Coded("good"),), "sleep": (Coded("fair"),), "fever": (False,)}


def ids(items: tuple[Item, ...]) -> list[str]:
    return [item.link_id for item in items]


def next_of(answers: Answers, *skipped: str) -> str:
    item = upcoming(Q, answers, frozenset(skipped))
    return item.link_id if item else ""


def test_one_question_at_a_time_in_order() -> None:
    assert next_of({}) == "how"
    assert next_of({"how": (Coded("good"),)}) == "sleep"
    assert next_of({"how": (Coded("good"),)}, "sleep") == "fever"
    assert next_of(WELL) == "signs"
    assert next_of(WELL, "signs", "weight", "where") == ""


def test_what_is_required_cannot_be_skipped() -> None:
    assert next_of({}, "how") == "how"
    assert ids(missing(Q, {"sleep": (Coded("bad"),)})) == ["how", "fever"]


def test_an_answer_opens_and_closes_questions() -> None:
    hot = {**WELL, "fever": (True,)}
    assert "degrees" in ids(questions(Q, hot))
    assert next_of(hot) == "degrees"
    assert "more" not in ids(enabled(Q, hot))
    hotter: Answers = {**hot, "degrees": (Decimal("38.6"),)}
    assert ids(enabled(Q, hotter))[-5:-1] == ["since", "words", "steps", "weight"]


def test_a_correction_closes_what_hung_on_it() -> None:
    """「没发烧，说错了」: the degrees are no answer any more, and neither is what they had opened."""
    said: Answers = {**WELL, "fever": (False,), "degrees": (Decimal("39.5"),), "steps": (Decimal(10),)}
    assert set(pruned(Q, said)) == {"how", "sleep", "fever"}
    assert flags(Q, said) == ()


def test_progress_counts_what_is_open() -> None:
    assert progress(Q, {}, "how") == (1, 6)
    assert progress(Q, {**WELL, "fever": (True,)}, "degrees") == (4, 7)


@pytest.mark.parametrize(
    ("link_id", "given_", "why"),
    [
        ("how", (Coded("good"),), None),
        ("how", (Coded("great"),), "option"),
        ("how", (Free("好着呢"),), "kind"),
        ("how", (Coded("good"), Coded("bad")), "many"),
        ("how", (), "empty"),
        ("fever", (True,), None),
        ("fever", (Decimal(1),), "kind"),
        ("degrees", (Decimal("38.2"),), None),
        ("degrees", (Decimal(382),), "high"),
        ("degrees", (Decimal(3),), "low"),
        ("degrees", (Decimal("NaN"),), "kind"),
        ("signs", (Coded("red"), Coded("pus")), None),
        ("signs", (Coded("none"), Coded("pus")), "exclusive"),
        ("signs", (Coded("red"), Coded("red")), "twice"),
        ("steps", (Decimal("1.5"),), "whole"),
        ("since", (date(2026, 11, 1),), None),
        ("since", (date(1026, 11, 1),), "low"),
        ("words", (Free("很好" * 30),), "long"),
        ("words", (Free("  "),), "empty"),
        ("where", (Free("女儿家"),), None),
        ("weight", (Decimal(65),), None),
        ("weight", (date(2026, 1, 1),), "kind"),
    ],
)
def test_an_answer_stands_or_falls(link_id: str, given_: tuple[Value, ...], why: str | None) -> None:
    item = Q.item(link_id)
    assert item is not None
    found = refusal(item, given_)
    assert (found.why if found else None) == why


def test_a_scale_without_one_of_its_answers_has_no_sum() -> None:
    [half] = scores(Q, {"how": (Coded("bad"),)})
    assert half.sum is None
    [whole] = scores(Q, {"how": (Coded("bad"),), "sleep": (Coded("fair"),)})
    assert (whole.sum, whole.label) == (Decimal(3), "差")


def test_red_flags_are_raised_as_soon_as_they_hold() -> None:
    assert [rule.name for rule in flags(Q, {"fever": (True,), "degrees": (Decimal(39),)})] == ["fever"]
    assert [rule.name for rule in flags(Q, {"how": (Coded("bad"),), "sleep": (Coded("bad"),)})] == ["poor"]
    assert flags(Q, WELL) == ()


def test_a_response_tells_by_which_version_it_was_given() -> None:
    told = to_json(Q, WELL, authored=AT)
    assert told["questionnaire"] == "https://suizhen.example/fhir/Questionnaire/sample|1.0"
    assert told["status"] == "completed"
    assert to_json(Q, {}, authored=AT)["status"] == "in-progress"
    with pytest.raises(WrongQuestionnaire):
        from_json(Q, {**told, "questionnaire": f"{Q.url}|0.9"})
    with pytest.raises(BadQuestionnaire):
        from_json(Q, {**told, "item": [{"linkId": "nobody", "answer": [{"valueBoolean": True}]}]})


def test_what_stands_below_a_question_is_told_below_its_answer() -> None:
    told = to_json(Q, {**WELL, "fever": (True,), "degrees": (Decimal("38.2"),)}, authored=AT)
    [fever] = [item for item in told["item"] if item["linkId"] == "fever"]
    assert fever["answer"][0]["item"][0]["answer"] == [{"valueDecimal": 38.2}]


def test_what_stands_below_a_question_waits_for_its_answer() -> None:
    raw = sample()
    del raw["item"][3]["item"][0]["enableWhen"]
    asked = fhir.read(raw)
    assert "degrees" not in ids(questions(asked, {"degrees": (Decimal(38),)}))
    assert "degrees" in ids(questions(asked, {"fever": (False,)}))


def test_another_unit_is_refused() -> None:
    """65 斤 are not 65 公斤."""
    told = to_json(Q, {"weight": (Decimal(65),)}, authored=AT)
    assert from_json(Q, told) == {"weight": (Decimal(65),)}
    told["item"][0]["answer"][0]["valueQuantity"]["unit"] = "斤"
    with pytest.raises(BadQuestionnaire, match="单位"):
        from_json(Q, told)


def test_a_prefilled_option_is_no_answer() -> None:
    raw = sample()
    raw["item"][1]["answerOption"][0]["initialSelected"] = True
    asked = fhir.read(raw)
    assert asked.items[1].initial == (Coded("good"),)
    assert upcoming(asked, {}) == asked.items[1]


def test_a_red_flag_can_wait_for_a_low_sum() -> None:
    raw = sample()
    raw["extension"][2]["extension"][-1] = {"url": "atMost", "valueDecimal": 0}
    asked = fhir.read(raw)
    assert [rule.name for rule in flags(asked, {**WELL, "sleep": (Coded("good"),)})] == ["poor"]
    assert flags(asked, WELL) == ()


def test_the_codes_system_comes_back_in_the_response() -> None:
    raw = sample()
    raw["item"][1]["answerOption"][0]["valueCoding"]["system"] = "http://loinc.org"
    told = to_json(fhir.read(raw), WELL, authored=AT)
    assert told["item"][0]["answer"][0]["valueCoding"] == {
        "code": "good",
        "display": "好",
        "system": "http://loinc.org",
    }


def values(item: Item) -> st.SearchStrategy[tuple[Value, ...]]:
    one: st.SearchStrategy[Value]
    match item.type:
        case Type.BOOLEAN:
            one = st.booleans()
        case Type.DECIMAL | Type.QUANTITY:
            one = st.integers(350, 430).map(lambda n: Decimal(n) / 10)
        case Type.INTEGER:
            one = st.integers(0, 9999).map(Decimal)
        case Type.DATE:
            one = st.dates(date(1950, 1, 1), date(2030, 1, 1))
        case Type.TEXT:
            one = st.text(min_size=1, max_size=50).map(Free)
        case _:
            one = st.sampled_from([Coded(option.code) for option in item.options])
    if item.type is Type.OPEN_CHOICE:
        one = st.one_of(one, st.text(min_size=1, max_size=50).map(Free))
    return st.lists(one, min_size=0, max_size=2 if item.repeats else 1, unique=True).map(tuple)


@given(st.fixed_dictionaries({item.link_id: values(item) for item in Q.walk() if item.type in ASKED}))
def test_what_is_stored_is_what_was_answered(answers: dict[str, tuple[Value, ...]]) -> None:
    live = pruned(Q, answers)
    assert from_json(Q, to_json(Q, answers, authored=AT)) == live
    assert pruned(Q, live) == live
    assert scores(Q, live) == scores(Q, answers)
