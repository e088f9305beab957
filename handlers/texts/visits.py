"""Copy for appointments one already has: list, voucher, change (R16), cancel (R17)."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView, ClinicView, SlotView
from handlers.texts import words

NONE = "您现在没有预约。想挂号，直接说科室和时间就行，比如「明天上午骨科」。"
WHICH = "这是您的预约，点一个可以看凭证、改时间或退号："
WHICH_CHANGE = "您想改哪一个？"
WHICH_CANCEL = "您想退哪一个？"
CHANGE = "改时间"
CANCEL = "退号"
TAKEN = "很抱歉，新的时间刚刚被别人约走了。您原来的号还在，没有动。"
SAME_TIME = "这就是您现在约的时间，不用改。想换别的时间，点下面的。"
SOON = "快到就诊时间了，在这里不能再改时间或退号。请按时来。"
NOT_TRANSFERABLE = "挂号是实名的，约好的号不能换给别人看。请先退掉这个号，再给要看病的人另挂一个。"
SUSPENDED = "停诊的号，还等您选"
KEPT = "您原来的号还在，没有动。"

_STATES = {
    AppointmentState.CANCELLED: "已退号",
    AppointmentState.EXPIRED: "已失效",
    AppointmentState.DONE: "已看完",
    AppointmentState.NO_SHOW: "没有来",
    AppointmentState.SUSPENDED: "医生停诊",
    AppointmentState.CHECKED_IN: "已报到",
}


def no_such_visit(said: Sequence[str], seen: Sequence[AppointmentView]) -> str:
    """None is like that, and which there are; several are listed below it."""
    return f"没有找到您{''.join(said)}的预约。{_instead(seen)}"


def over_already(said: str, seen: Sequence[AppointmentView]) -> str:
    return f"{said}的号已经过了，不用退，也不能改了。{_instead(seen)}"


def _instead(seen: Sequence[AppointmentView]) -> str:
    return f"您现在只有这一个：{words.visit(seen[0])}。" if len(seen) == 1 else "您现在有这些："


def new_times(seen: AppointmentView) -> str:
    return (
        f"您现在约的是{words.half(seen.day, seen.period)} {words.span(seen.starts_at, seen.ends_at)} "
        f"{seen.doctor.department} {seen.doctor.name}医生。想改到什么时候？"
    )


def read_back_change(seen: AppointmentView, clinic: ClinicView, slot: SlotView) -> str:
    fee = ""
    if clinic.fee_fen != seen.fee_fen:
        fee = f"费用：由{words.yuan(seen.fee_fen)}变为{words.yuan(clinic.fee_fen)}\n"
    return (
        "请您核对改约：\n"
        f"原来：{words.half(seen.day, seen.period)} {words.span(seen.starts_at, seen.ends_at)} {seen.doctor.name}\n"
        f"改到：{words.half(clinic.day, clinic.period)} {words.span(slot.starts_at, slot.ends_at)} "
        f"{words.doctor(clinic.doctor)}\n"
        f"科室：{clinic.doctor.department}，{clinic.location}\n"
        f"{fee}"
        f"就诊人：{words.person(seen.patient)}\n"
        "换好新号才会退掉旧号。没问题就回复「确认」。"
    )


def changed(seen: AppointmentView, before: AppointmentView) -> str:
    return (
        f"改好了，{words.half(before.day, before.period)}的旧号已经退掉。新的预约：\n"
        f"预约凭证号：{seen.code}\n"
        f"时间：{words.half(seen.day, seen.period)} {words.span(seen.starts_at, seen.ends_at)}，第{seen.number}号\n"
        f"医生：{seen.doctor.department} {words.doctor(seen.doctor)}\n"
        f"地点：{seen.location}\n"
        f"还要改，请在{words.moment(seen.changeable_until)}之前告诉我。"
    )


def read_back_cancel(seen: AppointmentView) -> str:
    paid = f"挂号费{words.yuan(seen.fee_fen)}，交过的会退给您。\n" if seen.fee_fen else ""
    return (
        "您要退掉这个号吗？\n"
        f"{words.half(seen.day, seen.period)} {words.span(seen.starts_at, seen.ends_at)}\n"
        f"{seen.doctor.department} {words.doctor(seen.doctor)}\n"
        f"就诊人：{words.person(seen.patient)}\n"
        f"{paid}"
        f"退号要在{words.moment(seen.cancellable_until)}之前。退了以后，这个号就给别人了。\n"
        "要退请回复「确认」，不退请回复「不退了」。"
    )


def cancelled(seen: AppointmentView, refund_fen: int) -> str:
    money = f"已经交过的挂号费{words.yuan(refund_fen)}，会原路退给您。" if refund_fen else ""
    return (
        f"已经退号：{words.half(seen.day, seen.period)} {seen.doctor.department} {seen.doctor.name}医生。{money}\n"
        "想再约，直接说科室和时间就行。"
    )


def until(seen: AppointmentView, now: datetime) -> str:
    """The deadlines that are still ahead (R16, R17)."""
    if now > seen.changeable_until and now > seen.cancellable_until:
        return SOON
    if seen.changeable_until == seen.cancellable_until:
        return f"改时间、退号都要在{words.moment(seen.cancellable_until)}之前。"
    return f"改时间请在{words.moment(seen.changeable_until)}之前，退号请在{words.moment(seen.cancellable_until)}之前。"


def over_now(seen: AppointmentView) -> str:
    """Cancelled in the middle of changing it."""
    state = _STATES.get(seen.state, "已经变了")
    return f"{words.half(seen.day, seen.period)}{seen.doctor.department}的这个号{state}，不用再办了。"


def over(seen: AppointmentView) -> str:
    """What became of an appointment that is not waiting any more."""
    return f"\n状态：{_STATES[seen.state]}" if seen.state in _STATES else ""
