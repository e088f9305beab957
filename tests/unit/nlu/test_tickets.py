"""意见、投诉、表扬: told apart well enough to be a help to the person who confirms it."""

import json

import pytest

from nlu import tickets
from nlu.data import read_text
from nlu.tickets import OTHER, guess
from nlu.tickets_eval import evaluate, read


@pytest.mark.parametrize(
    ("text", "kind", "category"),
    [
        ("护士态度太差了", "complaint", "服务态度"),
        ("骨科医生收红包", "complaint", "廉洁"),
        ("建议食堂多做点清淡的菜", "suggestion", "饮食"),
        ("护士小王特别细心，感谢", "praise", "服务态度"),
        ("厕所太脏了", "complaint", "环境与设施"),
        ("多收了我两百块钱，凭什么", "complaint", "费用与医保"),
        ("等了三个小时", "complaint", "流程与等候"),
        ("公众号打不开", "complaint", "信息系统与预约"),
        ("當著很多人的面說我的病情", "complaint", "隐私"),
    ],
)
def test_plain_ones(text: str, kind: str, category: str) -> None:
    said = guess(text)
    assert (said.kind, said.category) == (kind, category)


def test_what_is_not_sure_is_other() -> None:
    assert guess("那个人").category == OTHER
    assert guess("").category == OTHER


def test_figures_on_sentences_it_has_not_learnt() -> None:
    lines = list(read("dev"))
    learnt = {line.text for line in read("train")}
    assert not learnt & {line.text for line in lines}
    told = [(line, guess(line.text)) for line in lines]
    kinds = sum(line.kind == said.kind for line, said in told) / len(lines)
    categories = sum(line.category == said.category for line, said in told) / len(lines)
    assert kinds >= 0.9 and categories >= 0.75


def test_every_category_has_sentences_and_words() -> None:
    model = json.loads(read_text("tickets/model.json"))
    names = set(model["category"]["names"])
    assert names == {line.category for line in read("train")} == {line.category for line in read("dev")}
    assert set(model["kind"]["names"]) == {"complaint", "suggestion", "praise"}


@pytest.mark.parametrize(
    "text",
    ["没有", "无", "暂无", "挺好", "都挺好的", "没意见", "没有什么意见", "没啥", "满意", "很好。", "不知道", "谢谢", "1", "",
     "没有不满意的地方", "无所谓", "都好，谢谢", "都还可以吧", "没有了，谢谢", "一切都好",
     "俺没啥", "莫得啥子", "没啥说的", "没得事"],
)  # fmt: skip
def test_a_box_that_says_nothing(text: str) -> None:
    assert not tickets.says_something(text)


@pytest.mark.parametrize(
    "text",
    ["没有热水", "无障碍通道被堵了", "挺好的，就是食堂太贵", "没有人管", "满意，特别是李护士", "好久才叫到我", "不好", "太贵",
     "没有意见，就是希望饭菜热一点"],
)  # fmt: skip
def test_a_box_that_says_something(text: str) -> None:
    assert tickets.says_something(text)


@pytest.mark.parametrize("text", ["我想挂骨科", "明天上午有号吗", "我的预约", "好的", "骨科在几楼"])
def test_a_request_is_no_concern(text: str) -> None:
    assert not tickets.concerns(text)


def test_the_report_prints_its_figures() -> None:
    said: list[str] = []
    evaluate("dev", errors=True, write=said.append)
    assert said[0].startswith("tickets dev: ")
    assert any(line.startswith("kind ") for line in said)


def test_the_stored_model_is_what_the_sentences_teach() -> None:
    pytest.importorskip("sklearn")
    from nlu.tickets_train import fit

    stored = tickets.from_data(json.loads(read_text("tickets/model.json")))
    fresh = tickets.from_data(fit(list(read("train"))))
    for line in read("dev"):
        assert guess(line.text, fresh).category == guess(line.text, stored).category
