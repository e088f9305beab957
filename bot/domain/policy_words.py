"""What each number of `Policy` is called, means and may be: what the console shows and checks a change by."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.policies import SCOPES


class Replay(StrEnum):
    """What of the past can be judged again under another number."""

    BOOKINGS = "bookings"
    CHANGES = "changes"
    CANCELS = "cancels"
    NOTHING = "nothing"


_ALL = tuple(SCOPES)
_HOSPITAL = ("hospital",)


@dataclass(frozen=True, slots=True)
class PolicyWord:
    """One number, in words."""

    title: str
    unit: str
    meaning: str
    low: int
    high: int
    rule: str = ""
    """Of the regulations, as docs/requirements.md numbers them."""
    group: str = ""
    unlimited: bool = False
    """0 stands for: no limit."""
    scopes: tuple[str, ...] = _ALL
    """Where it may be set; wider than this nothing would ask for it."""
    replay: Replay = Replay.NOTHING
    promised: bool = False
    """Patients were told the moment that follows from it: a larger one must not reach who was told before (R12)."""
    remark: str = ""

    @property
    def counts(self) -> bool:
        """Whether what somebody holds matters to a replay: a limit, or what a refused change or cancellation leaves."""
        return self.unlimited or self.replay in (Replay.CHANGES, Replay.CANCELS)

    def allows(self, value: int) -> bool:
        return self.low <= value <= self.high

    @property
    def span(self) -> str:
        return f"{self.low}–{self.high} {self.unit}" + ("，0 表示不限" if self.unlimited else "")

    def shown(self, value: int) -> str:
        """14 天, 2 小时（120 分钟）, 不限."""
        if self.unlimited and value == 0:
            return "不限"
        if self.unit == "分钟" and value and value % 60 == 0:
            return f"{value // 60} 小时（{value} 分钟）"
        return f"{value} {self.unit}"


_TIME, _MOVING, _LIMITS, _PEOPLE, _SUSPENDED = "预约时间", "改约和退号", "防号贩子囤号", "就诊人建档", "停诊"
_MINUTES = "分钟"

WORDS: Mapping[str, PolicyWord] = {
    "booking_window_days": PolicyWord(
        "可以提前多少天预约", "天", "从明天算起；今天不算在内。超过的日子，患者约不了，程序会告诉他现在最晚约到哪天。",
        1, 90, "R9", _TIME, replay=Replay.BOOKINGS,
    ),
    "booking_cutoff_minutes": PolicyWord(
        "开诊前多久停止预约", _MINUTES, "一个时段离开始不到这么久，就不能再约。",
        0, 1440, "R10", _TIME, replay=Replay.BOOKINGS,
    ),
    "change_deadline_minutes": PolicyWord(
        "改约最晚提前多久", _MINUTES,
        "离原来的就诊时间不到这么久，就不能自己改约。凭证和回复里会写出具体的最晚时间。",
        0, 10080, "R16", _MOVING, replay=Replay.CHANGES, promised=True,
    ),
    "cancel_deadline_minutes": PolicyWord(
        "退号最晚提前多久", _MINUTES,
        "离就诊时间不到这么久，就不能自己退号，挂号费也不退。凭证和回复里会写出具体的最晚时间。",
        0, 10080, "R17", _MOVING, replay=Replay.CANCELS, promised=True,
    ),
    "release_window_minutes": PolicyWord(
        "退回的号多久内放出", _MINUTES, "退回的号在这段时间里随机的一刻放出，号贩子等不到。0 表示立刻放出。",
        0, 720, "R2", _LIMITS,
    ),
    "hold_minutes": PolicyWord(
        "未支付的号留多久", _MINUTES, "选好号但还没付费时，号给他留这么久。", 5, 120, "R6", _TIME, scopes=_HOSPITAL,
        remark="在线支付还没有启用，这个数字现在不起作用。",
    ),
    "per_patient_per_day": PolicyWord(
        "一位就诊人一天最多几个号", "个", "同一位就诊人同一天还没看的预约。同一科室同一个半天，总是最多一个。",
        0, 10, "R2", _LIMITS, unlimited=True, replay=Replay.BOOKINGS,
    ),
    "per_patient_open": PolicyWord(
        "一位就诊人最多几个没看的预约", "个", "今天和以后还没看的，各科合在一起算。",
        0, 50, "R2", _LIMITS, unlimited=True, replay=Replay.BOOKINGS,
    ),
    "per_account_open": PolicyWord(
        "一个微信号最多几个没看的预约", "个", "一个账号给所有就诊人约的，合在一起算。窗口和电话代约的不算。",
        0, 100, "R2", _LIMITS, unlimited=True, replay=Replay.BOOKINGS,
    ),
    "per_phone_open": PolicyWord(
        "一个手机号最多几个没看的预约", "个", "就诊人登记的手机号相同的，合在一起算。",
        0, 100, "R2", _LIMITS, unlimited=True, replay=Replay.BOOKINGS,
    ),
    "cancels_per_month": PolicyWord(
        "一个月退几次号后暂停预约", "次",
        "同一位就诊人在一个自然月里退号到这么多次，当月不能再自己预约。停诊退的不算。",
        0, 50, "R2", _LIMITS, unlimited=True, replay=Replay.BOOKINGS,
    ),
    "patients_per_account": PolicyWord(
        "一个微信号最多几位就诊人", "位", "满了要先移除一位，才能再添加。",
        0, 50, "R2", _PEOPLE, unlimited=True, scopes=_HOSPITAL,
    ),
    "guardian_under_years": PolicyWord(
        "多大以下要登记监护人", "岁", "不满这个年龄的孩子，建档时要登记一位监护人。法律要求至少到 14 岁。",
        14, 18, "R14", _PEOPLE, scopes=_HOSPITAL,
    ),
    "suspension_offer_minutes": PolicyWord(
        "停诊后替代的号留多久", _MINUTES,
        "停诊时给患者留的号，过了这么久没有答复就放回去；总不晚于那个号停止预约的时间。",
        30, 4320, "R18", _SUSPENDED,
    ),
    "suspension_remind_minutes": PolicyWord(
        "停诊通知多久没回再提醒", _MINUTES, "患者没有答复停诊通知，过这么久再提醒一次；就诊时间近的会更早。",
        10, 1440, "R18", _SUSPENDED,
    ),
    "suspension_phone_minutes": PolicyWord(
        "停诊通知多久没回打电话", _MINUTES, "还没有答复，过这么久列入待打电话；就诊时间近的会更早。",
        20, 2880, "R18", _SUSPENDED,
    ),
}  # fmt: skip
"""In the order in which they are shown."""
