"""What each kind says: every one can be sent over each of its roads, and says who writes and why."""

from pathlib import Path

import pytest

from bot.pushes.limits import BadField
from bot.pushes.lint import check, lint
from bot.pushes.preview import for_approval, parts, preview
from bot.pushes.shapes import Assistant, Card, Sms, Words
from bot.pushes.templates import TemplateError, Templates, parse, say
from bot.pushes.vocabulary import EXAMPLES
from bot.sandbox.fields import fits

SHIPPED = Templates.load()
PAIRS = [
    (kind, road) for kind in SHIPPED.kinds for road in ("assistant", "template", "subscribe", "custom", "sms")
    if SHIPPED.has(kind, road)
]  # fmt: skip


def test_what_is_shipped_has_no_findings() -> None:
    assert list(lint(SHIPPED)) == []


@pytest.mark.parametrize(("kind", "road"), PAIRS)
def test_every_kind_can_be_sent_over_each_of_its_roads(kind: str, road: str) -> None:
    shape = SHIPPED.render(kind, road, EXAMPLES)
    match shape:
        case Card(title, rows):
            assert title
            assert all(fits(name, value) for name, _, value in rows)
        case Assistant(status, info):
            assert status > 0
            assert all(info.values())
        case Words(text) | Sms(_, text):
            assert text
            assert "{" not in text


@pytest.mark.parametrize(("kind", "road"), PAIRS)
def test_a_missing_fact_leaves_no_hole(kind: str, road: str) -> None:
    """A clinic without a room, a department without notes: nothing reads 「None」 or 「{place}」."""
    fields = {name: value for name, value in EXAMPLES.items() if name not in ("place", "notes", "reason")}
    shown = preview(SHIPPED, kind, road, fields, signature="示例市人民医院")
    assert "{" not in shown
    assert "None" not in shown


def test_a_line_without_any_known_fact_is_left_out() -> None:
    text = "先说这个\n已替您留了{offer}，留到{deadline}。\n再说那个"
    assert say(text, {}) == "先说这个\n再说那个"
    assert say(text, {"offer": "周三的号"}) == "先说这个\n已替您留了周三的号，留到。\n再说那个"


def test_a_field_that_no_cutting_helps_is_refused_before_sending() -> None:
    with pytest.raises(BadField):
        SHIPPED.render("visit_tomorrow", "template", {**EXAMPLES, "begins": "明天下午"})


def test_sms_facts_are_cut_to_what_the_vendors_take() -> None:
    shape = SHIPPED.render("booked", "sms", {**EXAMPLES, "notes": "请" * 200})
    assert isinstance(shape, Sms)
    assert all(len(value) <= 30 for _, value in shape.params)


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ('custom: "您好，{hospital}。您的糖尿病诊断：{text}"', "锁屏"),
        ('custom: "您明天有号"', "说是谁"),
        ('custom: "{hospital}：{full_name}您好"', "没有这样的内容：full_name"),
        ('sms: "{hospital}请看 http://a.cn"', "网址"),
        ('sms: "{hospital}通知您"', "咨询电话"),
        ('custom: "{hospital}体检优惠，抢购从速"', "广告"),
        ("template: {title: '', fields: {thing1: {label: 人, says: '{patient}'}}}", "标题"),
        ("template: {title: 提醒, fields: {colour1: {label: 人, says: '{patient}'}}}", "放不进"),
        ("template: {title: 提醒, fields: {time1: {label: 时间, says: '{date}'}}}", "放不进"),
        ("{}", "没有写任何渠道"),
    ],
)
def test_the_linter_finds(yaml: str, said: str) -> None:
    findings = list(check(parse("mine", yaml)))
    assert any(said in finding.text and finding.blocks for finding in findings), findings


@pytest.mark.parametrize("yaml", ["- a", "letter: x", "template: 3", "custom: [", "assistant: {status: x}"])
def test_a_broken_file_is_told_by_name(yaml: str) -> None:
    with pytest.raises(TemplateError, match=r"mine\.yaml"):
        parse("mine", yaml)


def test_a_hospitals_own_file_wins(tmp_path: Path) -> None:
    (tmp_path / "care.yaml").write_text('custom: "{hospital}祝您安康。{text}"', encoding="utf-8")
    own = Templates.load(tmp_path)
    assert own.render("care", "custom", EXAMPLES) == Words(f"示例市人民医院祝您安康。{EXAMPLES['text']}")
    assert not own.has("care", "sms")
    assert own.has("booked", "sms")


def test_long_sms_are_counted_in_parts() -> None:
    assert [parts("字" * n) for n in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]


def test_texts_are_handed_in_as_each_vendor_wants_them() -> None:
    text = "{patient}，{date}{time}，请{patient}准时"
    assert for_approval(text, "tencent") == "{1}，{2}{3}，请{1}准时"
    assert for_approval(text, "alibaba") == "${patient}，${date}${time}，请${patient}准时"
