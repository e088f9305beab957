"""What becomes of messages, in words: why one was not taken, what to do then."""

from collections.abc import Callable, Mapping

from bot.pushes.kinds import Kinds
from bot.pushes.preview import NAMES as ROADS
from bot.services.flags.duty import TIERS
from bot.services.stuck import Stuck

__all__ = [
    "FAULTS",
    "HINTS",
    "OUTCOMES",
    "ROADS",
    "code",
    "detail",
    "refused",
    "subject",
    "titles",
    "why_call",
]

_REFUSED: Mapping[str, str] = {
    "45015": "患者超过 48 小时没有来消息，微信不让再发。请打电话。",
    "45047": "患者没有回话之前，微信只让发 5 条。请等患者回话，急事请打电话。",
    "43004": "患者已经取消关注公众号。请打电话。",
    "40003": "这个微信账号已经收不到消息。请打电话。",
    "45011": "发得太快，程序过一会儿自己再发。",
    "45009": "今天的发送额度用完了，明天零点后恢复。急事请打电话。",
    "48001": "公众号没有这个权限，请告诉管理员。",
    "expired": "过了 48 小时还没有发出去，不再发了。请打电话。",
    "no_window": "患者超过 48 小时没有来消息，微信不让再发。",
    "no_road": "没有能发到患者的途径。",
    "no_template": "这种消息没有申请模板，请告诉管理员。急事请打电话。",
    "no_consent": "患者没有订阅这种通知。请打电话。",
    "no_phone": "没有登记手机号，请想别的办法联系。",
}
_SET_UP = ("40001", "40013", "40014", "40125", "40164", "42001")

_CHAT: Mapping[str, str] = {
    "late_reply": "机器人的回复",
    "more_reply": "机器人的回复",
    "desk_reply": "人工回复",
    "desk_over": "人工会话结束语",
    "desk_call": "人工会话转来的电话",
    "privacy_answer": "个人信息要求的答复",
}
_STATES: Mapping[str, str] = {
    "urgent": "紧急", "soon": "尽快", "awaiting": "等审批", "paused": "已暂停", "waiting": "在等人工", "wechat": "微信",
}  # fmt: skip
_WHY_CALL: Mapping[str, str] = {
    "no_road": "没有能发到的途径",
    "unanswered": "一直没有回复",
    "undelivered": "消息没有送达",
    "deceased": "患者已去世，由人来告知家属",
    "no_window": "超过 48 小时，微信不让再发",
}
OUTCOMES: Mapping[str, str] = {
    "reached": "已告知",
    "again": "没人接，两小时后再打",
    "no_answer": "多次没人接，不再打",
    "wrong_number": "号码不对",
    "refused": "不愿意听",
}
FAULTS: Mapping[str, str] = {
    "config_fault": "公众号设置有问题",
    "template_disabled": "模板被停用",
    "api_stopped": "接口今天的额度用完",
    "no_permission": "没有接口权限",
    "bad_data": "内容不合平台要求",
    "dead_letters": "有消息发不出去",
    "ticket_overdue": "意见投诉超时",
    "flag_untold": "红旗没能通知到值班的人",
    "questionnaire_missing": "找不到问卷的这一版",
}
HINTS: Mapping[str, str] = {
    "flag_overdue": "马上打电话给值班护士。",
    "planned_overdue": "请管理员看 scheduler 进程。",
    "outbox_overdue": "请管理员看 worker 进程，平台是不是限流。",
    "lease_lost": "程序会自己再发，十分钟后还在就告诉管理员。",
    "dead": "看下面的“没有发出去的消息”。",
    "no_receipt": "平台没有报结果，请抽几位打电话问。",
    "campaign_waits": "请去审批、恢复或撤回群发。",
    "task_overdue": "请去“待打电话”。",
    "alert": "看下面的“故障”。",
    "inbox_open": "请管理员看 worker 进程。",
    "handoff_waits": "请去“人工会话”接待。",
}


def subject(kind: str, about: str, titled: Callable[[str], str]) -> str:
    """What an alert is about, as its subject is written where it is raised: a road and a kind, a ward, a ticket."""
    first, _, rest = about.partition(":")
    if first == "ward":
        ward, _, tier = rest.rpartition(":")
        who = TIERS[int(tier)] if tier.isdigit() and int(tier) < len(TIERS) else "值班"
        return f"{ward}：{who}没有登记电话"
    if kind == "flag_untold" and first == "sms":
        return f"短信没有开通“{titled(rest)}”"
    if first == "ticket":
        return f"意见投诉（第 {rest} 件）"
    if kind == "questionnaire_missing" or "|" in about:
        name, _, version = about.rpartition("/")[2].partition("|")
        return f"问卷“{name}”{f'第 {version} 版' if version else ''}"
    road = ROADS.get(first, "")
    if road:
        return f"{road}：{titled(rest)}" if rest else road
    return titled(about)


def code(kind: str, said: str) -> str:
    """The alert's code, for whoever mends it; what only the program understands is put into words or left out."""
    if kind == "ticket_overdue":
        return {"tier 1": "已报科主任", "tier 2": "已报医务科"}.get(said, "")
    return (
        "" if said in ("no_phone", "no_sms") else (f"平台代码 {said}" if said.lstrip("-").isdigit() else "")
    )


def refused(code: str) -> str:
    """Plain words for the platform's code, and what to do."""
    if code in _REFUSED:
        return _REFUSED[code]
    if code in _SET_UP:
        return f"公众号的设置有问题（{code}），请告诉管理员；改好后程序自己再发。"
    return f"没有发出去（{code}）。请打电话。" if code else "没有发出去。请打电话。"


def titles(kinds: Kinds) -> Callable[[str], str]:
    """What a kind of message or call is called."""
    return lambda kind: kinds[kind].title if kind in kinds else _CHAT.get(kind, kind)


def why_call(reason: str) -> str:
    """Why a person has to phone."""
    return _WHY_CALL.get(reason, _REFUSED.get(reason, reason))


def detail(stuck: Stuck, titled: Callable[[str], str]) -> str:
    """The kind, the road or the platform's code, in words."""
    if stuck.what == "dead":
        return refused(stuck.detail)
    if stuck.what == "alert":
        return subject("flag_untold" if stuck.detail.startswith("sms:red_flag") else "", stuck.detail, titled)
    return ROADS.get(stuck.detail) or _STATES.get(stuck.detail) or titled(stuck.detail)
