"""The policy's pages in words: scopes, where a number comes from, why one cannot be set, what a replay has found."""

from collections.abc import Mapping

from bot.domain.policy_words import PolicyWord
from bot.services.directory import Directory
from bot.services.policy_editing import REASON, Wrong
from bot.web.console.words import full_day

SOURCES: Mapping[str, str] = {
    "shipped": "程序自带",
    "hospital": "全院规定",
    "department": "科室规定",
    "doctor": "医生规定",
}
WIDER: Mapping[str, str] = {
    "hospital": "恢复程序自带的数字",
    "department": "不再单独规定，跟全院一样",
    "doctor": "不再单独规定，跟科室一样",
}
BASIS: Mapping[str, str] = {
    "R2": "预约制度：机会平等，防止占号、倒号",
    "R6": "预约制度：选号、提交并支付",
    "R9": "预约制度：提前若干天预约，科室和专家可调整",
    "R10": "预约制度：就诊前若干小时停止预约",
    "R14": "预约制度：登记就诊人的真实身份",
    "R16": "预约制度：改约要提前若干小时",
    "R17": "预约制度：退号要提前若干小时",
    "R18": "预约制度：停诊及时通知，改约或退费",
}
"""What the regulations say, as docs/requirements.md numbers them."""
KINDS: Mapping[str, str] = {"booked": "挂号", "changed": "改约", "cancelled": "退号"}
WHY: Mapping[str, str] = {
    "window": "超过可约天数",
    "cutoff": "离开诊太近",
    "change": "改约太晚",
    "cancel": "退号太晚",
    "patient_day": "同一人一天的号太多",
    "patient_open": "同一人没看的号太多",
    "account_open": "同一微信号没看的号太多",
    "phone_open": "同一手机号没看的号太多",
    "cancels_month": "当月退号太多",
}
BEYOND: Mapping[str, str] = {
    "booking_window_days": "现在有 {n} 个预约的日子超过新的天数。它们保留，不受影响。",
    "change_deadline_minutes": "现在有 {n} 个预约，按新数字已经过了改约时间。",
    "cancel_deadline_minutes": "现在有 {n} 个预约，按新数字已经过了退号时间。",
    "per_patient_per_day": "现在有 {n} 人在同一天的预约超过新的上限。已有的预约保留，不能再加。",
    "per_patient_open": "现在有 {n} 人没看的预约超过新的上限。已有的预约保留，不能再加。",
    "per_account_open": "现在有 {n} 个微信号没看的预约超过新的上限。已有的预约保留，不能再加。",
    "per_phone_open": "现在有 {n} 个手机号没看的预约超过新的上限。已有的预约保留，不能再加。",
}


def scope_name(directory: Directory, scope: str, scope_id: int) -> str:
    """全院, a department's or a doctor's name."""
    if scope == "department":
        known = directory.departments.get(scope_id)
        return known.name if known else "已撤销的科室"
    if scope == "doctor":
        doctor = directory.doctors.get(scope_id)
        return f"{doctor.department} {doctor.name}" if doctor else "已离院的医生"
    return "全院"


def wrong(found: Wrong, word: PolicyWord) -> str:
    match found.why:
        case "value":
            return f"数字不对：应当是 {word.span}。"
        case "day_past":
            return "生效日期不能早于今天：过去的事已经按原来的规定办了。"
        case "day_far":
            return "生效日期最远到一年以后。"
        case "note":
            return f"请写明为什么改，2 到 {REASON} 个字。"
        case "same":
            return "从那天起本来就是这样规定的，没有要改的。"
        case "promised":
            return (
                f"有 {found.count} 个预约在生效以后就诊，凭证上写的是原来的时间，不能对他们收紧。"
                f"最早从 {full_day(found.earliest)} 起生效。"
            )
        case "begun":
            return "这项变更已经生效，不能撤销。要改回去，请另设一个数字。"
        case "scope":
            return "这个数字只能全院统一规定。"
        case _:
            return "没有这个数字。"
