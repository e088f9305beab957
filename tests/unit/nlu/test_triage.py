"""Complaints, the departments they point to, and the one question that tells these apart."""

from datetime import datetime

import pytest

from nlu.lexicon import Lexicon
from nlu.parser import Nlu
from nlu.triage import questions


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("最近老头晕挂什么科", "dizzy"),
        ("查出结节看哪个科", "nodule"),
        ("睡不着觉挂啥科", "sleep"),
        ("拉肚子挂什么科", "child"),
        ("胸口发闷看哪个科", "chest"),
        ("我老婆小肚子疼挂什么科", "pregnant"),
        ("下面不舒服挂什么科", "private"),
        ("牙疼挂什么科", None),
        ("膝盖疼看哪个科", None),
        ("挂明天骨科", None),
        ("孩子拉肚子挂什么科", None),
        ("我怀孕了肚子疼", None),
        ("头晕，觉得房子旋转，挂什么科", None),
        ("我妈咳嗽挂什么科", None),
    ],
)
def test_what_is_worth_asking(nlu: Nlu, now: datetime, said: str, question: str | None) -> None:
    assert nlu.parse(said, now).clarify == question


@pytest.mark.parametrize(
    ("question", "said", "label"),
    [
        ("pregnant", "没有怀孕", "没有怀孕"),
        ("pregnant", "怀孕两个月了", "怀孕了或可能怀孕"),
        ("private", "男的", "男士"),
        ("child", "小孩", "14岁以下的小孩"),
        ("bruise", "没有", "没有"),
        ("dizzy", "今天天气不错", None),
    ],
)
def test_an_answer_in_the_patients_words(question: str, said: str, label: str | None) -> None:
    answer = questions()[question].answered(said)
    assert (answer.label if answer else None) == label


def test_an_answer_leaves_only_departments_the_hospital_has() -> None:
    asked = questions()["dizzy"]
    known = frozenset({"神经内科", "心血管内科"})
    assert asked.narrowed(asked.answers[0], ["神经内科", "心血管内科"], known) == ["神经内科"]
    assert asked.narrowed(asked.answers[2], ["骨科"], frozenset({"骨科"})) == ["骨科"]


def test_what_the_message_answers_comes_first(nlu: Nlu, now: datetime) -> None:
    assert nlu.parse("头晕，觉得房子旋转，挂什么科", now).candidates[0].department == "耳鼻喉科"
    assert len(nlu.parse("头晕，觉得房子旋转，挂什么科", now).candidates) == 3


def test_danger_is_not_asked_about(nlu: Nlu, now: datetime) -> None:
    heard = nlu.parse("胸口闷痛出冷汗，挂什么科", now)
    assert heard.red_flag
    assert heard.clarify is None


def test_an_answer_about_the_person_holds_for_the_next_complaint() -> None:
    known = frozenset(d.name for d in Lexicon.demo().departments)
    asked = questions()
    assert asked["pregnant"].remembered("怀孕了或可能怀孕", ["消化内科"], known) == ["产科", "消化内科"]
    assert asked["pregnant"].remembered("没有怀孕", ["产科", "消化内科"], known) == ["消化内科"]
    assert asked["private"].remembered("男士", ["妇科", "泌尿外科"], known) == ["泌尿外科"]
    assert asked["dizzy"].remembered("觉得房子在转，或者耳鸣", ["骨科"], known) == ["骨科"]
