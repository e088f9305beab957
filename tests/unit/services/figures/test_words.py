"""What stands in the register's cells, masked and in short Chinese."""

from decimal import Decimal

import pytest

from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Coded, Free
from bot.services.figures.people import mask_address, mask_words
from bot.services.figures.words import opinions, recovery

FORMS = Catalogue.load()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("示例市幸福区和平路1号", "示例市****"), ("江苏省南京市鼓楼区1号", "江苏省****"), ("幸福路1号", "幸福****"),
        ("北京市", "北京****"), ("", ""),
    ],
)  # fmt: skip
def test_of_an_address_the_town(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我是王小明，电话 13800000001", "我是王*明，电话 138****"), ("打0100-12345678找我", "打010****找我"),
        ("138 0000 0001", "138****"), ("11010119900307109X", "110****"), ("血压130，38.2度，2026-11-20", "血压130，38.2度，2026-11-20"),
    ],
)  # fmt: skip
def test_of_words_neither_the_name_nor_numbers(text: str, shown: str) -> None:
    assert mask_words(text, "王小明") == shown


def test_a_week_after() -> None:
    form = FORMS.newest("discharge-week")
    assert form is not None
    filling = Filling(
        {
            "recovery": (Coded("fair"),),
            "signs": (Coded("none"),),
            "medicine": (Coded("missed"),),
            "side": (False,),
            "pain": (Decimal(3),),  # closed by a correction: it was not asked in the end
            "words": (Free("谢谢"),),
        }
    )
    assert recovery(form, filling) == "康复：一般；症状：都没有；用药：有时漏掉，吃药以后有没有不舒服：否"
    assert opinions(form, filling) == ("谢谢",)


def test_sums_instead_of_their_questions() -> None:
    form = FORMS.newest("phq-2")
    assert form is not None
    answers = {item.link_id: (Coded(item.options[1].code),) for item in form.walk() if item.options}
    assert recovery(form, Filling(answers)).startswith("PHQ-2 总分 2")


def test_satisfaction_is_no_recovery() -> None:
    form = FORMS.newest("inpatient")
    assert form is not None
    item = form.item("doctor")
    assert item is not None
    filling = Filling({"doctor": (Coded(item.options[0].code),), "words": (Free("饭凉"),)})
    assert (recovery(form, filling), opinions(form, filling)) == ("", ("饭凉",))
