"""Every refusal has its sentence, and every type of question an example that is understood."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.survey import SurveyState
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import CHOICES, Item, Questionnaire, Type
from bot.questionnaires.words import understand
from handlers.texts import answers, questionnaire
from tests.unit.handlers.asked import FORMS, coded, item, seen

WHYS = {
    "kind": None, "option": None, "low": Decimal(34), "high": Decimal(43), "whole": None, "long": 200, "empty": None,
    "many": None, "twice": None, "exclusive": None, "required": None, "number": 3,
}  # fmt: skip
PAIN, DEGREES, WORDS = (item("discharge-week", name) for name in ("pain", "degrees", "words"))


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    told = [answers.refused(DEGREES, why, limit) for why, limit in WHYS.items()]
    assert len(set(told)) == len(WHYS) and all(sentence.endswith(("。", "：")) for sentence in told)
    assert not any("None" in sentence or "Decimal" in sentence for sentence in told)


def test_limits_are_said_with_their_unit() -> None:
    assert "43度" in answers.refused(DEGREES, "high", Decimal("43"))
    assert "10分" in answers.refused(PAIN, "high", Decimal("10"))
    born = Item("d", Type.DATE, "哪天？", low=date(2026, 1, 2))
    assert "2026年1月2日" in answers.refused(born, "low", date(2026, 1, 2))


@pytest.mark.parametrize("form", FORMS.forms.values(), ids=lambda form: form.name)
def test_examples_of_numbers_can_stand(form: Questionnaire) -> None:
    for each in form.walk():
        if each.type in (Type.INTEGER, Type.DECIMAL, Type.QUANTITY):
            number = answers.example(each).rpartition(" ")[2]
            assert type(understand(each, number)).__name__ == "Understood", (each.link_id, number)


@pytest.mark.parametrize("form", FORMS.forms.values(), ids=lambda form: form.name)
def test_the_opening_says_who_why_and_that_it_is_agreed_to(form: Questionnaire) -> None:
    told = questionnaire.opening(seen(form.url.rpartition("/")[2]), "示例市人民医院", 10)
    assert "示例市人民医院" in told and "王*明" in told and form.purpose in told and "同意" in told
    family = questionnaire.opening(seen(form.url.rpartition("/")[2], own=False), "示例市人民医院", 10)
    assert "您家人王*明" in family


@pytest.mark.parametrize("form", FORMS.forms.values(), ids=lambda form: form.name)
def test_every_answer_can_be_read_back(form: Questionnaire) -> None:
    for each in form.walk():
        if each.type in CHOICES:
            codes = coded(*(option.code for option in each.options))
            assert answers.spoken(each, codes) == "、".join(option.display for option in each.options)


def test_yes_and_no_fit_their_question() -> None:
    assert answers.yes_and_no(item("wound", "leg")) == ("有", "没有")
    assert answers.yes_and_no(item("falls", "fallen")) == ("有", "没有")
    assert answers.yes_and_no(item("inpatient", "insured")) == ("是", "不是")


def test_the_read_back_counts_as_the_patient_does() -> None:
    given = Filling({"recovery": coded("fair"), "signs": coded("fever"), "degrees": (Decimal("38.20"),)})
    told = questionnaire.answers(seen("discharge-week", given))
    assert "1. 总的来说，出院后恢复得怎么样：一般" in told and "3. 最高烧到多少度：38.2度" in told
    assert questionnaire.answers(seen("discharge-week")) == "您还没有答过题。"


def test_every_way_it_is_closed_is_told() -> None:
    whys = ("completed", "stopped", "expired", "readmitted", "stale", "unknown", "deceased")
    told = {why: questionnaire.closed(why, "0100-12345678") for why in whys}
    assert told["unknown"] == told["deceased"] == questionnaire.GONE  # nobody is told of a death by a bot
    assert len(set(told.values())) == 6


@pytest.mark.parametrize("count", range(1, 40))
def test_how_long_it_takes_is_said_in_words(count: int) -> None:
    told = questionnaire.opening(seen(state=SurveyState.OFFERED), "医院", count)
    assert "分钟" in told and "零" not in told and "二" not in told
