"""What tickets are called on the pages: kinds, states, events, sources, reasons, refusals."""

from collections.abc import Mapping

from bot.domain.tickets import CloseReason, TicketKind, TicketSource, TicketState

KINDS: Mapping[str, str] = {
    TicketKind.COMPLAINT: "投诉",
    TicketKind.SUGGESTION: "意见",
    TicketKind.PRAISE: "表扬",
}
STATES: Mapping[str, str] = {
    TicketState.OPEN: "待处理",
    TicketState.ASSIGNED: "已转办",
    TicketState.REOPENED: "没解决，重办",
    TicketState.ACTED: "已答复，等患者评价",
    TicketState.CONFIRMED: "患者满意",
    TicketState.CLOSED: "已办结",
}
COLOURS: Mapping[str, str] = {
    TicketState.OPEN: "warn",
    TicketState.REOPENED: "bad",
    TicketState.ACTED: "good",
    TicketState.CONFIRMED: "good",
}
SOURCES: Mapping[str, str] = {
    TicketSource.CHAT: "公众号",
    TicketSource.QUESTIONNAIRE: "问卷",
    TicketSource.STAFF: "工作人员登记",
}
EVENTS: Mapping[str, str] = {
    "opened": "提出",
    "added": "患者补充",
    "taken": "接手",
    "classified": "确认分类",
    "assigned": "转办",
    "acted": "答复",
    "attached": "添加附件",
    "confirmed": "患者满意",
    "closed": "办结",
    "reopened": "没解决，重新办理",
    "escalated": "超期上报",
}
REASONS: Mapping[str, str] = {
    CloseReason.DUPLICATE: "和别的工单重复",
    CloseReason.WITHDRAWN: "患者撤回",
    CloseReason.EMPTY: "没有具体内容",
    CloseReason.TOLD: "已经电话或当面答复过",
}
CANNOT: Mapping[str, str] = {
    "unknown": "没有这件工单。",
    "state": "工单现在的状态不能这样办，请看一下最新情况。",
    "unconfirmed": "请先确认分类，再答复。",
    "category": "没有这个分类，请从列表里选。",
    "department": "没有这个科室或工号，请核对。",
    "no_answer": "请写给患者的答复。",
    "no_reason": "请写为什么要重新办理。",
    "too_long": "写得太长：答复不超过 500 字，改进措施不超过 2000 字。",
    "too_big": "文件超过 5 MB，请换一个小一点的。",
    "too_many": "一件工单最多 20 个附件。",
    "not_a_picture": "只收图片（JPG、PNG、GIF、WebP）和 PDF；程序看的是文件内容，改后缀没有用。",
    "reason": "有了答复的工单，只能按“已经电话或当面答复过”办结；还没有答复的，请先答复。",
}


def who(actor: str) -> str:
    """``staff:0012`` → 工号 0012; colleagues are numbers, patients are patients (R45)."""
    kind, _, number = actor.partition(":")
    if kind == "staff":
        return f"工号 {number}"
    return {"account": "患者", "system": "程序", "response": "患者（问卷）"}.get(kind, "程序")
