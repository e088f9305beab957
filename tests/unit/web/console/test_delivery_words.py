"""Alerts and stuck things in words: no code, no English name of ours on a page."""

import re
from datetime import UTC, datetime

import pytest

from bot.channels.wechat.errors import ALERTS
from bot.pushes.kinds import Kinds
from bot.services.stuck import Stuck
from bot.services.surveys.moving import NO_FORM
from bot.services.tickets.alarming import ALERT
from bot.web.console import delivery_words

TITLED = delivery_words.titles(Kinds.load())
UNTOLD = "flag_untold"


@pytest.mark.parametrize(
    ("kind", "about", "code", "said", "coded"),
    [
        ("template_disabled", "template:suspension", "43116", "模板消息：停诊通知", "平台代码 43116"),
        ("config_fault", "custom", "40164", "聊天消息", "平台代码 40164"),
        ("config_fault", "sms:booked", "isv.FAULT", "短信：预约成功短信", ""),
        ("api_stopped", "subscribe", "45009", "订阅通知", "平台代码 45009"),
        (UNTOLD, "ward:心内一病区:2", "no_phone", "心内一病区：科主任没有登记电话", ""),
        (UNTOLD, "sms:red_flag", "no_sms", "短信没有开通“红旗警报”", ""),
        (ALERT, "ticket:12", "tier 2", "意见投诉（第 12 件）", "已报医务科"),
        (NO_FORM, "http://hospital/Questionnaire/knee|1.2", "", "问卷“knee”第 1.2 版", ""),
        (NO_FORM, "术后一周", "", "问卷“术后一周”", ""),
    ],
)
def test_an_alert_in_words(kind: str, about: str, code: str, said: str, coded: str) -> None:
    assert delivery_words.subject(kind, about, TITLED) == said
    assert delivery_words.code(kind, code) == coded


@pytest.mark.parametrize("kind", sorted({*map(str, ALERTS), UNTOLD, ALERT, NO_FORM}))
def test_every_alert_that_is_raised_has_a_name(kind: str) -> None:
    assert kind in delivery_words.FAULTS


@pytest.mark.parametrize(
    "code", ["no_template", "no_consent", "no_phone", "no_road", "no_window", "expired", ""]
)
def test_our_own_codes_are_words(code: str) -> None:
    assert not re.search("[a-z]", delivery_words.refused(code))


@pytest.mark.parametrize(
    "about", ["sms:red_flag", "ward:心内一病区:0", "ticket:5", "template:care", "custom"]
)
def test_what_is_stuck_says_it_too(about: str) -> None:
    stuck = Stuck("alert", about, 1, datetime(2026, 11, 23, tzinfo=UTC), (1,))
    assert not re.search("[a-z]", delivery_words.detail(stuck, TITLED))
