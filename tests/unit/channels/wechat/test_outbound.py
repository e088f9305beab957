"""Passive replies: every mode, the limit, options, and what has to follow."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Inbound, Kind, Outbound, taps
from bot.channels.wechat.outbound import SUCCESS, WechatOutbound
from bot.channels.wechat.text import LIMIT, clean, size
from tests import wechat
from tests.wechat import ACCOUNT, PATIENT, Platform

AT = 1795293407
NOW = datetime.fromtimestamp(AT, UTC)
INBOUND = Inbound("wechat", ACCOUNT, PATIENT, Kind.TEXT, NOW, "m:1")
SENTENCE = "请您在就诊当天提前三十分钟到门诊大厅取号。"

anything = st.text(st.characters(codec=None), max_size=200)
long_text = st.builds(lambda unit, times: unit * times, anything, st.integers(1, 30))


def outbound(mode: str = "plain", **more: object) -> WechatOutbound:
    return WechatOutbound(wechat.settings(mode, **more))


def said(text: str, *options: str, offer: str = "f3a9") -> Outbound:
    return Outbound(PATIENT, text, taps(offer, options))


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_reply_in_its_mode(mode: str) -> None:
    body = outbound(mode).render_passive(INBOUND, [said("挂号成功𠮷👍")], NOW).body
    assert Platform().read(body, mode=mode) == {
        "ToUserName": PATIENT, "FromUserName": ACCOUNT, "CreateTime": str(AT), "MsgType": "text",
        "Content": "挂号成功𠮷👍",
    }  # fmt: skip
    assert ("挂号成功" in body) == (mode == "plain")


@pytest.mark.parametrize("messages", [[], [said("")], [said("\x00\x01")]])
def test_nothing_to_say_is_success(messages: list[Outbound]) -> None:
    assert outbound().render_passive(INBOUND, messages, NOW).body == SUCCESS


def test_a_text_cannot_forge_nodes() -> None:
    forged = "]]></Content><MsgType><![CDATA[image]]></MsgType>"
    read = Platform().read(outbound().render_passive(INBOUND, [said(forged)], NOW).body, mode="plain")
    assert read["MsgType"] == "text"
    assert read["Content"] == clean(forged)


def test_options_are_numbered_and_tappable() -> None:
    content, rest = outbound().fit([said("确认挂号吗？", "确认", "修改")])
    assert content == (
        "确认挂号吗？\n"
        '<a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=f3a9:1">1. 确认</a>\n'
        '<a href="weixin://bizmsgmenu?msgmenucontent=2&msgmenuid=f3a9:2">2. 修改</a>'
    )
    assert rest == ()


def test_tap_links_can_be_switched_off() -> None:
    content, _ = outbound(wechat_tap_links=False).fit([said("确认挂号吗？", "确认", "修改")])
    assert content == "确认挂号吗？\n1. 确认\n2. 修改"


def test_a_label_cannot_break_out_of_its_link() -> None:
    content, _ = outbound().fit([said("", '"><a href="http://a.example">点我</a>\n第二行')])
    assert content.count("<") == 2
    assert content.count("\n") == 0


def test_several_replies_are_one_message() -> None:
    content, rest = outbound().fit([said("门诊楼在东区。"), said("哪一天？", "今天", "明天")])
    assert content.startswith("门诊楼在东区。\n\n哪一天？\n<a ")
    assert rest == ()


def test_many_options_lose_their_links_before_their_place() -> None:
    labels = [f"11月{day}日（周日）下午 王建国 主任医师 余3号" for day in range(1, 21)]
    content, rest = outbound().fit([said("选哪一个？", *labels)])
    assert content.startswith("选哪一个？\n1. 11月1日")
    assert content.endswith(f"20. {labels[-1]}")
    assert size(content) <= LIMIT
    assert rest == ()


def test_a_long_text_goes_on_through_the_outbox_with_its_options() -> None:
    content, rest = outbound().fit([said(SENTENCE * 80, "好的", "不用")])
    assert content.endswith("。")
    assert content + "".join(message.text for message in rest) == SENTENCE * 80
    assert [message.taps for message in rest[:-1]] == [()] * (len(rest) - 1)
    assert rest[-1].taps == taps("f3a9", ["好的", "不用"])


def test_what_comes_after_a_full_message_follows_whole() -> None:
    later = said("哪一天方便？请选一个日期。", "今天")
    content, rest = outbound().fit([said(SENTENCE * 32), later, said("x" * 1000)])
    assert content == SENTENCE * 32
    assert rest == (later, said("x" * 1000))


def test_a_short_reply_does_not_wait_behind_a_long_one() -> None:
    content, rest = outbound().fit([said("好的。"), said(SENTENCE * 80)])
    assert content == "好的。"
    assert rest == (said(SENTENCE * 80),)


@given(st.lists(st.builds(said, long_text, anything, anything), min_size=1, max_size=3))
def test_any_reply_parses_fits_and_loses_nothing(messages: list[Outbound]) -> None:
    rendered = outbound("safe").render_passive(INBOUND, messages, NOW)
    content = "" if rendered.body == SUCCESS else Platform().read(rendered.body)["Content"]
    assert size(content) <= LIMIT
    if not rendered.rest:
        assert all(clean(message.text) in content for message in messages)
    if len(messages) == 1 and rendered.rest and rendered.rest[-1].taps and content:
        assert content + "".join(message.text for message in rendered.rest) == clean(messages[0].text)


@given(long_text)
def test_parts_joined_are_the_cleaned_text(text: str) -> None:
    content, rest = outbound().fit([Outbound(PATIENT, text)])
    assert content + "".join(message.text for message in rest) == clean(text)
    assert all(size(message.text) <= LIMIT for message in rest)
