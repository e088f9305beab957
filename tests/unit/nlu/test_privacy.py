"""Wishes about one's own data are heard by plain words; everything that only sounds like one stays what it was."""

from datetime import datetime
from pathlib import Path

import pytest

from nlu import corpus
from nlu import data as nlu_data
from nlu.lexicon import Lexicon
from nlu.parser import Nlu

DATA = Path(nlu_data.__file__).parent
NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@pytest.fixture(scope="module")
def nlu() -> Nlu:
    return Nlu(Lexicon.demo())


@pytest.mark.parametrize(
    "text",
    [
        "你们存了我什么", "你们收集了我哪些信息", "系统里有我什么资料", "我的信息", "我要一份我的信息", "把我的资料导出来一份", "撤回同意",
        "我要收回之前的授权", "别再用我的信息了", "不许收集我的个人信息", "删掉我的信息", "请把我的信息都删除", "注销账号", "我要注销",
        "把我妈的信息删掉", "存我啥了", "你们那儿都有我些什么资料呀", "我嘅资料你哋有啲咩", "手里有我多少东西", "查一下我的信息",
        "把我删了", "删我", "帮我销个户", "删除我的聊天记录", "别存我信息", "不准再用我的身份证", "我反悔了，不同意了",
        "别删了", "算了不删了", "我的信息不要删",
    ],
)  # fmt: skip
def test_it_is_heard(nlu: Nlu, text: str) -> None:
    heard = nlu.parse(text, NOW)
    assert (heard.intent, heard.confidence >= 0.55) == ("privacy", True)


@pytest.mark.parametrize(
    "text",
    [
        "我的信息填错了", "修改个人信息", "添加小孩信息", "把她的信息弄进去", "我的挂号信息", "我的个人信息会泄露吗", "我要把那个号注销",
        "停止给我发送任何信息", "删除就诊人", "取消预约", "把化验报告发我一份",
        "我名字登错了", "我的信息安全吗", "谁看过我的信息", "你们把我电话卖给谁了", "我要看我的病历", "删除我的预约", "不想让你们再发了",
    ],
)  # fmt: skip
def test_what_only_sounds_so_is_not(nlu: Nlu, text: str) -> None:
    assert nlu.parse(text, NOW).intent != "privacy"


def test_no_sentence_that_is_something_else_is_taken(nlu: Nlu) -> None:
    """Of everything that is measured: no other intent loses a sentence to it."""
    lines = [line for part in ("dev", "test") for line in corpus.read(DATA / part)]
    assert len(lines) > 3_000
    assert [line.text for line in lines if nlu.parse(line.text, NOW).intent == "privacy"] == []
