"""What is said about answering, and what only sounds like it."""

import pytest

from handlers.questionnaire_orders import no_more, read
from nlu.understood import Understood


def kind(text: str) -> str:
    order = read(Understood(text, text))
    return order.kind if order is not None else ""


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("改第2题", 2, ""),
        ("第2题答错了", 2, ""),
        ("第二题改成3分", 2, "3分"),
        ("第十二题应该是一般", 12, "一般"),
        ("我想改第3题。", 3, ""),
        ("第12题选错了", 12, ""),
    ],
)
def test_a_question_is_named(text: str, number: int, rest: str) -> None:
    order = read(Understood(text, text))
    assert order is not None and (order.kind, order.number, order.rest) == ("jump", number, rest)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (("上一题", "返回上一题", "上一题答错了", "刚才那题选错了"), "back"),
        (("还有几题", "还有几个问题啊", "还要多久", "什么时候完"), "left"),
        (("看看我答了什么", "我都答了啥", "改答案", "我想改一下答案"), "answers"),
        (
            ("先不答了", "晚点再答", "停一下", "等一下，孩子哭了", "现在没空", "我在忙，晚上再答", "不方便"),
            "pause",
        ),
        (
            ("不想答了", "别问了", "你们烦不烦，别问了", "不想参加", "有完没完", "烦死了，天天问，有完没完"),
            "stop",
        ),
        (("你谁啊", "你是哪个", "骗子吧", "问这个干嘛", "谁能看到"), "who"),
        (("不改了", "没错", "还是原来的"), "keep"),
        (("不对，是7分", "说错了", "打错了，是一般", "不是，是3"), "wrong"),
    ],
)
def test_orders(said: tuple[str, ...], meant: str) -> None:
    assert {text: kind(text) for text in said} == dict.fromkeys(said, meant)


@pytest.mark.parametrize(
    "text",
    [
        "不疼",
        "没有",
        "不是",
        "不是很疼",
        "快好了",
        "还没",
        "有几天",
        "明天",
        "不满意",
        "第二个",
        "没时间做饭",
        "不对劲",
        "还有几天",
        "不想说",
    ],
)
def test_answers_are_no_orders(text: str) -> None:
    assert kind(text) == ""


def test_what_ends_a_list() -> None:
    assert all(map(no_more, ("没有了", "就这些", "没有别的了", "没有其他的了")))
    assert not no_more("没有力气")
