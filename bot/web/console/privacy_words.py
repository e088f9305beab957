"""What the pages about patients' data say: requests, what is stored, what stands in the way, the nightly job."""

from collections.abc import Mapping

from bot.domain.rights import Ask, AskState
from bot.services.rights import words
from bot.services.rights.answering import REASONS as REASONS
from bot.services.rights.catalogue import catalogue

KINDS: Mapping[str, str] = {
    Ask.COPY: "要一份自己的信息", Ask.CORRECT: "更正", Ask.WITHDRAW: "撤回同意", Ask.DELETE: "删除",
    Ask.LOOK: "看存了什么",
}  # fmt: skip
STATES: Mapping[str, str] = {
    AskState.OPEN: "待办", AskState.DONE: "已办", AskState.PARTLY: "已办，依法留了一部分", AskState.REFUSED: "没有办",
    AskState.TAKEN_BACK: "患者撤回",
}  # fmt: skip
COLOURS: Mapping[str, str] = {
    AskState.OPEN: "warn", AskState.DONE: "good", AskState.PARTLY: "good", AskState.REFUSED: "bad",
}  # fmt: skip
SOURCES: Mapping[str, str] = {"chat": "微信", "console": "窗口或电话"}
FIELDS = words.FIELDS
CONSENTS = words.CONSENTS
WAYS: Mapping[str, str] = {
    "chat": "发到患者的微信",
    "call": "微信发不到，要打电话告诉患者",
    "none": "没有能告诉患者的办法，请当面说",
}
TOLD: Mapping[str, str] = {
    "chat": "答复已经发到患者的微信。",
    "call": "微信发不到，已经放进「待打电话」。",
    "none": "没有能告诉患者的办法，请当面说。",
}
REFUSALS: Mapping[str, str] = {
    "identity": "核对不了身份",
    "not_theirs": "不是本人，也不是监护人",
    "law": "法律规定要留",
    "nothing": "没有这个人的信息",
    "other": "其他",
}
BLOCKERS: Mapping[str, str] = {
    "visits": "个没看的号，请先退掉",
    "flags": "条没处理完的红旗，请先处理",
    "tickets": "件没办结的意见投诉，请先办结",
    "ward": "次还没出院的住院，出院以后再办",
}
GONE: Mapping[str, str] = {
    "patients": "姓名、证件号、手机号", "guardianships": "微信号的绑定", "legal_guardians": "监护人资料",
    "consents": "有效的同意", "inbox": "聊天原话", "handoffs": "转人工时说的话", "outbox": "发出的消息的内容",
    "contacts": "回访电话的记录和号码", "followups": "还没做的回访", "phone_tasks": "要打的电话",
}  # fmt: skip
_KEPT: Mapping[str, str] = {
    "appointments": "挂号记录", "discharges": "住院登记", "responses": "答过的问卷（自己写的话除外）",
    "red_flags": "红旗处理记录", "tickets": "意见投诉",
}  # fmt: skip
CORRECTING: Mapping[str, str] = {
    "field": "这一项不能改。",
    "value": "写得不对，请照证件再看一遍。出生日期写成 1950-03-08 这样。",
    "taken": "这个证件号已经有人登记了，请先核对是不是同一个人。",
    "document": "性别和出生日期由身份证号决定，请改证件号。",
}


def kept(table: str) -> tuple[str, str]:
    """What stays, and by which law."""
    known = catalogue()
    return _KEPT.get(table, table), known.law(known.tables[table])


def table_title(table: str) -> str:
    """A table of the catalogue in words: of a rule's run."""
    return _RULES.get(table, table)


_RULES: Mapping[str, str] = {
    "inbox": "聊天原话", "handoff_words": "转人工时说的话", "message_bodies": "发出的消息的内容",
    "subscription_events": "订阅的流水", "early_receipts": "送达回执", "bedside_codes": "床旁二维码",
    "phone_tasks": "打过的电话", "booking_asks": "挂号意愿", "ticket_words": "意见投诉的内容",
    "ticket_event_words": "意见投诉的经过", "ticket_files": "意见投诉的附件", "request_words": "个人信息要求里写的话",
    "flag_words": "红旗的原话", "stays": "住院登记", "answers": "问卷的回答", "call_notes": "回访电话的记录",
    "patients": "多年没来的就诊人", "accounts": "不再关注的微信号", "staff_sessions": "员工的登录会话",
    "sign_ins": "登录记录", "shift_words": "值班日记的文字",
}  # fmt: skip


def term(rule: str, inbox_days: int) -> str:
    """How long a rule lets things be kept."""
    known = catalogue().rules[rule]
    if known.years:
        return f"{known.years} 年"
    return f"{known.days or inbox_days} 天"


def law(rule: str) -> str:
    known = catalogue()
    return known.law(known.rules[rule])
