"""The editable answers: well formed, found by patients' words, silent where they do not know."""

import pytest

from handlers.faq import best, entries
from handlers.texts.small import faq_fill


def test_there_are_enough_and_no_two_of_one_name() -> None:
    names = [entry.id for entry in entries()]
    assert len(names) >= 25
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("能用医保吗", "医保"),
        ("外地的医保能报销不", "异地医保"),
        ("停车场在哪", "停车"),
        ("你们几点上班呀", "上班时间"),
        ("报告什么时候能拿", "取报告"),
        ("怎么取化验单", "取报告"),
        ("退号以后钱退到哪", "退费"),
        ("看病要带什么东西", "带什么"),
        ("抽血前能吃饭吗", "空腹"),
        ("怎么去你们医院", "地址"),
        ("借轮椅要钱吗", "轮椅"),
        ("被狗咬了打狂犬疫苗在哪", "疫苗"),
        ("孩子没有身份证怎么办", "小孩证件"),
        ("你是机器人吗", "你是谁"),
    ],
)
def test_patients_words_find_the_answer(said: str, topic: str) -> None:
    found = best(said)
    assert found is not None
    assert found.id == topic


def test_what_is_not_known_is_not_answered() -> None:
    assert best("食堂的包子什么馅") is None


def test_answers_fit_a_phone_and_have_no_holes() -> None:
    for entry in entries():
        text = faq_fill(entry.answer, "示例市人民医院", "0100-12345678")
        assert 15 <= len(text) <= 160, entry.id
        assert "{" not in text, entry.id
