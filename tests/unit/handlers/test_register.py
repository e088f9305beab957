"""Consent is never guessed; what one sentence tells is taken."""

import pytest

from bot.dialog.frame import Known, Wrong
from handlers import register, registering, registering_heard
from tests.unit.handlers.tiny import Tiny, person, said


@pytest.mark.parametrize("text", ["同意", "我同意", "好的", "可以", "行吧", "好的同意", "嗯", "是的"])
def test_yes(text: str) -> None:
    assert registering_heard.consent(said(text), Tiny(), {}) == Known("yes")


@pytest.mark.parametrize("text", ["不同意", "我不同意", "不", "不行", "拒绝", "我不登记"])
def test_no(text: str) -> None:
    assert registering_heard.consent(said(text), Tiny(), {}) == Known("no")


@pytest.mark.parametrize(
    "text", ["你好", "为什么要登记，行不行啊", "可以先问个事吗", "明天上午", "是什么意思"]
)
def test_neither(text: str) -> None:
    assert registering_heard.consent(said(text), Tiny(), {}) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王芳", "王芳"),
        ("我叫王芳", "王芳"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("䶮𠮷", "䶮𠮷"),
        ("John Smith", "John Smith"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert registering_heard.bare_name(said(text), Tiny(), {}) == Known(name)


@pytest.mark.parametrize("text", ["王", "12345", "王芳！@#", "一" * 21])
def test_what_is_no_name(text: str) -> None:
    assert isinstance(registering_heard.bare_name(said(text), Tiny(), {}), Wrong)


def test_managing_is_not_registering() -> None:
    assert registering_heard.manages(said("我要换手机号"), Tiny(), {}) == Known(True)
    assert registering_heard.manages(said("添加就诊人"), Tiny(), {}) is None


def test_a_child_needs_a_guardian_and_an_adult_does_not() -> None:
    values = {"consent": "yes", "id_number": "110101201905202175"}
    assert registering.asks_guardian(Tiny(), values)
    assert not registering.asks_guardian(Tiny(), values | {"id_number": "110101198503121220"})


def test_at_most_five() -> None:
    full = Tiny(people=[person(str(n), "王*") for n in range(5)])
    assert not registering.proceeds(full, {})
    assert "5位" in register.Register().said(None, full, {}).reply.text
    assert register.Register().said(None, full, {}).abandon


def test_without_consent_nothing_is_asked_and_the_opener_ends() -> None:
    ended = register.Register().said(None, Tiny(agreed=False), {"consent": "no"})
    assert ended.abandon
    assert "窗口" in ended.reply.text


def test_the_read_back_is_masked() -> None:
    values = {
        "consent": "yes",
        "relation": "self",
        "name": "王芳",
        "id_number": "110101198503121220",
        "phone": "13800138000",
    }
    text = register._read_back(Tiny(), values).text
    assert "王*" in text
    assert "138****8000" in text
    assert "王芳" not in text
    assert "198503121220" not in text
