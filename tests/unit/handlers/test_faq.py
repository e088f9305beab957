"""The editable answers: well formed, found by patients' words, silent where they do not know."""

import logging
import os
from pathlib import Path

import pytest

from bot.domain.faq import filled
from handlers.faq_book import FaqBook, FaqError, parse, shipped


def test_there_are_enough_and_no_two_of_one_name() -> None:
    names = [entry.id for entry in shipped()]
    assert len(names) >= 25
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("能用医保吗", "医保"),
        ("外地的医保能报销不", "异地医保"),
        ("停车场在哪", "停车"),
        ("停车多少钱", "停车"),
        ("体检要多少钱", "体检"),
        ("专家号多少钱", "挂号费"),
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
    found = FaqBook().best(said)
    assert found is not None
    assert found.id == topic


def test_what_is_not_known_is_not_answered() -> None:
    assert FaqBook().best("食堂的包子什么馅") is None


def test_answers_fit_a_phone_and_have_no_holes() -> None:
    for entry in shipped():
        text = filled(entry.answer, "示例市人民医院", "0100-12345678")
        assert 15 <= len(text) <= 160, entry.id
        assert "{" not in text, entry.id


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))  # a clock of coarse grain may not have moved


def test_the_hospitals_own_answers_come_first_and_take_effect_at_once(tmp_path: Path) -> None:
    own = tmp_path / "faq.yaml"
    book = FaqBook(own)
    shipped_answer = book.best("停车场在哪")
    assert shipped_answer and "南门" in shipped_answer.answer
    _write(
        own,
        "- id: 停车\n  words: [停车]\n  answer: 请停在对面的立体车库。\n- id: 食堂\n  words: [食堂]\n  answer: 食堂在地下一层。\n",
    )
    for said, answer in (("停车场在哪", "立体车库"), ("食堂在哪", "地下一层"), ("能用医保吗", "医保")):
        found = book.best(said)
        assert found and answer in found.answer
    own.unlink()
    assert book.best("停车场在哪") == shipped_answer
    assert book.best("食堂几点开") is None


def test_an_answer_can_be_withdrawn(tmp_path: Path) -> None:
    own = tmp_path / "faq.yaml"
    own.write_text("- id: 轮椅\n  words: []\n", encoding="utf-8")
    assert FaqBook(own).best("借轮椅要钱吗") is None


def test_a_broken_file_is_refused_and_the_old_answers_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = tmp_path / "faq.yaml"
    _write(own, "- id: 食堂\n  words: [食堂]\n  answer: 食堂在地下一层。\n")
    book = FaqBook(own)
    assert book.best("食堂在哪")
    with caplog.at_level(logging.ERROR):
        _write(own, "- id: 食堂\n  words: [食堂\n")
        found = book.best("食堂在哪")
        book.best("食堂在哪")
    assert found and "地下一层" in found.answer
    assert [r.getMessage().startswith("faq.refused") for r in caplog.records] == [True]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("食堂", "expected a list"),
        ("- words: [a]", "id is missing"),
        ("- {id: a, words: 停车, answer: b}", "words is a list"),
        ("- {id: a, words: [停车]}", "answer is a text"),
        ("- {id: a, words: [停车], answer: b, colour: c}", "unknown colour"),
        ("- {id: a, words: [x], answer: b}\n- {id: a, words: [y], answer: b}", "id used twice"),
        ("- {id: [", "not YAML"),
    ],
)
def test_what_is_wrong_is_said(text: str, error: str) -> None:
    with pytest.raises(FaqError, match=error):
        parse(text)
