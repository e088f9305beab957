"""Why something cannot be done, in words the patient can act on; one sentence for each rule."""

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
from handlers.texts import words

_LIMITS = {
    "patient_day": "同一位就诊人一天最多约{n}个号，这一天已经有{n}个了。",
    "patient_open": "同一位就诊人最多同时有{n}个没看的预约，现在已经有{n}个了。",
    "account_open": "一个微信号最多同时有{n}个没看的预约，现在已经有{n}个了。",
    "phone_open": "一个手机号最多同时有{n}个没看的预约，现在已经有{n}个了。",
    "cancels_month": "这位就诊人这个月已经退号{n}次，本月不能再在这里预约。急需看病，请到医院窗口挂号。",
    "patients_per_account": "一个微信号最多添加{n}位就诊人，现在已经满了。先回复「就诊人管理」移除一位，再添加新的。",
}
GONE = "我没有找到这条记录，可能已经变了。回复「我的预约」可以重新看一下。"
_FIELDS = {
    "name": "姓名",
    "id_number": "证件号码",
    "phone": "手机号",
    "birth_date": "出生日期",
    "guardian": "监护人信息",
}


def limit(why: LimitReached) -> str:
    known = _LIMITS.get(why.scope, "预约的数量已经到上限（{n}个）了。")
    return known.format(n=why.limit)


def deadline(why: DeadlinePassed, phone: str) -> str:
    """R16, R17: too late to change or cancel by chat."""
    what = "改约" if why.action == "change" else "退号"
    return (
        f"这个号要在{words.moment(why.until)}之前{what}（就诊前{words.duration(why.minutes)}），现在已经过了，"
        f"在这里办不了。\n请打医院电话 {phone}，或到门诊窗口问一问。"
    )


def reason(why: Refusal, phone: str) -> str:
    """The rule that said no, and what to do next where the options do not say it."""
    match why:
        case TooEarly(last_day=last, window_days=days):
            return f"现在只能约到{words.day(last)}，也就是提前{days}天放号。更晚的日子，请过几天再来约。"
        case TooLate(cutoff_minutes=minutes):
            return f"这个时段离开始不到{words.duration(minutes)}了，已经停止预约。"
        case DeadlinePassed():
            return deadline(why, phone)
        case LimitReached():
            return limit(why)
        case AlreadyBooked(appointment=seen):
            return (
                f"{seen.patient.masked_name}已经约了{words.half(seen.day, seen.period)}的"
                f"{seen.doctor.department}（{seen.doctor.name}医生），不用重复约。"
            )
        case ClinicClosed():
            return "这次出诊已经停诊或者结束了，不能预约。"
        case NotYours():
            return GONE
        case NotLive():
            return "这个预约已经取消或者结束了。回复「我的预约」可以看现在有哪些。"
        case IdentityConflict():
            return (
                "别着急，这个证件号在医院已经有登记了，只是这次的姓名或手机号和医院里留的对不上。\n"
                "请看看姓名有没有写错，手机号填以前在医院留的那个，我们再试一次。"
                f"那个手机号不用了的话，带上证件到门诊窗口改一下就好，也可以打 {phone}。"
            )
        case InvalidField(field=field):
            return f"{_FIELDS.get(field, '有一项信息')}好像不对，请再发一次。"
