"""停诊 in words: states, reasons to choose from, how somebody is reached, what became of each."""

from collections.abc import Mapping

from bot.domain.suspension import LIVE, CaseState, SuspensionState
from bot.domain.views import Period
from bot.services.suspension.looking import Affected, Line, Show
from bot.web.console.booking_words import CHANNELS, PERIODS
from bot.web.console.delivery_words import OUTCOMES
from bot.web.console.words import day

__all__ = ["CHANNELS", "PERIODS"]
REASONS = (
    "医生临时有事",
    "医生外出会议",
    "医生外出会诊",
    "科室统一安排",
    "设备检修",
    "恶劣天气",
    "突发公共事件",
)
STATES: Mapping[SuspensionState, str] = {
    SuspensionState.STARTING: "刚开始",
    SuspensionState.RUNNING: "进行中",
    SuspensionState.DONE: "已办完",
    SuspensionState.WITHDRAWING: "正在撤回",
    SuspensionState.WITHDRAWN: "已撤回",
}
COLOURS: Mapping[SuspensionState, str] = {
    SuspensionState.STARTING: "warn",
    SuspensionState.RUNNING: "warn",
    SuspensionState.DONE: "good",
    SuspensionState.WITHDRAWING: "warn",
}
CASES: Mapping[CaseState, str] = {
    CaseState.OPEN: "还没通知",
    CaseState.OFFERED: "已通知，等答复",
    CaseState.REMINDED: "提醒过，等答复",
    CaseState.PHONE: "没答复，转人工电话",
    CaseState.REBOOKED: "已改约",
    CaseState.REACHED: "电话里办好了",
    CaseState.REFUNDED: "不看了，费用要退",
    CaseState.DECLINED: "不看了",
    CaseState.WITHDRAWN: "停诊撤回，不用改约",
}
CASE_COLOURS: Mapping[CaseState, str] = {
    CaseState.OPEN: "warn",
    CaseState.OFFERED: "warn",
    CaseState.REMINDED: "warn",
    CaseState.PHONE: "bad",
    CaseState.REBOOKED: "good",
    CaseState.REACHED: "good",
}
TABS: Mapping[Show, str] = {
    Show.WAITING: "没有答复",
    Show.PHONE: "转人工电话",
    Show.REBOOKED: "已改约",
    Show.GIVEN_UP: "不看了",
    Show.WITHDRAWN: "撤回的",
    Show.ALL: "全部",
}
_REACH: Mapping[str, str] = {
    "assistant": "微信（就医助手）",
    "template": "微信（服务通知）",
    "subscribe": "微信（订阅通知）",
    "custom": "微信（聊天消息）",
    "sms": "短信",
    "phone": "人工电话",
    "none": "没有办法联系",
    "unsubscribed": "退订了，不发",
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "微信": ("assistant", "template", "subscribe", "custom"),
    "短信": ("sms",),
    "人工电话": ("phone",),
    "退订了，不发": ("unsubscribed",),
    "没有办法联系": ("none",),
}
"""What a dry run tells of: each with the roads that belong to it."""


def standing(one: Affected) -> str:
    """Where somebody is: who was told on the phone has not answered yet (R18)."""
    if one.called and one.state in LIVE:
        return f"打过电话（{OUTCOMES.get(one.called, one.called)}），还没选"
    return "没答复，要打电话" if one.state is CaseState.PHONE else CASES[one.state]


def by_kind(by_road: Mapping[str, int]) -> list[tuple[str, int]]:
    """微信 / 短信 / 电话; what nobody is reached by is left out."""
    found = [(name, sum(by_road.get(road, 0) for road in roads)) for name, roads in KINDS.items()]
    return [(name, count) for name, count in found if count]


def road(name: str) -> str:
    return _REACH.get(name, name)


def when(line: Line) -> str:
    """11月24日 周二 下午, 11月24日 周二至11月26日 周四"""
    return (
        days(line.first, line.last, line.period)
        if line.kind != "schedule"
        else f"{day(line.created_at)}改的排班"
    )


def days(first: object, last: object, period: Period | None) -> str:
    half = "" if period is None else (f" {PERIODS[period]}" if first == last else f" 每天{PERIODS[period]}")
    return f"{day(first)}{'' if first == last else f'至{day(last)}'}{half}"  # type: ignore[arg-type]
