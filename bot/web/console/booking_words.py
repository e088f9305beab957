"""The booking window's words: states, what happened to a visit, and why a rule said no, as staff pass it on."""

from bot.domain.outcomes import (
    AlreadyBooked,
    ClinicClosed,
    DeadlinePassed,
    IdentityConflict,
    InvalidField,
    LimitReached,
    NotLive,
    NotYours,
    Refusal,
    TooEarly,
    TooLate,
)
from bot.domain.states import AppointmentState, ClinicState, SeatState
from bot.domain.views import Period, Sex
from bot.web.console.words import day, moment

_S = AppointmentState
STATES = {
    _S.HELD: "待支付",
    _S.BOOKED: "已预约",
    _S.CHECKED_IN: "已报到",
    _S.DONE: "已就诊",
    _S.CANCELLED: "已退号",
    _S.EXPIRED: "超时未付",
    _S.NO_SHOW: "爽约",
    _S.SUSPENDED: "停诊待处理",
    _S.REBOOKED: "停诊已改约",
    _S.REFUNDED: "停诊已退费",
    _S.DECLINED: "停诊已放弃",
}
COLOURS = {_S.BOOKED: "good", _S.CHECKED_IN: "warn", _S.SUSPENDED: "bad", _S.NO_SHOW: "bad"}
EVENTS = {
    "booked": "挂号",
    "changed": "改约",
    "cancelled": "退号",
    "expired": "超时未付，号已收回",
    "checked_in": "报到",
    "done": "就诊结束",
    "no_show": "记为爽约",
    "checked_in_undone": "撤销报到",
    "no_show_undone": "撤销爽约",
    "suspended": "停诊",
    "restored": "停诊撤销，恢复预约",
    "rebooked": "停诊后改约",
    "given_up": "停诊后不再就诊",
}
CLINICS = {ClinicState.OPEN: "正常", ClinicState.SUSPENDED: "停诊", ClinicState.CLOSED: "已关闭"}
SEATS = {
    SeatState.FREE: "可约",
    SeatState.HELD: "待支付",
    SeatState.BOOKED: "已约",
    SeatState.USED: "已就诊",
    SeatState.WAITLIST: "候补保留",
    SeatState.COOLING: "退回，稍后放出",
    SeatState.LOCKED: "不对外",
}
SEAT_COLOURS = {
    SeatState.FREE: "good",
    SeatState.BOOKED: "",
    SeatState.LOCKED: "warn",
    SeatState.COOLING: "warn",
}
PERIODS = {Period.AM: "上午", Period.PM: "下午", Period.EVENING: "晚上"}
SEXES = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: "未说明"}
CHANNELS = {
    "desk": "窗口或电话", "phone": "电话", "window": "窗口", "kiosk": "自助机", "web": "网上", "wechat": "微信",
    "alipay": "支付宝",
}  # fmt: skip
ID_KINDS = {
    "resident_id": "居民身份证",
    "passport": "护照",
    "hk_macao_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "foreign_permanent_id": "外国人永久居留身份证",
    "birth_certificate": "出生医学证明",
}
FIELDS = {
    "name": "姓名写得不对：请照证件写全名。",
    "id_number": "证件号码不对：请照证件再核对一遍，注意证件类型。",
    "phone": "手机号不对：请写 11 位手机号。",
    "birth_date": "请填出生日期（这种证件看不出来）。",
    "sex": "请选性别（这种证件看不出来）。",
    "guardian": "这个年龄的孩子要登记监护人：姓名、身份证号、手机号都要填对，监护人要年满 18 岁。",
    "consents": "请先把告知内容说给患者听，得到同意，再勾选两项，并选同意的方式。",
}
_LIMITS = {
    "patient_day": "同一位就诊人一天最多约 {n} 个号，这一天已经满了。可以换一天。",
    "patient_open": "同一位就诊人最多同时有 {n} 个没看的预约，已经满了。可以先退一个。",
    "phone_open": "同一个手机号最多同时有 {n} 个没看的预约，已经满了。可以先退一个，或核对手机号。",
    "cancels_month": "这位就诊人本月已退号 {n} 次，本月不能再预约。急诊不受此限制。",
}


def reason(why: Refusal) -> str:
    """The rule that said no, and what may be done instead."""
    match why:
        case TooEarly(last_day=last, window_days=days):
            return f"提前 {days} 天放号，现在最远只能约到{day(last)}。"
        case TooLate(cutoff_minutes=minutes):
            return f"这个时段离开始不到 {minutes} 分钟，已停止预约。请选后面的时段。"
        case DeadlinePassed(action=action, until=until, minutes=minutes):
            what = "改约" if action == "change" else "退号"
            return f"{what}要在就诊前 {minutes} 分钟办，这个号最晚到{moment(until)}，现在已经过了，系统不再受理。"
        case LimitReached(scope=scope, limit=limit):
            return _LIMITS.get(scope, "预约数量已到上限（{n} 个）。").format(n=limit)
        case AlreadyBooked(appointment=seen):
            when, doctor = f"{day(seen.day)}{PERIODS[seen.period]}", seen.doctor
            return f"已经约了{when}的{doctor.department}（{doctor.name}医生，凭证 {seen.code}），不用重复约。"
        case ClinicClosed():
            return "这次出诊已停诊、关闭或结束，不能预约。请换一次出诊。"
        case NotYours():
            return "这位就诊人已登记去世，不能预约、改约。"  # a page has found the record before (R30)
        case NotLive(appointment=seen):
            return f"这个预约现在是“{STATES[seen.state]}”，办不了。"
        case IdentityConflict():
            return "这个证件号登记过，姓名或手机号对不上。请先核对就诊人档案。"
        case InvalidField(field=field):
            return FIELDS.get(field, "有一项信息不对，请核对。")


def who(actor: str) -> str:
    """As staff speak of who did something."""
    kind, _, name = actor.partition(":")
    if kind == "api":
        return f"系统接口 {name.replace(':', '，工号 ')}"
    return f"工号 {name}" if kind == "staff" else ("患者" if kind == "account" else "系统")
